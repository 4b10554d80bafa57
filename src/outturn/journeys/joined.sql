-- table: joined
-- grain: identifier
-- reads: groups, weak_ties, claimed_components
-- says: each tied identifier's person: its group, and what public keys may add to it without joining two known users
-- Groups that public keys tie become one only if at most one of them holds an identifier that a trusted source stated,
-- and no two of them hold an identifier of the same kind (two users, two e-mails): else all of them stay apart.
-- A browser goes to the one known group that public keys tie it to; tied to several, to none.
WITH kinds AS (
    SELECT
        claimed_components.root AS claim, groups.root, groups.kind,
        MIN(groups.weak) AS weak
    FROM groups
    INNER JOIN claimed_components ON groups.root = claimed_components.identifier
    WHERE groups.kind <> 'anonymous'
    GROUP BY claimed_components.root, groups.root, groups.kind
), doubled AS (
    SELECT claim FROM kinds GROUP BY claim, kind HAVING COUNT(*) > 1
    UNION
    SELECT claim FROM kinds WHERE weak = 0 GROUP BY claim HAVING COUNT(DISTINCT root) > 1
), claims AS (
    SELECT claimed_components.identifier AS root, claimed_components.root AS claim
    FROM claimed_components
    LEFT JOIN doubled ON claimed_components.root = doubled.claim
    WHERE doubled.claim IS NULL
), sides AS (
    SELECT a AS browser, b AS known FROM weak_ties WHERE a_known = 0 AND b_known = 1
    UNION ALL
    SELECT b AS browser, a AS known FROM weak_ties WHERE b_known = 0 AND a_known = 1
), attached AS (
    SELECT sides.browser, MIN(COALESCE(claims.claim, sides.known)) AS label
    FROM sides
    LEFT JOIN claims ON sides.known = claims.root
    GROUP BY sides.browser
    HAVING MIN(COALESCE(claims.claim, sides.known)) = MAX(COALESCE(claims.claim, sides.known))
), labelled AS (
    SELECT groups.identifier, COALESCE(claims.claim, attached.label, groups.root) AS label
    FROM groups
    LEFT JOIN claims ON groups.root = claims.root
    LEFT JOIN attached ON groups.root = attached.browser
)
SELECT identifier, MIN(identifier) OVER (PARTITION BY label) AS person_key FROM labelled
