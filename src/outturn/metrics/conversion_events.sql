-- table: conversion_events
-- grain: event_id
-- reads: events
-- takes: zone text
-- says: the tracked events that tell of an order or of a lead; by its own page or device a browser sent it, else a server
-- A form that searches or signs up for a newsletter is no lead: only names that say so count.
WITH tracked AS (
    SELECT
        event_id, source, name, occurred_at, anonymous_key, user_key, email_key, phone_key, order_id, value_micros,
        COALESCE(is_bot, FALSE) AS is_bot,
        CASE WHEN trust = 'public' OR COALESCE(url, device, browser) IS NOT NULL THEN 'browser' ELSE 'server' END AS sender,
        CASE
            WHEN LOWER(REPLACE(TRIM(name), '_', ' ')) IN (
                'lead', 'generate lead', 'lead generated', 'lead submitted', 'submit lead', 'lead form submitted',
                'form submitted', 'contact requested', 'contact form submitted', 'demo requested', 'quote requested'
            ) THEN 1
            ELSE 0
        END AS tells_lead
    FROM events
    WHERE type = 'track'
)
SELECT
    event_id, source, name, occurred_at, outturn_day(occurred_at, $zone) AS date_day, anonymous_key, user_key, email_key,
    phone_key, order_id, value_micros, is_bot, sender, tells_lead
FROM tracked
WHERE order_id IS NOT NULL OR tells_lead = 1
