-- table: labels_next
-- grain: identifier
-- reads: component_ties, labels
-- says: one round of label propagation: every identifier and every root takes the smallest root that a tie shows it, then its root's root
WITH shown AS (
    SELECT component_ties.a, component_ties.b, a_labels.root AS a_root, b_labels.root AS b_root
    FROM component_ties
    INNER JOIN labels AS a_labels ON component_ties.a = a_labels.identifier
    INNER JOIN labels AS b_labels ON component_ties.b = b_labels.identifier
), offers AS (
    SELECT identifier, root FROM labels
    UNION ALL
    SELECT a AS identifier, b_root AS root FROM shown
    UNION ALL
    SELECT b AS identifier, a_root AS root FROM shown
    UNION ALL
    SELECT a_root AS identifier, b_root AS root FROM shown
    UNION ALL
    SELECT b_root AS identifier, a_root AS root FROM shown
), lowered AS (
    SELECT identifier, MIN(root) AS root FROM offers GROUP BY identifier
)
SELECT lowered.identifier, roots.root
FROM lowered
INNER JOIN lowered AS roots ON lowered.root = roots.identifier
