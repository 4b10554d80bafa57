-- table: missing_days
-- grain: platform, account_id, subject, first_day
-- reads: ad_spend, hit_days, ledger_sales
-- says: days on which anything at all happened, from the first day of an account's reports on, found where the account has no row: a gap in them, or (but for the last two days) their end
-- An account that runs on fewer than seven in ten days of its own span misses no day between them.
WITH reported AS (
    SELECT platform, account_id, date_day, MIN(import_id || ':' || CAST(line AS VARCHAR)) AS example_id
    FROM ad_spend
    WHERE date_day IS NOT NULL
    GROUP BY platform, account_id, date_day
), calendar AS (
    SELECT date_day FROM reported
    UNION
    SELECT date_day FROM hit_days WHERE type = 'page'
    UNION
    SELECT date_day FROM ledger_sales
), numbered AS (
    SELECT date_day, ROW_NUMBER() OVER (ORDER BY date_day DESC) AS days_to_end FROM calendar
), spans AS (
    SELECT platform, account_id, COUNT(*) AS days, MIN(date_day) AS first_day, MAX(date_day) AS last_day
    FROM reported
    GROUP BY platform, account_id
), regular AS (
    SELECT spans.platform, spans.account_id, spans.first_day, spans.last_day
    FROM spans
    INNER JOIN calendar ON calendar.date_day >= spans.first_day AND calendar.date_day <= spans.last_day
    GROUP BY spans.platform, spans.account_id, spans.first_day, spans.last_day
    HAVING MIN(spans.days) * 10 >= 7 * COUNT(*) AND MIN(spans.days) >= 7
), lasts AS (
    SELECT reported.platform, reported.account_id, reported.example_id
    FROM reported
    INNER JOIN spans
        ON reported.platform = spans.platform
        AND reported.account_id = spans.account_id
        AND reported.date_day = spans.last_day
)
SELECT
    regular.platform, regular.account_id,
    CASE WHEN numbered.date_day > regular.last_day THEN 'reports end' ELSE 'gap' END AS subject,
    numbered.date_day AS first_day, numbered.date_day AS last_day,
    CASE
        WHEN reported.date_day IS NOT NULL THEN 0
        WHEN numbered.date_day > regular.last_day AND numbered.days_to_end <= 2 THEN 0
        ELSE 1
    END AS found,
    1 AS seen,
    lasts.example_id
FROM regular
INNER JOIN numbered ON numbered.date_day >= regular.first_day
INNER JOIN lasts ON regular.platform = lasts.platform AND regular.account_id = lasts.account_id
LEFT JOIN reported
    ON regular.platform = reported.platform
    AND regular.account_id = reported.account_id
    AND numbered.date_day = reported.date_day
