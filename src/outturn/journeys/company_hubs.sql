-- table: company_hubs
-- grain: company_key
-- reads: company_statements
-- takes: company_cap count
-- says: companies of more people than the cap: placeholders and mail providers, which group nobody
SELECT company_key, COUNT(*) AS people
FROM company_statements
GROUP BY company_key
HAVING COUNT(*) > $company_cap
