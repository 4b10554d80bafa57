-- table: newness
-- grain: goal, outcome_id
-- reads: sales, standing, outcome_people, outcome_accounts, goal_rules, goal_kinds, goal_systems
-- takes: history_days count
-- says: whether the buyer (a company where one is known, else the person) had bought before; NULL: the ledger begins too late to tell
WITH selling AS (
    SELECT DISTINCT goal_kinds.goal FROM goal_kinds WHERE kind IN ('purchase', 'won', 'subscription_start')
), bought AS (
    SELECT
        goal_rules.goal, standing.outcome_id, standing.occurred_at,
        CASE
            WHEN outcome_accounts.company_key IS NOT NULL THEN 'c' || HEX(outcome_accounts.company_key)
            WHEN goal_rules.per_account AND outcome_accounts.account_key IS NOT NULL
                THEN 'c' || HEX(outcome_accounts.account_key)
            WHEN outcome_people.person_id >= 0 THEN 'p' || CAST(outcome_people.person_id AS VARCHAR)
        END AS buyer
    FROM standing
    INNER JOIN outcome_people
        ON standing.outcome_id = outcome_people.outcome_id AND standing.stage = outcome_people.stage
    LEFT JOIN outcome_accounts
        ON standing.outcome_id = outcome_accounts.outcome_id AND standing.stage = outcome_accounts.stage
    CROSS JOIN goal_rules
    LEFT JOIN selling ON goal_rules.goal = selling.goal
    LEFT JOIN goal_systems ON goal_rules.goal = goal_systems.goal AND standing.system = goal_systems.system
    WHERE standing.kind IN ('purchase', 'won', 'subscription_start') AND standing.status = 'counted'
        AND standing.occurred_at IS NOT NULL
        -- A goal of sales looks at its own system of record, one of leads at every booked sale.
        AND (goal_systems.system IS NOT NULL OR (selling.goal IS NULL AND NOT standing.tracker))
), ranked AS (
    SELECT
        goal, buyer, outcome_id, occurred_at,
        ROW_NUMBER() OVER (PARTITION BY goal, buyer ORDER BY occurred_at, outcome_id) AS place
    FROM bought
    WHERE buyer IS NOT NULL
), starts AS (
    SELECT goal, MIN(occurred_at) AS first_at FROM bought GROUP BY goal
)
SELECT
    sales.goal, sales.outcome_id,
    CASE
        WHEN sales.new_customer IS NOT NULL THEN sales.new_customer
        WHEN sales.buyer IS NULL OR starts.first_at IS NULL THEN NULL
        -- A deal may have been won before it came to the stage that the goal counts.
        WHEN ranked.outcome_id <> sales.outcome_id AND ranked.occurred_at < sales.occurred_at THEN FALSE
        WHEN ranked.occurred_at = sales.occurred_at AND ranked.outcome_id < sales.outcome_id THEN FALSE
        WHEN outturn_micros(sales.occurred_at) - outturn_micros(starts.first_at) < $history_days * 86400000000 THEN NULL
        ELSE TRUE
    END AS new_customer
FROM sales
LEFT JOIN ranked ON sales.goal = ranked.goal AND sales.buyer = ranked.buyer AND ranked.place = 1
LEFT JOIN starts ON sales.goal = starts.goal
