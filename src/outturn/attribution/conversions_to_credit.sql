-- table: conversions_to_credit
-- grain: outcome_id, goal of conversions
-- reads: conversions, goals_to_credit
-- says: the conversions of the asked goals as the kernel takes them; an instant that is not known is the smallest
--   BIGINT, an unknown margin is 0 and says so, newness is 1, 0, or -1 where it cannot be told
WITH stages AS (
    SELECT
        goal, bucket, person_id, company_id, occurred_at, date_day, cash_day, counts, kept, value_micros, margin_micros, new_customer,
        outturn_micros(lead_at) AS lead_micros,
        outturn_micros(opportunity_at) AS opportunity_micros
    FROM conversions
)
SELECT
    goals_to_credit.number AS goal,
    stages.bucket,
    CASE WHEN stages.company_id >= 0 THEN -2 - stages.company_id ELSE stages.person_id END AS owner,
    stages.occurred_at,
    COALESCE(stages.lead_micros, CAST(-9223372036854775807 AS BIGINT) - 1) AS lead_at,
    COALESCE(stages.opportunity_micros, CAST(-9223372036854775807 AS BIGINT) - 1) AS opportunity_at,
    stages.date_day,
    stages.cash_day,
    stages.counts,
    stages.kept,
    stages.value_micros,
    COALESCE(stages.margin_micros, 0) AS margin_micros,
    CASE WHEN stages.margin_micros IS NULL THEN 0 ELSE 1 END AS margin_known,
    CASE WHEN stages.new_customer THEN 1 WHEN NOT stages.new_customer THEN 0 ELSE -1 END AS new_customer
FROM stages
INNER JOIN goals_to_credit ON goals_to_credit.goal = stages.goal
