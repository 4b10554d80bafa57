-- table: events
-- grain: event_id
-- reads: events_rows, loaded_imports, events_repeated
-- says: the events of loaded imports, the first received of those that came several times
WITH loaded AS (
    SELECT events_rows.* FROM events_rows INNER JOIN loaded_imports ON events_rows.import_id = loaded_imports.import_id
)
SELECT loaded.*
FROM loaded
LEFT JOIN events_repeated
    ON loaded.event_id = events_repeated.event_id
    AND loaded.import_id = events_repeated.import_id
    AND loaded.line = events_repeated.line
WHERE events_repeated.event_id IS NULL
