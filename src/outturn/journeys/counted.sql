-- table: counted
-- grain: goal, outcome_id
-- reads: outcomes, outcome_people, goal_kinds, goal_statuses
-- says: the outcomes that a goal would count, of every system; a deal that passed several stages of a kind stands once, as of the first
WITH staged AS (
    SELECT
        goal_kinds.goal,
        outcomes.outcome_id, outcomes.system, outcomes.tracker, outcomes.kind, outcomes.occurred_at,
        outcomes.gross_micros, outcomes.tax_micros, outcomes.shipping_micros, outcomes.currency,
        COALESCE(
            outcomes.margin_micros,
            outcomes.gross_micros - COALESCE(outcomes.tax_micros, 0) - COALESCE(outcomes.shipping_micros, 0)
            - outcomes.cogs_micros - COALESCE(outcomes.fees_micros, 0)
        ) AS margin_micros,
        outcomes.order_id, outcomes.payment_id, outcomes.deal_id, outcomes.company_key, outcomes.new_customer,
        outcome_people.person_id, outcome_people.bucket,
        ROW_NUMBER() OVER (
            PARTITION BY goal_kinds.goal, outcomes.outcome_id ORDER BY outcomes.occurred_at, outcomes.stage
        ) AS place
    FROM outcomes
    INNER JOIN goal_kinds ON outcomes.kind = goal_kinds.kind
    INNER JOIN goal_statuses ON goal_kinds.goal = goal_statuses.goal AND outcomes.status = goal_statuses.status
    INNER JOIN outcome_people
        ON outcomes.outcome_id = outcome_people.outcome_id AND outcomes.stage = outcome_people.stage
    WHERE outcomes.occurred_at IS NOT NULL
)
SELECT
    goal, outcome_id, system, tracker, kind, occurred_at, gross_micros, tax_micros, shipping_micros, currency,
    margin_micros, order_id, payment_id, deal_id, company_key, new_customer, person_id, bucket
FROM staged
WHERE place = 1
