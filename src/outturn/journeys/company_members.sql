-- table: company_members
-- grain: company_key, person_id
-- reads: company_statements, company_hubs, company_strangers
-- says: whose touches are a company's too
SELECT company_statements.company_key, company_statements.person_id, company_statements.stated
FROM company_statements
LEFT JOIN company_hubs ON company_statements.company_key = company_hubs.company_key
LEFT JOIN company_strangers ON company_statements.person_id = company_strangers.person_id
WHERE company_hubs.company_key IS NULL AND company_strangers.person_id IS NULL
