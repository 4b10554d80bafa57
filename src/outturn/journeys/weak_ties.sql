-- table: weak_ties
-- grain: a, b
-- reads: ties, hubs, groups
-- says: ties between groups that only public keys state, no end a hub; a_known, b_known = 1 for a group that holds more than browsers
WITH knowing AS (
    SELECT root, MAX(CASE WHEN kind = 'anonymous' THEN 0 ELSE 1 END) AS known FROM groups GROUP BY root
), between_groups AS (
    SELECT a_groups.root AS a, b_groups.root AS b
    FROM ties
    INNER JOIN groups AS a_groups ON ties.a = a_groups.identifier
    INNER JOIN groups AS b_groups ON ties.b = b_groups.identifier
    LEFT JOIN hubs AS a_hubs ON ties.a = a_hubs.identifier
    LEFT JOIN hubs AS b_hubs ON ties.b = b_hubs.identifier
    WHERE ties.weak = 1 AND a_groups.root <> b_groups.root
        AND a_hubs.identifier IS NULL AND b_hubs.identifier IS NULL
)
SELECT between_groups.a, between_groups.b, MIN(a_knowing.known) AS a_known, MIN(b_knowing.known) AS b_known
FROM between_groups
INNER JOIN knowing AS a_knowing ON between_groups.a = a_knowing.root
INNER JOIN knowing AS b_knowing ON between_groups.b = b_knowing.root
GROUP BY between_groups.a, between_groups.b
