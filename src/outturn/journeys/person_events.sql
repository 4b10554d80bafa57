-- table: person_events
-- grain: event_id
-- reads: events, erasure_keys
-- says: every event that bears an identifier of one person
SELECT events.*
FROM events
WHERE user_key IN (SELECT identifier FROM erasure_keys)
    OR anonymous_key IN (SELECT identifier FROM erasure_keys)
    OR email_key IN (SELECT identifier FROM erasure_keys)
    OR phone_key IN (SELECT identifier FROM erasure_keys)
    OR crm_key IN (SELECT identifier FROM erasure_keys)
ORDER BY occurred_at, event_id
