-- table: order_events
-- grain: event_id
-- reads: events
-- takes: zone text
-- says: every event in which a tracker tells of an order that was bought; by its own page or device a browser sent it, else a server
SELECT
    event_id, source, name, order_id, outturn_day(occurred_at, $zone) AS date_day,
    CASE WHEN trust = 'public' OR COALESCE(url, device, browser) IS NOT NULL THEN 'browser' ELSE 'server' END AS sender
FROM events
WHERE type = 'track' AND order_id IS NOT NULL AND LOWER(name) NOT LIKE '%refund%' AND COALESCE(value_micros, 0) >= 0
