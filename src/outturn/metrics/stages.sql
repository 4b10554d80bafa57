-- table: stages
-- grain: kind, day (where asked for)
-- reads: outcomes
-- takes: zone text, first_day day, last_day day, by_time text
-- says: leads and qualified leads of the ledger, each deal or person's entry once; what trackers saw counts only where nothing else does
WITH entries AS (
    SELECT
        kind, tracker,
        COALESCE('deal:' || system || ':' || deal_id, 'outcome:' || outcome_id) AS entry,
        outturn_day(MIN(occurred_at), $zone) AS entry_day
    FROM outcomes
    WHERE kind IN ('lead', 'qualified') AND status = 'counted' AND occurred_at IS NOT NULL
    GROUP BY kind, tracker, COALESCE('deal:' || system || ':' || deal_id, 'outcome:' || outcome_id)
), booked AS (
    SELECT kind, MIN(CASE WHEN tracker THEN 1 ELSE 0 END) AS tracked FROM entries GROUP BY kind
), labelled AS (
    SELECT
        entries.kind,
        CASE $by_time
            WHEN 'date_day' THEN entry_day
            WHEN 'week' THEN CAST(DATE_TRUNC('week', entry_day) AS DATE)
            WHEN 'month' THEN CAST(DATE_TRUNC('month', entry_day) AS DATE)
        END AS day,
        CASE WHEN entry_day >= $first_day AND entry_day <= $last_day THEN 1 ELSE 0 END AS inside
    FROM entries
    INNER JOIN booked ON entries.kind = booked.kind AND CASE WHEN entries.tracker THEN 1 ELSE 0 END = booked.tracked
)
SELECT kind, day, CAST(SUM(inside) AS BIGINT) AS entries
FROM labelled
GROUP BY kind, day
