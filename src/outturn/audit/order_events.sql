-- table: order_events
-- grain: event_id
-- reads: conversion_events
-- says: every event in which a tracker tells of an order that was bought
SELECT event_id, source, name, order_id, date_day, sender
FROM conversion_events
WHERE order_id IS NOT NULL AND LOWER(name) NOT LIKE '%refund%' AND COALESCE(value_micros, 0) >= 0
