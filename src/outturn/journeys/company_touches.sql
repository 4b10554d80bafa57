-- table: company_touches
-- grain: company_id, touch_id
-- reads: touches, company_members, companies
-- says: the touches of everybody who belongs to a company, as the company's; of somebody in two companies, as both's
SELECT
    companies.bucket, companies.company_id, touches.occurred_at, touches.place, touches.touch_id, touches.person_id
FROM company_members
INNER JOIN companies ON company_members.company_key = companies.company_key
INNER JOIN touches ON company_members.person_id = touches.person_id
