-- table: own_clicks
-- grain: oclid
-- reads: events
-- says: every click on a link of our own, the key that it stands under, and whose it was
-- A click that brought no cookie names nobody but itself (by_itself = 1), under a key that stands in no other row: it is
-- the browser's who alone landed with its id. Passed on, so that several landed, it stays nobody's but its own.
WITH clicked AS (
    SELECT
        oclid,
        MIN(COALESCE(anonymous_key, user_key, email_key, phone_key, crm_key)) AS clicker,
        MIN(CASE WHEN trust = 'public' THEN 0 ELSE 1 END) AS by_itself
    FROM events
    WHERE type = 'touch' AND oclid <> '' AND NOT COALESCE(is_bot, FALSE)
    GROUP BY oclid
), landed AS (
    SELECT
        oclid,
        -- The browser first: a click lands in one, also when its owner signs in later.
        MIN(COALESCE(anonymous_key, user_key, email_key, phone_key, crm_key)) AS browser,
        MIN(CASE WHEN trust = 'public' THEN 1 ELSE 0 END) AS weak
    FROM events
    WHERE type <> 'touch' AND oclid <> '' AND NOT COALESCE(is_bot, FALSE)
    GROUP BY oclid
    HAVING COUNT(DISTINCT COALESCE(anonymous_key, user_key, email_key, phone_key, crm_key)) = 1
)
SELECT
    clicked.oclid, clicked.clicker, clicked.by_itself,
    CASE WHEN clicked.by_itself = 1 THEN COALESCE(landed.browser, clicked.clicker) ELSE clicked.clicker END AS identifier,
    CASE WHEN clicked.by_itself = 1 THEN COALESCE(landed.weak, 0) ELSE 1 END AS weak
FROM clicked
LEFT JOIN landed ON clicked.oclid = landed.oclid
WHERE clicked.clicker IS NOT NULL
