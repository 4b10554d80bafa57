-- table: visits
-- grain: touch_id
-- reads: hits, own_hosts
-- takes: session_micros count
-- says: one touch for every session of a person, taken from its first hit with campaign evidence, else from its landing
-- A session ends after more than $session_micros without a hit, where the source says that a session of its own begins, and
-- where the campaign evidence changes. One without any page (a server's event) was no visit.
WITH spaced AS (
    SELECT
        hits.*,
        CASE WHEN own_hosts.host IS NULL THEN hits.referrer_host END AS outer_host,
        CASE
            WHEN outturn_micros(occurred_at) - outturn_micros(LAG(occurred_at) OVER person) <= $session_micros THEN 0
            ELSE 1
        END AS rested,
        CASE WHEN session_id IS NOT NULL AND ROW_NUMBER() OVER given_session = 1 THEN 1 ELSE 0 END AS session_begins
    FROM hits
    LEFT JOIN own_hosts ON hits.referrer_host = own_hosts.host
    WINDOW
        person AS (PARTITION BY person_id ORDER BY occurred_at, event_id),
        given_session AS (PARTITION BY person_id, source, session_id ORDER BY occurred_at, event_id)
), stays AS (
    SELECT
        spaced.*,
        CAST(SUM(rested) OVER (
            PARTITION BY person_id ORDER BY occurred_at, event_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS BIGINT) AS stay
    FROM spaced
), runs AS (
    SELECT
        stays.*,
        COUNT(utm_mark) OVER so_far AS utm_run,
        COUNT(click_mark) OVER so_far AS click_run,
        CASE WHEN seen AND SUM(CASE WHEN seen THEN 1 ELSE 0 END) OVER so_far = 1 THEN 1 ELSE 0 END AS lands,
        CASE WHEN session_begins = 1 AND COUNT(session_id) OVER (
            PARTITION BY person_id, stay, source ORDER BY occurred_at, event_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) > 1 THEN 1 ELSE 0 END AS source_breaks
    FROM stays
    WINDOW so_far AS (
        PARTITION BY person_id, stay ORDER BY occurred_at, event_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    )
), marks AS (
    SELECT
        runs.*,
        MAX(utm_mark) OVER (PARTITION BY person_id, stay, utm_run) AS utm_now,
        MAX(click_mark) OVER (PARTITION BY person_id, stay, click_run) AS click_now,
        CAST(SUM(CASE WHEN lands = 1 AND outer_host IS NOT NULL THEN 1 ELSE 0 END) OVER (
            PARTITION BY person_id, stay ORDER BY occurred_at, event_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS BIGINT) - CASE WHEN lands = 1 AND outer_host IS NOT NULL THEN 1 ELSE 0 END AS referred_before
    FROM runs
), changes AS (
    SELECT
        marks.*,
        LAG(utm_now) OVER (PARTITION BY person_id, stay ORDER BY occurred_at, event_id) AS utm_before,
        LAG(click_now) OVER (PARTITION BY person_id, stay ORDER BY occurred_at, event_id) AS click_before
    FROM marks
), opened AS (
    SELECT
        changes.*,
        CASE
            WHEN rested = 1 OR source_breaks = 1 THEN 1
            WHEN utm_mark IS NULL AND click_mark IS NULL THEN 0
            -- The same arrival once more: a reload, or a hit that carries only half of it.
            WHEN utm_mark = utm_before AND (click_mark IS NULL OR click_before IS NULL OR click_mark = click_before) THEN 0
            WHEN click_mark = click_before AND (utm_mark IS NULL OR utm_before IS NULL) THEN 0
            WHEN utm_before IS NOT NULL OR click_before IS NOT NULL OR referred_before > 0 THEN 1
            -- The first evidence of a session that began without any belongs to it.
            ELSE 0
        END AS opens
    FROM changes
), sessions AS (
    SELECT
        opened.*,
        CAST(SUM(opens) OVER (
            PARTITION BY person_id ORDER BY occurred_at, event_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS BIGINT) AS session
    FROM opened
), ranked AS (
    SELECT
        sessions.*,
        ROW_NUMBER() OVER (
            PARTITION BY person_id, session
            ORDER BY
                CASE WHEN utm_mark IS NOT NULL OR click_mark IS NOT NULL THEN 0 WHEN seen THEN 1 ELSE 2 END,
                occurred_at, event_id
        ) AS place
    FROM sessions
)
SELECT
    bucket, person_id, occurred_at, event_id AS touch_id,
    utm_source, utm_medium, utm_campaign, utm_id, gad_campaignid, click_id_kind,
    COALESCE(outer_host, '') AS referrer_host, utm_mark, click_mark, oclid
FROM ranked
WHERE place = 1 AND (seen OR utm_mark IS NOT NULL OR click_mark IS NOT NULL)
