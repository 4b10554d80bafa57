-- table: claim_models
-- grain: platform, model
-- reads: claim_windows, credits
-- takes: goal text
-- says: what each model credits to a platform on the days of its claims
WITH spans AS (
    SELECT platform, MIN(first_day) AS first_day, MAX(last_day) AS last_day FROM claim_windows GROUP BY platform
)
SELECT spans.platform, credits.model, SUM(credits.conversions) AS conversions
FROM spans
INNER JOIN credits
    ON spans.platform = credits.platform
    AND credits.date_day >= spans.first_day
    AND credits.date_day <= spans.last_day
WHERE credits.goal = $goal
GROUP BY spans.platform, credits.model
ORDER BY spans.platform, credits.model
