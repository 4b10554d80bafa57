-- table: cookie_lifetime
-- grain: source, subject
-- reads: events
-- takes: zone text
-- says: returns of people who sign in to a browser in which they had not been for more than seven days, found where they came back under another id; none where they change ids as often within a week
-- An id is a user's where it signed in as that one alone. A user of more than 20 ids is a shop's tablet, or shared.
-- Whoever has two browsers of one family changes ids at short returns as well as at long ones: that is no cookie's end.
WITH signed AS (
    SELECT DISTINCT anonymous_key, user_key FROM events WHERE user_key IS NOT NULL AND anonymous_key IS NOT NULL
), owned AS (
    SELECT anonymous_key, MIN(user_key) AS user_key
    FROM signed
    GROUP BY anonymous_key
    HAVING MIN(user_key) = MAX(user_key)
), people_of_few AS (
    SELECT user_key FROM owned GROUP BY user_key HAVING COUNT(*) <= 20
), ids AS (
    SELECT owned.anonymous_key, owned.user_key
    FROM owned
    INNER JOIN people_of_few ON owned.user_key = people_of_few.user_key
), days AS (
    SELECT
        ids.user_key, ids.anonymous_key, events.source, COALESCE(events.browser, events.device) AS browser,
        CAST(FLOOR(outturn_micros(events.occurred_at) / 86400000000e0) AS BIGINT) AS day_number,
        MIN(events.occurred_at) AS occurred_at, MIN(events.event_id) AS example_id
    FROM events
    INNER JOIN ids ON events.anonymous_key = ids.anonymous_key
    WHERE events.type = 'page' AND NOT COALESCE(events.is_bot, FALSE) AND COALESCE(events.browser, events.device) <> ''
    GROUP BY
        ids.user_key, ids.anonymous_key, events.source, COALESCE(events.browser, events.device),
        CAST(FLOOR(outturn_micros(events.occurred_at) / 86400000000e0) AS BIGINT)
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
        MAX(CASE WHEN away_days > 7 AND anonymous_key <> key_before THEN occurred_at END) AS last_at,
        MIN(CASE WHEN away_days > 7 AND anonymous_key <> key_before THEN example_id END) AS example_id
    FROM returns
    WHERE away_days >= 1
    GROUP BY source, browser
)
SELECT
    source, browser AS subject, outturn_day(first_at, $zone) AS first_day, outturn_day(last_at, $zone) AS last_day,
    CASE WHEN renewed * returned_soon >= 2 * renewed_soon * returned THEN renewed ELSE 0 END AS found,
    returned AS seen,
    example_id
FROM counted
