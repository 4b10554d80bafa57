-- table: stale_imports
-- grain: source, account_id, subject
-- reads: source_days, silences
-- says: every source but spend with the days that it tells of; found are the days after its last one on which others go on, where so long a silence is unlike it
SELECT
    silences.source, silences.account_id, silences.role AS subject, silences.first_day, silences.last_day,
    silences.silent_days AS found, silences.days AS seen,
    MAX(source_days.import_id) AS example_id
FROM silences
INNER JOIN source_days
    ON silences.role = source_days.role
    AND silences.source = source_days.source
    AND silences.account_id = source_days.account_id
GROUP BY
    silences.source, silences.account_id, silences.role, silences.first_day, silences.last_day, silences.silent_days,
    silences.days
