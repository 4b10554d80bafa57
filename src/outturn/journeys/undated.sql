-- table: undated
-- grain: goal
-- reads: standing, goal_kinds, goal_statuses, goal_stages, goal_rules, goal_systems, counted
-- says: how many outcomes or deals each goal would count if one knew when they happened
WITH chosen AS (
    SELECT DISTINCT goal FROM goal_systems
)
SELECT goal_kinds.goal, COUNT(DISTINCT standing.deal_key) AS deals
FROM standing
INNER JOIN goal_kinds ON standing.kind = goal_kinds.kind
INNER JOIN goal_statuses ON goal_kinds.goal = goal_statuses.goal AND standing.status = goal_statuses.status
INNER JOIN goal_rules ON goal_kinds.goal = goal_rules.goal
LEFT JOIN chosen ON goal_kinds.goal = chosen.goal
LEFT JOIN goal_systems ON goal_kinds.goal = goal_systems.goal AND standing.system = goal_systems.system
LEFT JOIN goal_stages
    ON goal_kinds.goal = goal_stages.goal AND LOWER(TRIM(standing.stage)) = LOWER(TRIM(goal_stages.stage))
LEFT JOIN counted ON goal_kinds.goal = counted.goal AND standing.deal_key = counted.deal_key
WHERE standing.occurred_at IS NULL AND counted.deal_key IS NULL
    AND (goal_systems.system IS NOT NULL OR chosen.goal IS NULL)
    AND (goal_stages.stage IS NOT NULL OR NOT goal_rules.by_stage)
GROUP BY goal_kinds.goal
