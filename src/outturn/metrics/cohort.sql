-- table: cohort
-- grain: day (where asked for)
-- reads: conversions
-- takes: lead_goal text, sale_goal text, first_day day, last_day day, by_time text
-- says: how many leads of a period there were, and how many of these same people (or their companies) bought at or after their lead
WITH leads AS (
    SELECT outcome_id, person_id, company_id, occurred_at, date_day
    FROM conversions
    WHERE goal = $lead_goal AND counts = 1 AND date_day >= $first_day AND date_day <= $last_day
), buyers AS (
    SELECT person_id, MAX(occurred_at) AS last_sale_at
    FROM conversions
    WHERE goal = $sale_goal AND counts = 1 AND person_id >= 0
    GROUP BY person_id
), buying_companies AS (
    SELECT company_id, MAX(occurred_at) AS last_sale_at
    FROM conversions
    WHERE goal = $sale_goal AND counts = 1 AND company_id >= 0
    GROUP BY company_id
), labelled AS (
    SELECT
        CASE $by_time
            WHEN 'date_day' THEN leads.date_day
            WHEN 'week' THEN CAST(DATE_TRUNC('week', leads.date_day) AS DATE)
            WHEN 'month' THEN CAST(DATE_TRUNC('month', leads.date_day) AS DATE)
        END AS day,
        CASE
            WHEN buyers.last_sale_at >= leads.occurred_at OR buying_companies.last_sale_at >= leads.occurred_at THEN 1
            ELSE 0
        END AS won
    FROM leads
    LEFT JOIN buyers ON leads.person_id = buyers.person_id
    LEFT JOIN buying_companies ON leads.company_id = buying_companies.company_id
)
SELECT day, CAST(SUM(won) AS BIGINT) AS won_leads FROM labelled GROUP BY day
