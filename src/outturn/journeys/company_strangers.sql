-- table: company_strangers
-- grain: person_id
-- reads: company_statements, company_hubs
-- takes: cap count
-- says: people stated to belong to more companies than the cap: resellers and the business's own staff, whose touches are no company's
SELECT company_statements.person_id, COUNT(*) AS companies
FROM company_statements
LEFT JOIN company_hubs ON company_statements.company_key = company_hubs.company_key
WHERE company_statements.stated = 1 AND company_hubs.company_key IS NULL
GROUP BY company_statements.person_id
HAVING COUNT(*) > $cap
