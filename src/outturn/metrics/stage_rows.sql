-- table: stage_rows
-- grain: outcome_id
-- reads: outcomes, imports
-- takes: kind text, zone text, first_day day, last_day day
-- says: the entries of the ledger that stages.sql counts of one kind in some days
WITH files AS (
    SELECT import_id, MIN(file) AS file FROM imports GROUP BY import_id
), entries AS (
    SELECT
        outcomes.*, CASE WHEN tracker THEN 1 ELSE 0 END AS tracked,
        ROW_NUMBER() OVER (
            PARTITION BY COALESCE('deal:' || system || ':' || deal_id, 'outcome:' || outcome_id), tracker
            ORDER BY occurred_at, outcome_id, stage
        ) AS place
    FROM outcomes
    WHERE kind = $kind AND status = 'counted' AND occurred_at IS NOT NULL
), booked AS (
    SELECT MIN(tracked) AS tracked FROM entries
)
SELECT
    files.file, entries.import_id, entries.line, outturn_day(entries.occurred_at, $zone) AS date_day,
    entries.outcome_id, entries.kind, entries.stage
FROM entries
INNER JOIN booked ON entries.tracked = booked.tracked
LEFT JOIN files ON entries.import_id = files.import_id
WHERE entries.place = 1
    AND outturn_day(entries.occurred_at, $zone) >= $first_day AND outturn_day(entries.occurred_at, $zone) <= $last_day
ORDER BY entries.occurred_at, entries.outcome_id
