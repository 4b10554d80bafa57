-- table: consents
-- grain: person_key, purpose
-- reads: event_people, outcomes, outcome_people, people
-- says: each person's latest word on each purpose; a yes that anybody could have sent does not lift a no that a server or a file has told
WITH persons AS (
    SELECT person_id, MIN(person_key) AS person_key, MIN(bucket) AS bucket FROM people GROUP BY person_id
), words AS (
    SELECT
        people.person_key, people.bucket, event_people.consent, event_people.occurred_at AS seen_at,
        CASE WHEN event_people.trust = 'public' THEN 0 ELSE 1 END AS trusted
    FROM event_people
    INNER JOIN people ON event_people.identifier = people.identifier
    WHERE event_people.consent IS NOT NULL AND NOT COALESCE(event_people.is_bot, FALSE)
    UNION ALL
    SELECT
        persons.person_key, persons.bucket, outcomes.consent, outcomes.occurred_at AS seen_at,
        CASE WHEN outcomes.tracker THEN 0 ELSE 1 END AS trusted
    FROM outcomes
    INNER JOIN outcome_people
        ON outcomes.outcome_id = outcome_people.outcome_id AND outcomes.stage = outcome_people.stage
    INNER JOIN persons ON outcome_people.person_id = persons.person_id
    WHERE outcomes.consent IS NOT NULL AND outcomes.occurred_at IS NOT NULL
), dated AS (
    SELECT
        words.*,
        -- A server that repeats an old word says so by its date.
        CASE
            WHEN REGEXP_MATCHES(
                JSON_EXTRACT_STRING(words.consent, '$.at'),
                '^20[0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]([.][0-9]{1,6})?Z$'
            )
            THEN LEAST(
                COALESCE(TRY_CAST(JSON_EXTRACT_STRING(words.consent, '$.at') AS TIMESTAMPTZ), words.seen_at),
                words.seen_at
            )
            ELSE words.seen_at
        END AS said_at,
        COALESCE(JSON_EXTRACT_STRING(words.consent, '$.policy_version'), '') AS policy_version
    FROM words
), purposes AS (
    SELECT 'analytics_storage' AS purpose
    UNION ALL SELECT 'ad_storage' AS purpose
    UNION ALL SELECT 'ad_user_data' AS purpose
    UNION ALL SELECT 'ad_personalization' AS purpose
), asked AS (
    SELECT
        dated.person_key, dated.bucket, purposes.purpose, dated.said_at, dated.trusted, dated.policy_version,
        CASE purposes.purpose
            WHEN 'analytics_storage' THEN JSON_EXTRACT_STRING(dated.consent, '$.analytics_storage')
            WHEN 'ad_storage' THEN JSON_EXTRACT_STRING(dated.consent, '$.ad_storage')
            WHEN 'ad_user_data' THEN JSON_EXTRACT_STRING(dated.consent, '$.ad_user_data')
            ELSE JSON_EXTRACT_STRING(dated.consent, '$.ad_personalization')
        END AS said
    FROM dated
    CROSS JOIN purposes
), stated AS (
    SELECT
        person_key, bucket, purpose, said_at, trusted, policy_version,
        CASE WHEN said IN ('true', 'granted') THEN 'granted' ELSE 'denied' END AS state
    FROM asked
    WHERE said IN ('true', 'granted', 'false', 'denied')
), trusted_ranked AS (
    -- Of two words of one instant the no counts: 'denied' sorts before 'granted'.
    SELECT
        person_key, purpose, state,
        ROW_NUMBER() OVER (PARTITION BY person_key, purpose ORDER BY said_at DESC, state) AS place
    FROM stated
    WHERE trusted = 1
), refused AS (
    SELECT person_key, purpose FROM trusted_ranked WHERE place = 1 AND state = 'denied'
), ranked AS (
    SELECT
        stated.person_key, stated.bucket, stated.purpose, stated.state, stated.said_at, stated.policy_version,
        ROW_NUMBER() OVER (
            PARTITION BY stated.person_key, stated.purpose
            ORDER BY stated.said_at DESC, stated.state, stated.policy_version DESC
        ) AS place
    FROM stated
    LEFT JOIN refused ON stated.person_key = refused.person_key AND stated.purpose = refused.purpose
    WHERE stated.trusted = 1 OR stated.state = 'denied' OR refused.person_key IS NULL
)
SELECT bucket, person_key, purpose, state, said_at, NULLIF(policy_version, '') AS policy_version
FROM ranked
WHERE place = 1
