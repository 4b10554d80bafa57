-- table: utm_spelling
-- grain: subject
-- reads: hit_days, campaign_slips
-- says: words of UTM tags that differ in letters' case, in signs, or by a slip from a word that is used more, with how many arrivals bear the rarer one; numbers that signs set apart are other numbers
WITH words AS (
    SELECT 'utm_source' AS tag, utm_source AS word, hits, date_day, example_id FROM hit_days WHERE utm_source <> ''
    UNION ALL
    SELECT 'utm_medium' AS tag, utm_medium AS word, hits, date_day, example_id FROM hit_days WHERE utm_medium <> ''
    UNION ALL
    SELECT 'utm_campaign' AS tag, utm_campaign AS word, hits, date_day, example_id FROM hit_days WHERE utm_campaign <> ''
), spellings AS (
    SELECT
        tag, word,
        REGEXP_REPLACE(LOWER(word), '[^a-z0-9]', '', 'g') || '/' || TRIM(REGEXP_REPLACE(word, '[^0-9]+', ' ', 'g')) AS folded,
        CAST(SUM(hits) AS BIGINT) AS hits, MIN(date_day) AS first_day, MAX(date_day) AS last_day, MIN(example_id) AS example_id
    FROM words
    -- A template that was not filled in is another fault; what is not written in our letters cannot be folded.
    WHERE word NOT LIKE '%{%' AND NOT REGEXP_MATCHES(word, '[^ -~]')
    GROUP BY
        tag, word, REGEXP_REPLACE(LOWER(word), '[^a-z0-9]', '', 'g') || '/' || TRIM(REGEXP_REPLACE(word, '[^0-9]+', ' ', 'g'))
), ranked AS (
    SELECT
        spellings.*,
        ROW_NUMBER() OVER (PARTITION BY tag, folded ORDER BY hits DESC, word) AS place
    FROM spellings
    WHERE folded <> '/'
), leaders AS (
    SELECT tag, folded, word, hits FROM ranked WHERE place = 1
), slips AS (
    -- One letter off a word that is ten times as usual; numbers differ by a letter on purpose.
    SELECT leaders.tag, leaders.folded, MIN(usual.word) AS usual_word
    FROM leaders
    INNER JOIN leaders AS usual
        ON leaders.tag = usual.tag
        AND leaders.folded <> usual.folded
        AND leaders.hits * 10 < usual.hits
        AND LEVENSHTEIN(leaders.folded, usual.folded) = 1
    WHERE leaders.tag <> 'utm_campaign' AND LENGTH(leaders.folded) >= 7
        AND NOT REGEXP_MATCHES(leaders.folded, '[0-9]') AND NOT REGEXP_MATCHES(usual.folded, '[0-9]')
    GROUP BY leaders.tag, leaders.folded
    UNION ALL
    SELECT leaders.tag, leaders.folded, campaign_slips.usual_word
    FROM leaders
    INNER JOIN campaign_slips ON leaders.word = campaign_slips.word
    WHERE leaders.tag = 'utm_campaign'
)
SELECT
    ranked.tag || ' ' || ranked.word || ', else ' || COALESCE(slips.usual_word, leaders.word) AS subject,
    ranked.first_day, ranked.last_day, ranked.example_id,
    CASE WHEN ranked.place > 1 OR slips.folded IS NOT NULL THEN ranked.hits ELSE 0 END AS found,
    ranked.hits AS seen
FROM ranked
INNER JOIN leaders ON ranked.tag = leaders.tag AND ranked.folded = leaders.folded
LEFT JOIN slips ON ranked.tag = slips.tag AND ranked.folded = slips.folded
