-- table: milestones
-- grain: goal, outcome_id
-- reads: sales, outcomes, outcome_people
-- says: when the sale's deal became a lead and an opportunity
-- Without a lead of its own deal, a sale takes its person's first one since the person's sale before.
WITH stages AS (
    SELECT
        outcomes.kind, outcomes.system, outcomes.deal_id, outcomes.occurred_at, outcome_people.person_id
    FROM outcomes
    INNER JOIN outcome_people
        ON outcomes.outcome_id = outcome_people.outcome_id AND outcomes.stage = outcome_people.stage
    WHERE outcomes.kind IN ('lead', 'opportunity') AND outcomes.status = 'counted' AND outcomes.occurred_at IS NOT NULL
), spaced AS (
    SELECT
        goal, outcome_id, system, deal_id, person_id, occurred_at,
        LAG(occurred_at) OVER (PARTITION BY goal, person_id ORDER BY occurred_at, outcome_id) AS sale_before
    FROM sales
), deal_stages AS (
    SELECT
        spaced.goal, spaced.outcome_id,
        MIN(CASE WHEN stages.kind = 'lead' THEN stages.occurred_at END) AS lead_at,
        MIN(CASE WHEN stages.kind = 'opportunity' THEN stages.occurred_at END) AS opportunity_at
    FROM spaced
    INNER JOIN stages
        ON spaced.system = stages.system AND spaced.deal_id = stages.deal_id AND stages.occurred_at <= spaced.occurred_at
    GROUP BY spaced.goal, spaced.outcome_id
), person_leads AS (
    SELECT spaced.goal, spaced.outcome_id, MIN(stages.occurred_at) AS lead_at
    FROM spaced
    INNER JOIN stages
        ON spaced.person_id = stages.person_id AND stages.occurred_at <= spaced.occurred_at
    WHERE stages.kind = 'lead' AND spaced.person_id >= 0
        AND (spaced.sale_before IS NULL OR stages.occurred_at > spaced.sale_before)
    GROUP BY spaced.goal, spaced.outcome_id
)
SELECT
    spaced.goal, spaced.outcome_id,
    COALESCE(deal_stages.lead_at, person_leads.lead_at) AS lead_at,
    deal_stages.opportunity_at
FROM spaced
LEFT JOIN deal_stages ON spaced.goal = deal_stages.goal AND spaced.outcome_id = deal_stages.outcome_id
LEFT JOIN person_leads ON spaced.goal = person_leads.goal AND spaced.outcome_id = person_leads.outcome_id
