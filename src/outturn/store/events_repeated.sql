-- table: events_repeated
-- grain: import_id, line, event_id
-- reads: events_rows, loaded_imports
-- says: the rows that repeat an event received before; found apart, since the ids of all events are compared just once
WITH loaded AS (
    SELECT events_rows.event_id, events_rows.import_id, events_rows.line, events_rows.received_at
    FROM events_rows
    INNER JOIN loaded_imports ON events_rows.import_id = loaded_imports.import_id
), several AS (
    SELECT event_id FROM loaded GROUP BY event_id HAVING COUNT(*) > 1
), ranked AS (
    SELECT
        loaded.event_id,
        loaded.import_id,
        loaded.line,
        ROW_NUMBER() OVER (
            PARTITION BY loaded.event_id ORDER BY loaded.received_at, loaded.import_id, loaded.line
        ) AS place
    FROM loaded
    INNER JOIN several ON loaded.event_id = several.event_id
)
SELECT event_id, import_id, line FROM ranked WHERE place > 1
