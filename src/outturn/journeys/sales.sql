-- table: sales
-- grain: goal, outcome_id
-- reads: counted, goal_rules, goal_systems
-- takes: zone text, net flag
-- says: the outcomes that count, once each, with their value on the revenue basis in their own currency, and whose touches led to them
WITH recorded AS (
    SELECT
        counted.*,
        goal_rules.only_first, goal_rules.per_account,
        CASE
            WHEN goal_rules.per_account AND counted.account_key IS NOT NULL THEN 'c' || HEX(counted.account_key)
            WHEN counted.person_id >= 0 THEN 'p' || CAST(counted.person_id AS VARCHAR)
        END AS counted_by
    FROM counted
    INNER JOIN goal_rules ON counted.goal = goal_rules.goal
    INNER JOIN goal_systems ON counted.goal = goal_systems.goal AND counted.system = goal_systems.system
), ranked AS (
    SELECT
        recorded.*,
        ROW_NUMBER() OVER (PARTITION BY goal, counted_by ORDER BY occurred_at, outcome_id) AS place
    FROM recorded
)
SELECT
    goal, outcome_id, system, kind, occurred_at, outturn_day(occurred_at, $zone) AS date_day,
    gross_micros, tax_micros, shipping_micros, currency, margin_micros,
    COALESCE(
        gross_micros - CASE WHEN $net THEN COALESCE(tax_micros, 0) + COALESCE(shipping_micros, 0) ELSE 0 END, 0
    ) AS own_value_micros,
    deal_id, deal_key, person_id, new_customer,
    CASE WHEN per_account THEN company_id ELSE -1 END AS company_id,
    CASE WHEN per_account AND company_id >= 0 THEN company_bucket ELSE bucket END AS bucket,
    CASE
        WHEN company_key IS NOT NULL THEN 'c' || HEX(company_key)
        WHEN per_account AND account_key IS NOT NULL THEN 'c' || HEX(account_key)
        WHEN person_id >= 0 THEN 'p' || CAST(person_id AS VARCHAR)
    END AS buyer
FROM ranked
WHERE place = 1 OR NOT only_first OR counted_by IS NULL
