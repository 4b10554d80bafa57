-- table: crm_people
-- grain: person_id
-- reads: told_outcomes, crm_days, people
-- says: everybody whom a CRM that holds leads knows, by any identifier
WITH held AS (
    SELECT told_outcomes.user_key, told_outcomes.crm_key, told_outcomes.email_key, told_outcomes.phone_key
    FROM told_outcomes
    INNER JOIN crm_days ON told_outcomes.system = crm_days.system
    WHERE told_outcomes.status = 'counted'
), identifiers AS (
    SELECT user_key AS identifier FROM held WHERE user_key IS NOT NULL
    UNION
    SELECT crm_key AS identifier FROM held WHERE crm_key IS NOT NULL
    UNION
    SELECT email_key AS identifier FROM held WHERE email_key IS NOT NULL
    UNION
    SELECT phone_key AS identifier FROM held WHERE phone_key IS NOT NULL
)
SELECT DISTINCT people.person_id
FROM identifiers
INNER JOIN people ON identifiers.identifier = people.identifier
