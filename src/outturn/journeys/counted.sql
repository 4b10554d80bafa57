-- table: counted
-- grain: goal, outcome_id
-- reads: standing, outcome_people, outcome_accounts, goal_kinds, goal_statuses, goal_stages, goal_rules
-- says: the outcomes that a goal would count, of every system; a deal stands once, as of its first row that matches, its opening before all
WITH matching AS (
    SELECT
        goal_kinds.goal,
        standing.outcome_id, standing.system, standing.tracker, standing.kind, standing.stage, standing.occurred_at,
        standing.gross_micros, standing.tax_micros, standing.shipping_micros, standing.currency,
        COALESCE(
            standing.margin_micros,
            standing.gross_micros - COALESCE(standing.tax_micros, 0) - COALESCE(standing.shipping_micros, 0)
            - standing.cogs_micros - COALESCE(standing.fees_micros, 0)
        ) AS margin_micros,
        standing.order_id, standing.payment_id, standing.deal_id, standing.deal_key, standing.new_customer,
        -- Several invoices of one deal are several sales.
        CASE
            WHEN standing.kind IN ('lead', 'qualified', 'opportunity', 'won', 'lost') THEN standing.deal_key
            ELSE 'outcome:' || standing.outcome_id
        END AS counts_as
    FROM standing
    INNER JOIN goal_kinds ON standing.kind = goal_kinds.kind
    INNER JOIN goal_statuses ON goal_kinds.goal = goal_statuses.goal AND standing.status = goal_statuses.status
    INNER JOIN goal_rules ON goal_kinds.goal = goal_rules.goal
    LEFT JOIN goal_stages
        ON goal_kinds.goal = goal_stages.goal AND LOWER(TRIM(standing.stage)) = LOWER(TRIM(goal_stages.stage))
    WHERE standing.occurred_at IS NOT NULL AND (goal_stages.stage IS NOT NULL OR NOT goal_rules.by_stage)
), entered AS (
    SELECT
        matching.*,
        ROW_NUMBER() OVER (
            PARTITION BY goal, outcome_id
            ORDER BY CASE WHEN kind = 'opportunity' AND stage = '' THEN 0 ELSE 1 END, occurred_at, stage
        ) AS entry
    FROM matching
), ranked AS (
    SELECT
        entered.*,
        ROW_NUMBER() OVER (
            PARTITION BY goal, counts_as
            ORDER BY CASE WHEN kind = 'opportunity' AND stage = '' THEN 0 ELSE 1 END, occurred_at, outcome_id
        ) AS place
    FROM entered
    WHERE entry = 1
)
SELECT
    ranked.goal, ranked.outcome_id, ranked.system, ranked.tracker, ranked.kind, ranked.occurred_at,
    ranked.gross_micros, ranked.tax_micros, ranked.shipping_micros, ranked.currency, ranked.margin_micros,
    ranked.order_id, ranked.payment_id, ranked.deal_id, ranked.deal_key, ranked.new_customer,
    outcome_people.person_id, outcome_people.bucket,
    outcome_accounts.company_key, outcome_accounts.account_key,
    COALESCE(outcome_accounts.company_id, -1) AS company_id, COALESCE(outcome_accounts.bucket, 0) AS company_bucket
FROM ranked
INNER JOIN outcome_people ON ranked.outcome_id = outcome_people.outcome_id AND ranked.stage = outcome_people.stage
LEFT JOIN outcome_accounts ON ranked.outcome_id = outcome_accounts.outcome_id AND ranked.stage = outcome_accounts.stage
WHERE ranked.place = 1
