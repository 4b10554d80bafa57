-- table: click_ids_altered
-- grain: platform, subject, first_day
-- reads: hit_days, click_platforms
-- says: arrivals with a click id that is long and mixed by nature, found where it came in small letters, or cut short
WITH forms AS (
    SELECT
        click_platforms.platform, hit_days.date_day, hit_days.click_id_form,
        CAST(SUM(hit_days.hits) AS BIGINT) AS hits, MIN(hit_days.example_id) AS example_id
    FROM hit_days
    INNER JOIN click_platforms ON hit_days.click_id_kind = click_platforms.click_id_kind
    WHERE hit_days.click_id_form <> '' AND hit_days.type = 'page'
    GROUP BY click_platforms.platform, hit_days.date_day, hit_days.click_id_form
), subjects AS (
    SELECT 'in small letters' AS subject, 'small' AS form
    UNION ALL
    SELECT 'cut short' AS subject, 'short' AS form
)
SELECT
    forms.platform, subjects.subject, forms.date_day AS first_day, forms.date_day AS last_day,
    CAST(SUM(CASE WHEN forms.click_id_form = subjects.form THEN forms.hits ELSE 0 END) AS BIGINT) AS found,
    CAST(SUM(forms.hits) AS BIGINT) AS seen,
    MIN(CASE WHEN forms.click_id_form = subjects.form THEN forms.example_id END) AS example_id
FROM forms
CROSS JOIN subjects
GROUP BY forms.platform, subjects.subject, forms.date_day
