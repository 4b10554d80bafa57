-- table: left_out
-- grain: one row
-- reads: events
-- says: how many page, track and touch events made no touch because a bot made them, or because they name nobody
SELECT
    COUNT(CASE WHEN COALESCE(is_bot, FALSE) THEN 1 END) AS bots,
    COUNT(CASE
        WHEN NOT COALESCE(is_bot, FALSE)
            AND COALESCE(user_key, anonymous_key, email_key, phone_key, crm_key) IS NULL THEN 1
    END) AS nobody
FROM events
WHERE type IN ('page', 'track', 'touch')
