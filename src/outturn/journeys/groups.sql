-- table: groups
-- grain: identifier
-- reads: ties, identifiers, trusted_components
-- says: each tied identifier's group by trusted ties alone (root: its smallest identifier); the others are groups of one
WITH tied AS (
    SELECT a AS identifier FROM ties
    UNION
    SELECT b AS identifier FROM ties
)
SELECT
    tied.identifier,
    COALESCE(trusted_components.root, tied.identifier) AS root,
    identifiers.kind,
    identifiers.weak
FROM tied
INNER JOIN identifiers ON tied.identifier = identifiers.identifier
LEFT JOIN trusted_components ON tied.identifier = trusted_components.identifier
