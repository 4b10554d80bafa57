-- table: clicks
-- grain: click_id, origin, identifier
-- reads: events, outcomes, own_clicks
-- says: who was seen with a click id that the ledger names too; NULL identifier: an outcome that names nobody else
-- gad_source and gad_campaignid are no click ids: many people bear the same. Our own (oclid) stands beside a platform's.
WITH booked AS (
    SELECT
        COALESCE(
            gclid, wbraid, gbraid, dclid, msclkid, ttclid, li_fat_id, twclid, rdt_cid, sccid, epik,
            irclickid, awc, cjevent, fbclid
        ) AS click_id,
        COALESCE(user_key, crm_key, email_key, phone_key, anonymous_key) AS identifier
    FROM outcomes
    WHERE NOT tracker
    UNION ALL
    -- A partner's postback names the click alone, and says nothing of who else somebody is.
    SELECT
        oclid AS click_id,
        CASE WHEN NOT tracker THEN COALESCE(user_key, crm_key, email_key, phone_key, anonymous_key) END AS identifier
    FROM outcomes
    WHERE oclid <> ''
), arrived AS (
    SELECT
        COALESCE(
            gclid, wbraid, gbraid, dclid, msclkid, ttclid, li_fat_id, twclid, rdt_cid, sccid, epik,
            irclickid, awc, cjevent, fbclid
        ) AS click_id,
        -- The browser first: a click lands in one, also when its owner signs in later.
        COALESCE(anonymous_key, user_key, email_key, phone_key, crm_key) AS identifier,
        CASE WHEN trust = 'public' THEN 1 ELSE 0 END AS weak
    FROM events
    WHERE type <> 'touch' AND NOT COALESCE(is_bot, FALSE)
    UNION ALL
    SELECT oclid AS click_id, identifier, weak FROM own_clicks
    UNION ALL
    -- Of a click that was not kept, its landing page tells.
    SELECT
        events.oclid AS click_id,
        COALESCE(
            events.anonymous_key, events.user_key, events.email_key, events.phone_key, events.crm_key
        ) AS identifier,
        CASE WHEN events.trust = 'public' THEN 1 ELSE 0 END AS weak
    FROM events
    LEFT JOIN own_clicks ON events.oclid = own_clicks.oclid
    WHERE events.oclid <> '' AND events.type <> 'touch' AND NOT COALESCE(events.is_bot, FALSE)
        AND own_clicks.oclid IS NULL
), wanted AS (
    SELECT DISTINCT click_id FROM booked WHERE click_id IS NOT NULL
)
SELECT click_id, 'outcome' AS origin, identifier, 0 AS weak
FROM booked
WHERE click_id IS NOT NULL
GROUP BY click_id, identifier
UNION ALL
SELECT arrived.click_id, 'event' AS origin, arrived.identifier, MIN(arrived.weak) AS weak
FROM arrived
INNER JOIN wanted ON arrived.click_id = wanted.click_id
WHERE arrived.identifier IS NOT NULL
GROUP BY arrived.click_id, arrived.identifier
