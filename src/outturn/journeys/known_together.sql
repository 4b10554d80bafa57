-- table: known_together
-- grain: anonymous_key, user_key, email_key, phone_key, crm_key
-- reads: events, outcomes
-- says: which identifiers were ever stated in one row; weak = 1 where only public keys or trackers stated it
WITH stated AS (
    SELECT
        anonymous_key, user_key, email_key, phone_key, crm_key,
        CASE WHEN trust = 'public' THEN 1 ELSE 0 END AS weak
    FROM events
    UNION ALL
    -- A tracker's outcome repeats the event that it was seen in, whose trust is known there.
    SELECT
        anonymous_key, user_key, email_key, phone_key, crm_key,
        CASE WHEN tracker THEN 1 ELSE 0 END AS weak
    FROM outcomes
)
SELECT anonymous_key, user_key, email_key, phone_key, crm_key, MIN(weak) AS weak
FROM stated
GROUP BY anonymous_key, user_key, email_key, phone_key, crm_key
