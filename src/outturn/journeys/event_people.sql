-- table: event_people
-- grain: event_id
-- reads: events, hubs
-- says: every event with the identifier whose person it belongs to: its first one that is no hub, else its first one
SELECT
    events.*,
    COALESCE(
        CASE WHEN user_hubs.identifier IS NULL THEN events.user_key END,
        CASE WHEN crm_hubs.identifier IS NULL THEN events.crm_key END,
        CASE WHEN email_hubs.identifier IS NULL THEN events.email_key END,
        CASE WHEN phone_hubs.identifier IS NULL THEN events.phone_key END,
        CASE WHEN anonymous_hubs.identifier IS NULL THEN events.anonymous_key END,
        events.user_key, events.crm_key, events.email_key, events.phone_key, events.anonymous_key
    ) AS identifier
FROM events
LEFT JOIN hubs AS user_hubs ON events.user_key = user_hubs.identifier
LEFT JOIN hubs AS crm_hubs ON events.crm_key = crm_hubs.identifier
LEFT JOIN hubs AS email_hubs ON events.email_key = email_hubs.identifier
LEFT JOIN hubs AS phone_hubs ON events.phone_key = phone_hubs.identifier
LEFT JOIN hubs AS anonymous_hubs ON events.anonymous_key = anonymous_hubs.identifier
