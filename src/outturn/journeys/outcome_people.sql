-- table: outcome_people
-- grain: outcome_id, stage
-- reads: outcomes, hubs, people, clicks
-- says: whose every outcome is; one that names nobody but a click id is the person's who alone was seen with it; -1: nobody known
WITH clicked AS (
    SELECT clicks.click_id, MIN(people.person_id) AS person_id, MIN(people.bucket) AS bucket
    FROM clicks
    INNER JOIN people ON clicks.identifier = people.identifier
    WHERE clicks.origin = 'event'
    GROUP BY clicks.click_id
    HAVING MIN(people.person_id) = MAX(people.person_id)
), named AS (
    SELECT
        outcomes.outcome_id, outcomes.stage,
        COALESCE(
            CASE WHEN user_hubs.identifier IS NULL THEN outcomes.user_key END,
            CASE WHEN crm_hubs.identifier IS NULL THEN outcomes.crm_key END,
            CASE WHEN email_hubs.identifier IS NULL THEN outcomes.email_key END,
            CASE WHEN phone_hubs.identifier IS NULL THEN outcomes.phone_key END,
            CASE WHEN anonymous_hubs.identifier IS NULL THEN outcomes.anonymous_key END,
            outcomes.user_key, outcomes.crm_key, outcomes.email_key, outcomes.phone_key, outcomes.anonymous_key
        ) AS identifier,
        COALESCE(
            oclid, gclid, wbraid, gbraid, dclid, msclkid, ttclid, li_fat_id, twclid, rdt_cid, sccid, epik,
            irclickid, awc, cjevent, fbclid
        ) AS click_id
    FROM outcomes
    LEFT JOIN hubs AS user_hubs ON outcomes.user_key = user_hubs.identifier
    LEFT JOIN hubs AS crm_hubs ON outcomes.crm_key = crm_hubs.identifier
    LEFT JOIN hubs AS email_hubs ON outcomes.email_key = email_hubs.identifier
    LEFT JOIN hubs AS phone_hubs ON outcomes.phone_key = phone_hubs.identifier
    LEFT JOIN hubs AS anonymous_hubs ON outcomes.anonymous_key = anonymous_hubs.identifier
)
SELECT
    named.outcome_id, named.stage,
    COALESCE(people.person_id, clicked.person_id, -1) AS person_id,
    COALESCE(people.bucket, clicked.bucket, 0) AS bucket
FROM named
LEFT JOIN people ON named.identifier = people.identifier
LEFT JOIN clicked ON named.identifier IS NULL AND named.click_id = clicked.click_id
