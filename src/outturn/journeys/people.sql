-- table: people
-- grain: identifier
-- reads: identifiers, joined
-- says: who every identifier is; persons are numbered from 0 by bucket, then by key, each bucket on its own so that engines can share the work
WITH known AS (
    SELECT identifiers.identifier, COALESCE(joined.person_key, identifiers.identifier) AS person_key
    FROM identifiers
    LEFT JOIN joined ON identifiers.identifier = joined.identifier
), persons AS (
    SELECT person_key, outturn_bucket(person_key) AS bucket FROM known GROUP BY person_key
), sizes AS (
    SELECT bucket, COUNT(*) AS persons FROM persons GROUP BY bucket
), starts AS (
    SELECT sizes.bucket, CAST(COALESCE(SUM(earlier.persons), 0) AS BIGINT) AS first_id
    FROM sizes
    LEFT JOIN sizes AS earlier ON earlier.bucket < sizes.bucket
    GROUP BY sizes.bucket
), numbered AS (
    SELECT
        persons.person_key, persons.bucket,
        starts.first_id + ROW_NUMBER() OVER (PARTITION BY persons.bucket ORDER BY persons.person_key) - 1 AS person_id
    FROM persons
    INNER JOIN starts ON persons.bucket = starts.bucket
)
SELECT known.identifier, known.person_key, numbered.person_id, numbered.bucket
FROM known
INNER JOIN numbered ON known.person_key = numbered.person_key
