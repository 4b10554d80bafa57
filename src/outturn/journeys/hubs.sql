-- table: hubs
-- grain: identifier
-- reads: ties
-- takes: cap count
-- says: identifiers tied to more others of one kind than the cap: placeholders, shared devices; strong = 1 where trusted ties alone say so
-- Clicks on our own links are no identifiers of anybody else: a reader of a newsletter may have any number of them.
-- A sign-in may well be used in many browsers (a cookie lives a week), so its browsers have ten times the cap.
WITH sides AS (
    SELECT a AS identifier, a_kind AS kind, b_kind AS other_kind, weak FROM ties
    UNION ALL
    SELECT b AS identifier, b_kind AS kind, a_kind AS other_kind, weak FROM ties
), degrees AS (
    SELECT
        identifier,
        CASE WHEN kind = 'user' AND other_kind = 'anonymous' THEN 10 * $cap ELSE $cap END AS most,
        other_kind,
        COUNT(*) AS others,
        CAST(SUM(1 - weak) AS BIGINT) AS trusted_others
    FROM sides
    WHERE other_kind <> 'click'
    GROUP BY identifier, kind, other_kind
)
SELECT
    identifier,
    MAX(others) AS others,
    MAX(CASE WHEN trusted_others > most THEN 1 ELSE 0 END) AS strong
FROM degrees
WHERE others > most
GROUP BY identifier
