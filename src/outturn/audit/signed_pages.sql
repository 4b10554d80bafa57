-- table: signed_pages
-- grain: user_key, anonymous_key, source, browser, day_number
-- reads: events
-- takes: highest_key key, since at
-- says: on which days (UTC, since 1970) people who were signed in opened pages, by browser and its id; of the people up to a key, which is a hash, so that these are a fair draw, since an instant
SELECT
    user_key, anonymous_key, source, COALESCE(browser, device) AS browser,
    CAST(FLOOR(outturn_micros(occurred_at) / 86400000000e0) AS BIGINT) AS day_number,
    MIN(occurred_at) AS occurred_at
FROM events
WHERE occurred_at >= $since AND user_key <= $highest_key AND anonymous_key IS NOT NULL AND type = 'page' AND NOT COALESCE(is_bot, FALSE)
GROUP BY
    user_key, anonymous_key, source, COALESCE(browser, device),
    CAST(FLOOR(outturn_micros(occurred_at) / 86400000000e0) AS BIGINT)
