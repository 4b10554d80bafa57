-- table: order_ties
-- grain: order_number
-- reads: events, outcomes
-- says: the one browser that was seen placing an order, and the one buyer whom the ledger names for it; weak = 1 where only public keys saw it
-- Trackers know an order by its number or by the ledger's own id. Several browsers or buyers: it ties nobody.
WITH numbered AS (
    SELECT order_id AS order_number, COALESCE(user_key, crm_key, email_key, phone_key) AS identifier
    FROM outcomes
    WHERE NOT tracker
    UNION ALL
    SELECT
        SUBSTRING(outcome_id, LENGTH(system) + 2) AS order_number,
        COALESCE(user_key, crm_key, email_key, phone_key) AS identifier
    FROM outcomes
    WHERE NOT tracker AND parent_outcome_id IS NULL
), booked AS (
    SELECT order_number, MIN(identifier) AS buyer
    FROM numbered
    WHERE order_number IS NOT NULL AND identifier IS NOT NULL
    GROUP BY order_number
    HAVING MIN(identifier) = MAX(identifier)
), seen AS (
    SELECT order_id AS order_number, MIN(anonymous_key) AS browser,
        MIN(CASE WHEN trust = 'public' THEN 1 ELSE 0 END) AS weak
    FROM events
    WHERE order_id IS NOT NULL AND anonymous_key IS NOT NULL AND NOT COALESCE(is_bot, FALSE)
    GROUP BY order_id
    HAVING MIN(anonymous_key) = MAX(anonymous_key)
)
SELECT booked.order_number, booked.buyer, seen.browser, seen.weak
FROM seen
INNER JOIN booked ON seen.order_number = booked.order_number
