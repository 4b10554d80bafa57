-- table: loaded_imports
-- grain: import_id
-- reads: imports_rows
-- takes: as_of_micros count
-- says: the imports whose rows count, as of an instant: those whose latest state before it is loaded
WITH states AS (
    SELECT
        import_id,
        file,
        partial,
        state,
        ROW_NUMBER() OVER (PARTITION BY import_id ORDER BY state_at DESC, state DESC) AS place
    FROM imports_rows
    WHERE outturn_micros(state_at) < $as_of_micros
)
SELECT import_id, file, partial FROM states WHERE place = 1 AND state = 'loaded'
