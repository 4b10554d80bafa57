-- table: paths_conversions
-- grain: outcome_id, goal of conversions
-- reads: conversions, goals_to_credit
-- says: the conversions as the kernel takes them; where credit has the margin stands what the sale was worth before refunds,
--   of a refund its sale, not known of one without
SELECT
    goals_to_credit.number AS goal,
    conversions.bucket,
    CASE WHEN conversions.company_id >= 0 THEN -2 - conversions.company_id ELSE conversions.person_id END AS owner,
    conversions.occurred_at,
    CAST(0 AS BIGINT) AS lead_at,
    CAST(0 AS BIGINT) AS opportunity_at,
    conversions.date_day,
    conversions.cash_day,
    conversions.counts,
    conversions.kept,
    conversions.value_micros,
    CASE WHEN conversions.counts = 1 THEN conversions.value_micros ELSE COALESCE(sales.value_micros, 0) END AS margin_micros,
    CASE WHEN conversions.counts = 1 OR sales.value_micros IS NOT NULL THEN 1 ELSE 0 END AS margin_known,
    CASE WHEN conversions.new_customer THEN 1 WHEN NOT conversions.new_customer THEN 0 ELSE -1 END AS new_customer
FROM conversions
INNER JOIN goals_to_credit ON goals_to_credit.goal = conversions.goal
LEFT JOIN conversions AS sales ON conversions.goal = sales.goal AND conversions.parent_outcome_id = sales.outcome_id
