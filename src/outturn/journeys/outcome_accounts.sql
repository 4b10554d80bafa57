-- table: outcome_accounts
-- grain: outcome_id, stage
-- reads: outcome_companies, outcome_people, company_hubs, company_members, companies
-- says: the company of every outcome that has one: as stated, else its person's only one; and whose touches led to it (company_id), -1 where that company has no people
-- A placeholder is no company. Of a deal that states no company the several contacts are taken together.
WITH only_companies AS (
    SELECT person_id, MIN(company_key) AS company_key
    FROM company_members
    WHERE stated = 1
    GROUP BY person_id
    HAVING COUNT(*) = 1
), known AS (
    SELECT
        outcome_people.outcome_id, outcome_people.stage,
        CASE WHEN company_hubs.company_key IS NULL THEN outcome_companies.company_key END AS company_key,
        outcome_companies.contacts_key, only_companies.company_key AS only_key
    FROM outcome_people
    LEFT JOIN outcome_companies
        ON outcome_people.outcome_id = outcome_companies.outcome_id AND outcome_people.stage = outcome_companies.stage
    LEFT JOIN company_hubs ON outcome_companies.company_key = company_hubs.company_key
    LEFT JOIN only_companies ON outcome_people.person_id = only_companies.person_id
    WHERE outcome_companies.outcome_id IS NOT NULL OR only_companies.person_id IS NOT NULL
)
SELECT
    known.outcome_id, known.stage, known.company_key, COALESCE(known.company_key, known.only_key) AS account_key,
    COALESCE(companies.company_id, -1) AS company_id, COALESCE(companies.bucket, 0) AS bucket
FROM known
LEFT JOIN companies ON COALESCE(known.company_key, known.contacts_key, known.only_key) = companies.company_key
