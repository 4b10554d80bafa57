-- table: company_deals
-- grain: goal
-- reads: sales, outcome_companies
-- says: how many won deals of companies each goal counts
WITH of_companies AS (
    SELECT DISTINCT outcome_id FROM outcome_companies WHERE company_key IS NOT NULL AND NOT tracker
)
SELECT sales.goal, COUNT(DISTINCT sales.deal_key) AS deals
FROM sales
INNER JOIN of_companies ON sales.outcome_id = of_companies.outcome_id
WHERE sales.kind = 'won'
GROUP BY sales.goal
