-- table: outcome_companies
-- grain: outcome_id, stage
-- reads: outcomes, outcome_people, events
-- says: the company that an outcome states, or the one that other rows of its deal state, and a key for the deal's own contacts where there are several
WITH entries AS (
    SELECT
        outcomes.outcome_id, outcomes.stage, outcomes.tracker, outcomes.company_key, outcome_people.person_id,
        'deal:' || outcomes.system || ':' || outcomes.deal_id AS deal
    FROM outcomes
    INNER JOIN outcome_people
        ON outcomes.outcome_id = outcome_people.outcome_id AND outcomes.stage = outcome_people.stage
    WHERE outcomes.company_key IS NOT NULL OR outcomes.deal_id IS NOT NULL
), deals_stated AS (
    SELECT
        deal, MIN(company_key) AS first_company, MAX(company_key) AS last_company,
        COUNT(DISTINCT CASE WHEN person_id >= 0 AND NOT tracker THEN person_id END) AS people
    FROM entries
    WHERE deal IS NOT NULL
    GROUP BY deal
), stated_groups AS (
    -- A CRM names the further contacts of a deal in events; the rows of the deal itself name one.
    SELECT DISTINCT company_key FROM events WHERE company_key IS NOT NULL
)
SELECT
    entries.outcome_id, entries.stage, entries.tracker, entries.person_id,
    COALESCE(
        entries.company_key,
        CASE WHEN deals_stated.first_company = deals_stated.last_company THEN deals_stated.first_company END
    ) AS company_key,
    CASE
        WHEN deals_stated.people > 1 OR stated_groups.company_key IS NOT NULL THEN UNHEX(SHA256(entries.deal))
    END AS contacts_key
FROM entries
LEFT JOIN deals_stated ON entries.deal = deals_stated.deal
LEFT JOIN stated_groups ON UNHEX(SHA256(entries.deal)) = stated_groups.company_key
