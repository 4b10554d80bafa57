-- table: milestones
-- grain: goal, outcome_id
-- reads: sales, standing, outcome_people, outcome_accounts, company_members, companies
-- says: when the sale's deal became a lead and an opportunity
-- Without a lead of its own deal, a company's sale takes the first lead of the company's people, a person's sale the
-- person's first one since the person's sale before. A deal becomes an opportunity by its opening.
WITH entries AS (
    SELECT standing.kind, standing.stage, standing.deal_key, standing.occurred_at, outcome_people.person_id,
        COALESCE(outcome_accounts.company_id, -1) AS company_id
    FROM standing
    INNER JOIN outcome_people
        ON standing.outcome_id = outcome_people.outcome_id AND standing.stage = outcome_people.stage
    LEFT JOIN outcome_accounts
        ON standing.outcome_id = outcome_accounts.outcome_id AND standing.stage = outcome_accounts.stage
    WHERE standing.kind IN ('lead', 'opportunity') AND standing.status = 'counted' AND standing.occurred_at IS NOT NULL
), spaced AS (
    SELECT
        goal, outcome_id, deal_key, person_id, company_id, occurred_at,
        LAG(occurred_at) OVER (PARTITION BY goal, person_id ORDER BY occurred_at, outcome_id) AS sale_before
    FROM sales
), deal_stages AS (
    SELECT
        spaced.goal, spaced.outcome_id,
        MIN(CASE WHEN entries.kind = 'lead' THEN entries.occurred_at END) AS lead_at,
        COALESCE(
            MIN(CASE WHEN entries.kind = 'opportunity' AND entries.stage = '' THEN entries.occurred_at END),
            MIN(CASE WHEN entries.kind = 'opportunity' THEN entries.occurred_at END)
        ) AS opportunity_at
    FROM spaced
    INNER JOIN entries ON spaced.deal_key = entries.deal_key AND entries.occurred_at <= spaced.occurred_at
    GROUP BY spaced.goal, spaced.outcome_id
), leads_of_companies AS (
    SELECT company_id, occurred_at FROM entries WHERE kind = 'lead' AND company_id >= 0
    UNION
    SELECT companies.company_id, entries.occurred_at
    FROM entries
    INNER JOIN company_members ON entries.person_id = company_members.person_id
    INNER JOIN companies ON company_members.company_key = companies.company_key
    WHERE entries.kind = 'lead'
), company_leads AS (
    SELECT spaced.goal, spaced.outcome_id, MIN(leads_of_companies.occurred_at) AS lead_at
    FROM spaced
    INNER JOIN leads_of_companies
        ON spaced.company_id = leads_of_companies.company_id AND leads_of_companies.occurred_at <= spaced.occurred_at
    GROUP BY spaced.goal, spaced.outcome_id
), person_leads AS (
    SELECT spaced.goal, spaced.outcome_id, MIN(entries.occurred_at) AS lead_at
    FROM spaced
    INNER JOIN entries ON spaced.person_id = entries.person_id AND entries.occurred_at <= spaced.occurred_at
    WHERE entries.kind = 'lead' AND spaced.person_id >= 0 AND spaced.company_id < 0
        AND (spaced.sale_before IS NULL OR entries.occurred_at > spaced.sale_before)
    GROUP BY spaced.goal, spaced.outcome_id
)
SELECT
    spaced.goal, spaced.outcome_id,
    COALESCE(deal_stages.lead_at, company_leads.lead_at, person_leads.lead_at) AS lead_at,
    deal_stages.opportunity_at
FROM spaced
LEFT JOIN deal_stages ON spaced.goal = deal_stages.goal AND spaced.outcome_id = deal_stages.outcome_id
LEFT JOIN company_leads ON spaced.goal = company_leads.goal AND spaced.outcome_id = company_leads.outcome_id
LEFT JOIN person_leads ON spaced.goal = person_leads.goal AND spaced.outcome_id = person_leads.outcome_id
