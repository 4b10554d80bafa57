-- table: cookie_lifetime
-- grain: source, subject
-- reads: events, signed_days, hit_days
-- takes: zone text
-- says: returns of people to a browser in which they had not been signed in for more than seven days, found where they came back under another id; none where they change ids as often within a week; and all pages of each source
-- Whoever has two browsers of one family changes ids at short returns as well as at long ones: that is no cookie's end.
-- A user of more than 20 ids is a shop's tablet, or shared.
WITH people_of_few AS (
    SELECT user_key FROM signed_days GROUP BY user_key HAVING COUNT(DISTINCT anonymous_key) <= 20
), days AS (
    SELECT signed_days.*
    FROM signed_days
    INNER JOIN people_of_few ON signed_days.user_key = people_of_few.user_key
    WHERE signed_days.browser <> ''
), returns AS (
    SELECT
        days.*,
        LAG(anonymous_key) OVER (
            PARTITION BY user_key, source, browser ORDER BY day_number, occurred_at, anonymous_key
        ) AS key_before,
        day_number - LAG(day_number) OVER (
            PARTITION BY user_key, source, browser ORDER BY day_number, occurred_at, anonymous_key
        ) AS away_days
    FROM days
), counted AS (
    SELECT
        source, browser,
        CAST(SUM(CASE WHEN away_days > 7 AND anonymous_key <> key_before THEN 1 ELSE 0 END) AS BIGINT) AS renewed,
        CAST(SUM(CASE WHEN away_days > 7 THEN 1 ELSE 0 END) AS BIGINT) AS returned,
        CAST(SUM(CASE WHEN away_days <= 7 AND anonymous_key <> key_before THEN 1 ELSE 0 END) AS BIGINT) AS renewed_soon,
        CAST(SUM(CASE WHEN away_days <= 7 THEN 1 ELSE 0 END) AS BIGINT) AS returned_soon,
        MIN(CASE WHEN away_days > 7 AND anonymous_key <> key_before THEN occurred_at END) AS first_at,
        MAX(CASE WHEN away_days > 7 AND anonymous_key <> key_before THEN occurred_at END) AS last_at
    FROM returns
    WHERE away_days >= 1
    GROUP BY source, browser
), judged AS (
    -- Below a third nothing would stand out.
    SELECT
        counted.*,
        CASE WHEN renewed * 3 >= returned AND renewed * returned_soon >= 2 * renewed_soon * returned THEN renewed ELSE 0 END
            AS found
    FROM counted
), examples AS (
    -- Ids of events are long: they are read only for what was found.
    SELECT judged.source, judged.browser, MIN(events.event_id) AS example_id
    FROM judged
    INNER JOIN events
        ON judged.source = events.source
        AND judged.first_at = events.occurred_at
        AND judged.browser = COALESCE(events.browser, events.device)
    WHERE judged.found > 0 AND events.user_key IS NOT NULL AND events.type = 'page'
    GROUP BY judged.source, judged.browser
)
SELECT
    judged.source, judged.browser AS subject,
    outturn_day(judged.first_at, $zone) AS first_day, outturn_day(judged.last_at, $zone) AS last_day,
    judged.found, judged.returned AS seen, examples.example_id
FROM judged
LEFT JOIN examples ON judged.source = examples.source AND judged.browser = examples.browser
UNION ALL
SELECT
    source, '' AS subject, CAST(NULL AS DATE) AS first_day, CAST(NULL AS DATE) AS last_day,
    0 AS found, CAST(SUM(hits) AS BIGINT) AS seen, CAST(NULL AS VARCHAR) AS example_id
FROM hit_days
WHERE type = 'page'
GROUP BY source
