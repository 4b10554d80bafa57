-- table: leads_without_contact
-- grain: source, example_id
-- reads: told_outcomes, crm_days, crm_people, people
-- says: every lead that a partner, a server or a download of lead forms tells on a CRM's days, found where no CRM knows the person by any identifier, nor the deal
-- A lead that names nobody but a click cannot be looked for.
WITH spans AS (
    SELECT MIN(first_day) AS first_day, MAX(last_day) AS last_day FROM crm_days
), told AS (
    SELECT
        told_outcomes.outcome_id, told_outcomes.system AS source, told_outcomes.date_day,
        told_outcomes.deal_id, told_outcomes.user_key, told_outcomes.crm_key, told_outcomes.email_key, told_outcomes.phone_key, told_outcomes.anonymous_key
    FROM told_outcomes
    LEFT JOIN crm_days ON told_outcomes.system = crm_days.system
    WHERE told_outcomes.kind = 'lead' AND told_outcomes.status = 'counted' AND told_outcomes.occurred_at IS NOT NULL
        AND crm_days.system IS NULL
), outside AS (
    SELECT told.*
    FROM told
    INNER JOIN spans ON told.date_day >= spans.first_day AND told.date_day <= spans.last_day
    WHERE COALESCE(user_key, crm_key, email_key, phone_key, anonymous_key) IS NOT NULL OR deal_id IS NOT NULL
), identifiers AS (
    SELECT outcome_id, user_key AS identifier FROM outside WHERE user_key IS NOT NULL
    UNION
    SELECT outcome_id, crm_key AS identifier FROM outside WHERE crm_key IS NOT NULL
    UNION
    SELECT outcome_id, email_key AS identifier FROM outside WHERE email_key IS NOT NULL
    UNION
    SELECT outcome_id, phone_key AS identifier FROM outside WHERE phone_key IS NOT NULL
    UNION
    SELECT outcome_id, anonymous_key AS identifier FROM outside WHERE anonymous_key IS NOT NULL
), known AS (
    SELECT identifiers.outcome_id
    FROM identifiers
    INNER JOIN people ON identifiers.identifier = people.identifier
    INNER JOIN crm_people ON people.person_id = crm_people.person_id
    UNION
    SELECT outside.outcome_id
    FROM outside
    INNER JOIN told_outcomes ON outside.deal_id = told_outcomes.deal_id
    INNER JOIN crm_days ON told_outcomes.system = crm_days.system
)
SELECT
    outside.source, outside.date_day AS first_day, outside.date_day AS last_day,
    CASE WHEN known.outcome_id IS NULL THEN 1 ELSE 0 END AS found,
    1 AS seen,
    outside.outcome_id AS example_id
FROM outside
LEFT JOIN known ON outside.outcome_id = known.outcome_id
