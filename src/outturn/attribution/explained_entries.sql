-- table: explained_entries
-- grain: goal, outcome_id
-- reads: conversions
-- takes: outcome_id text
-- says: what an outcome counts as in each goal, with what restates it; of a refund its sale, with all of the sale's refunds
WITH asked AS (
    SELECT DISTINCT COALESCE(parent_outcome_id, outcome_id) AS sale_id FROM conversions WHERE outcome_id = $outcome_id
)
SELECT
    conversions.goal, conversions.outcome_id, conversions.parent_outcome_id, conversions.kind, conversions.bucket,
    conversions.person_id, conversions.company_id, outturn_micros(conversions.occurred_at) AS converted_at,
    outturn_micros(conversions.lead_at) AS lead_at, outturn_micros(conversions.opportunity_at) AS opportunity_at,
    conversions.date_day, conversions.cash_day, conversions.counts, conversions.value_micros, conversions.new_customer,
    conversions.flags
FROM conversions
INNER JOIN asked ON COALESCE(conversions.parent_outcome_id, conversions.outcome_id) = asked.sale_id
ORDER BY conversions.goal, conversions.counts DESC, conversions.cash_day, conversions.outcome_id
