-- table: id_lives
-- grain: browser
-- reads: events
-- takes: first_micros micros, last_micros micros
-- says: how long browsers keep the ids that they were given: how many, how many could have been seen after so many days and were, and their age when they were last seen
WITH seen AS (
    SELECT
        anonymous_key, COALESCE(browser, '(unknown)') AS browser,
        outturn_micros(received_at) AS seen_micros, outturn_micros(id_born_at) AS born_micros
    FROM events
    WHERE anonymous_key IS NOT NULL
        AND id_born_at IS NOT NULL
        AND source IN ('tag', 'links')
        AND NOT COALESCE(is_bot, FALSE)
        AND outturn_micros(received_at) >= $first_micros
        AND outturn_micros(received_at) < $last_micros
), until AS (
    SELECT MAX(seen_micros) AS now_micros FROM seen
), ids AS (
    SELECT
        anonymous_key, MAX(browser) AS browser,
        GREATEST(MAX(seen_micros) - MIN(born_micros), 0) AS age_micros, MIN(born_micros) AS born_micros
    FROM seen
    GROUP BY anonymous_key
), ranked AS (
    SELECT
        ids.browser, ids.age_micros, until.now_micros - ids.born_micros AS could_micros,
        ROW_NUMBER() OVER (PARTITION BY ids.browser ORDER BY ids.age_micros, ids.anonymous_key) AS place,
        COUNT(*) OVER (PARTITION BY ids.browser) AS ids
    FROM ids
    CROSS JOIN until
)
SELECT
    browser,
    COUNT(*) AS ids,
    COUNT(CASE WHEN could_micros >= 86400000000 THEN 1 END) AS could_1,
    COUNT(CASE WHEN age_micros >= 86400000000 THEN 1 END) AS again_1,
    COUNT(CASE WHEN could_micros >= 604800000000 THEN 1 END) AS could_7,
    COUNT(CASE WHEN age_micros >= 604800000000 THEN 1 END) AS again_7,
    COUNT(CASE WHEN could_micros >= 2592000000000 THEN 1 END) AS could_30,
    COUNT(CASE WHEN age_micros >= 2592000000000 THEN 1 END) AS again_30,
    COUNT(CASE WHEN could_micros >= 7776000000000 THEN 1 END) AS could_90,
    COUNT(CASE WHEN age_micros >= 7776000000000 THEN 1 END) AS again_90,
    MIN(CASE WHEN place * 100 >= ids * 50 THEN age_micros END) AS median_micros,
    MIN(CASE WHEN place * 100 >= ids * 90 THEN age_micros END) AS p90_micros
FROM ranked
GROUP BY browser
ORDER BY COUNT(*) DESC, browser
