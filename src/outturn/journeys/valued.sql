-- table: valued
-- grain: goal, outcome_id
-- reads: sales, refunds, orphan_refunds, milestones, newness, sale_rates
-- takes: currency text
-- says: sales and what restates them, in the workspace's currency by the rate of the sale's day; value NULL where that rate is missing
-- A sale's refunds are converted as a running total: those of the whole sale take back just what it was converted to.
WITH refunded AS (
    SELECT goal, sale_id, MAX(whole) AS whole FROM refunds GROUP BY goal, sale_id
), entries AS (
    SELECT
        sales.goal, sales.outcome_id, CAST(NULL AS VARCHAR) AS parent_outcome_id, sales.kind,
        sales.bucket, sales.person_id, sales.company_id, sales.deal_key, sales.occurred_at, milestones.lead_at, milestones.opportunity_at,
        sales.date_day, sales.date_day AS cash_day,
        1 AS counts, 1 - COALESCE(refunded.whole, 0) AS kept, newness.new_customer,
        sales.currency,
        sales.own_value_micros AS value_to, CAST(0 AS BIGINT) AS value_from,
        sales.margin_micros AS margin_to, CASE WHEN sales.margin_micros IS NOT NULL THEN CAST(0 AS BIGINT) END AS margin_from,
        '' AS flags
    FROM sales
    INNER JOIN milestones ON sales.goal = milestones.goal AND sales.outcome_id = milestones.outcome_id
    INNER JOIN newness ON sales.goal = newness.goal AND sales.outcome_id = newness.outcome_id
    LEFT JOIN refunded ON sales.goal = refunded.goal AND sales.outcome_id = refunded.sale_id
    UNION ALL
    SELECT
        refunds.goal, refunds.outcome_id, refunds.sale_id AS parent_outcome_id, refunds.kind,
        sales.bucket, sales.person_id, sales.company_id, sales.deal_key, sales.occurred_at, milestones.lead_at, milestones.opportunity_at,
        sales.date_day, refunds.cash_day,
        0 AS counts, 0 AS kept, newness.new_customer,
        refunds.currency,
        refunds.own_value_so_far AS value_to, refunds.own_value_so_far - refunds.own_value_micros AS value_from,
        CASE WHEN refunds.own_margin_micros IS NOT NULL THEN refunds.own_margin_so_far END AS margin_to,
        refunds.own_margin_so_far - refunds.own_margin_micros AS margin_from,
        CASE WHEN refunds.undated THEN 'refund_undated' ELSE '' END AS flags
    FROM refunds
    INNER JOIN sales ON refunds.goal = sales.goal AND refunds.sale_id = sales.outcome_id
    INNER JOIN milestones ON refunds.goal = milestones.goal AND refunds.sale_id = milestones.outcome_id
    INNER JOIN newness ON refunds.goal = newness.goal AND refunds.sale_id = newness.outcome_id
    UNION ALL
    SELECT
        goal, outcome_id, parent_outcome_id, kind,
        0 AS bucket, CAST(-1 AS BIGINT) AS person_id, CAST(-1 AS BIGINT) AS company_id, CAST(NULL AS VARCHAR) AS deal_key,
        cash_at AS occurred_at,
        CAST(NULL AS TIMESTAMPTZ) AS lead_at, CAST(NULL AS TIMESTAMPTZ) AS opportunity_at,
        cash_day AS date_day, cash_day, 0 AS counts, 0 AS kept, CAST(NULL AS BOOLEAN) AS new_customer,
        currency,
        own_value_micros AS value_to, CAST(0 AS BIGINT) AS value_from,
        own_margin_micros AS margin_to, CASE WHEN own_margin_micros IS NOT NULL THEN CAST(0 AS BIGINT) END AS margin_from,
        CASE WHEN undated THEN 'orphan_refund,refund_undated' ELSE 'orphan_refund' END AS flags
    FROM orphan_refunds
)
SELECT
    entries.goal, entries.outcome_id, entries.parent_outcome_id, entries.kind,
    entries.bucket, entries.person_id, entries.company_id, entries.deal_key, entries.occurred_at, entries.lead_at, entries.opportunity_at,
    entries.date_day, entries.cash_day, entries.counts, entries.kept, entries.new_customer, entries.currency, entries.flags,
    CASE
        WHEN entries.currency IS NULL OR entries.currency = $currency THEN entries.value_to - entries.value_from
        ELSE outturn_muldiv(entries.value_to, sale_rates.ours, sale_rates.theirs)
            - outturn_muldiv(entries.value_from, sale_rates.ours, sale_rates.theirs)
    END AS value_micros,
    CASE
        WHEN entries.currency IS NULL OR entries.currency = $currency THEN entries.margin_to - entries.margin_from
        ELSE outturn_muldiv(entries.margin_to, sale_rates.ours, sale_rates.theirs)
            - outturn_muldiv(entries.margin_from, sale_rates.ours, sale_rates.theirs)
    END AS margin_micros
FROM entries
LEFT JOIN sale_rates ON entries.date_day = sale_rates.date_day AND entries.currency = sale_rates.currency
