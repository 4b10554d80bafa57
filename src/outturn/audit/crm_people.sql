-- table: crm_people
-- grain: person_id
-- reads: outcomes, crm_days, people
-- says: everybody whom a CRM that holds leads knows, by any identifier
WITH held AS (
    SELECT outcomes.user_key, outcomes.crm_key, outcomes.email_key, outcomes.phone_key
    FROM outcomes
    INNER JOIN crm_days ON outcomes.system = crm_days.system
    WHERE outcomes.status = 'counted'
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
