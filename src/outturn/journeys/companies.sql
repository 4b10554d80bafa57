-- table: companies
-- grain: company_key
-- reads: company_members
-- says: every company that has people, numbered from 0 by bucket, then by key
WITH known AS (
    SELECT company_key, outturn_bucket(company_key) AS bucket FROM company_members GROUP BY company_key
)
SELECT company_key, bucket, ROW_NUMBER() OVER (ORDER BY bucket, company_key) - 1 AS company_id
FROM known
