-- table: forms_without_contact
-- grain: source, example_id
-- reads: conversion_events, crm_days, crm_people, people
-- says: every lead that a tracker saw being sent on a CRM's days, found where no CRM knows its sender by any identifier
WITH spans AS (
    SELECT MIN(first_day) AS first_day, MAX(last_day) AS last_day FROM crm_days
), sent AS (
    SELECT
        event_id, source, date_day,
        COALESCE(user_key, email_key, phone_key, anonymous_key) AS first_key, email_key, phone_key, anonymous_key
    FROM conversion_events
    WHERE tells_lead = 1 AND NOT is_bot
), outside AS (
    -- What the CRM's own forms tell, it knows.
    SELECT sent.*
    FROM sent
    INNER JOIN spans ON sent.date_day >= spans.first_day AND sent.date_day <= spans.last_day
    LEFT JOIN crm_days ON sent.source = crm_days.system
    WHERE crm_days.system IS NULL
), identifiers AS (
    SELECT event_id, first_key AS identifier FROM outside WHERE first_key IS NOT NULL
    UNION ALL
    SELECT event_id, email_key AS identifier FROM outside WHERE email_key <> first_key
    UNION ALL
    SELECT event_id, phone_key AS identifier FROM outside WHERE phone_key <> first_key
    UNION ALL
    SELECT event_id, anonymous_key AS identifier FROM outside WHERE anonymous_key <> first_key
), known AS (
    SELECT DISTINCT identifiers.event_id
    FROM identifiers
    INNER JOIN people ON identifiers.identifier = people.identifier
    INNER JOIN crm_people ON people.person_id = crm_people.person_id
)
SELECT
    outside.source, outside.date_day AS first_day, outside.date_day AS last_day,
    CASE WHEN known.event_id IS NULL THEN 1 ELSE 0 END AS found,
    1 AS seen,
    outside.event_id AS example_id
FROM outside
LEFT JOIN known ON outside.event_id = known.event_id
