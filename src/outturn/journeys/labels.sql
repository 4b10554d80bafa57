-- table: labels
-- grain: identifier
-- reads: component_ties
-- says: before the first round everyone's root is itself
SELECT a AS identifier, a AS root FROM component_ties
UNION
SELECT b AS identifier, b AS root FROM component_ties
