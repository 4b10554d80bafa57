-- table: cohort_rows
-- grain: outcome_id
-- reads: conversions, outcomes, imports
-- takes: lead_goal text, sale_goal text, first_day day, last_day day
-- says: the leads of some days whose people (or companies) bought at or after their lead, with the first of these sales and the lead's row of the ledger
WITH files AS (
    SELECT import_id, MIN(file) AS file FROM imports GROUP BY import_id
), booked AS (
    SELECT
        outcome_id, import_id, line,
        ROW_NUMBER() OVER (PARTITION BY outcome_id ORDER BY CASE WHEN kind = 'lead' THEN 0 ELSE 1 END, import_id, line) AS place
    FROM outcomes
), leads AS (
    SELECT outcome_id, kind, person_id, company_id, occurred_at, date_day
    FROM conversions
    WHERE goal = $lead_goal AND counts = 1 AND date_day >= $first_day AND date_day <= $last_day
), sales AS (
    SELECT outcome_id, person_id, company_id, occurred_at FROM conversions WHERE goal = $sale_goal AND counts = 1
), together AS (
    SELECT leads.outcome_id, sales.outcome_id AS sale_id, sales.occurred_at AS sold_at
    FROM leads INNER JOIN sales ON leads.person_id = sales.person_id
    WHERE leads.person_id >= 0 AND sales.occurred_at >= leads.occurred_at
    UNION ALL
    SELECT leads.outcome_id, sales.outcome_id AS sale_id, sales.occurred_at AS sold_at
    FROM leads INNER JOIN sales ON leads.company_id = sales.company_id
    WHERE leads.company_id >= 0 AND sales.occurred_at >= leads.occurred_at
), firsts AS (
    SELECT outcome_id, sale_id, ROW_NUMBER() OVER (PARTITION BY outcome_id ORDER BY sold_at, sale_id) AS place
    FROM together
)
SELECT files.file, booked.import_id, booked.line, leads.date_day, leads.outcome_id, leads.kind, firsts.sale_id
FROM leads
INNER JOIN firsts ON leads.outcome_id = firsts.outcome_id AND firsts.place = 1
LEFT JOIN booked ON leads.outcome_id = booked.outcome_id AND booked.place = 1
LEFT JOIN files ON booked.import_id = files.import_id
ORDER BY leads.date_day, leads.outcome_id
