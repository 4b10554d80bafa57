-- table: recurring_rows
-- grain: outcome_id
-- reads: recurring, imports
-- takes: last_day day
-- says: the entries of the ledger that monthly recurring revenue at the end of a day is made of
WITH files AS (
    SELECT import_id, MIN(file) AS file FROM imports GROUP BY import_id
)
SELECT
    files.file, recurring.import_id, recurring.line, recurring.date_day, recurring.outcome_id, recurring.kind,
    recurring.currency, recurring.gross_micros AS gross, recurring.moved_micros AS moved
FROM recurring
LEFT JOIN files ON recurring.import_id = files.import_id
WHERE recurring.date_day <= $last_day
ORDER BY recurring.occurred_at, recurring.outcome_id
