-- table: deal_rows
-- grain: deal_key
-- reads: deals, outcomes, imports
-- takes: first_day day, last_day day
-- says: the deals that were opened in some days, with the row of the ledger that says how each stands
WITH files AS (
    SELECT import_id, MIN(file) AS file FROM imports GROUP BY import_id
)
SELECT
    files.file, outcomes.import_id, outcomes.line, deals.opened_day AS date_day, deals.outcome_id, deals.kind,
    deals.stage, outturn_micros(deals.stage_at) AS stage_at, deals.currency, outcomes.gross_micros, deals.amount_micros,
    deals.probability, deals.expected_micros
FROM deals
LEFT JOIN outcomes ON deals.stands_by = outcomes.outcome_id AND deals.stage = outcomes.stage
LEFT JOIN files ON outcomes.import_id = files.import_id
WHERE deals.opened_day >= $first_day AND deals.opened_day <= $last_day
ORDER BY deals.opened_day, deals.outcome_id, deals.deal_key
