-- table: company_statements
-- grain: company_key, person_id
-- reads: event_people, people, outcome_companies
-- says: who is stated to belong to which company; stated = 0 for the several contacts of one deal, who are grouped where no company is known
-- What comes with a public key, which anybody can use, puts nobody into a company.
WITH deal_groups AS (
    SELECT DISTINCT contacts_key FROM outcome_companies WHERE contacts_key IS NOT NULL
), together AS (
    SELECT
        event_people.company_key, people.person_id,
        CASE WHEN deal_groups.contacts_key IS NULL THEN 1 ELSE 0 END AS stated
    FROM event_people
    INNER JOIN people ON event_people.identifier = people.identifier
    LEFT JOIN deal_groups ON event_people.company_key = deal_groups.contacts_key
    WHERE event_people.company_key IS NOT NULL AND event_people.trust <> 'public'
    UNION ALL
    SELECT company_key, person_id, 1 AS stated
    FROM outcome_companies
    WHERE company_key IS NOT NULL AND person_id >= 0 AND NOT tracker
    UNION ALL
    SELECT contacts_key AS company_key, person_id, 0 AS stated
    FROM outcome_companies
    WHERE contacts_key IS NOT NULL AND person_id >= 0 AND NOT tracker
)
SELECT company_key, person_id, MAX(stated) AS stated
FROM together
GROUP BY company_key, person_id
