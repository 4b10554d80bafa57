-- table: trusted_ties
-- grain: a, b
-- reads: ties, hubs
-- says: the ties that join: stated by a trusted source, and neither end is a hub by trusted ties
SELECT ties.a, ties.b
FROM ties
LEFT JOIN hubs AS a_hubs ON ties.a = a_hubs.identifier AND a_hubs.strong = 1
LEFT JOIN hubs AS b_hubs ON ties.b = b_hubs.identifier AND b_hubs.strong = 1
WHERE ties.weak = 0 AND a_hubs.identifier IS NULL AND b_hubs.identifier IS NULL
