-- table: consent_people
-- grain: purpose, state
-- reads: consents
-- says: how many people's latest word on each purpose is yes, or no
SELECT purpose, state, COUNT(*) AS people
FROM consents
GROUP BY purpose, state
