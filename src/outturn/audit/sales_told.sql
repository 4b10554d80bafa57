-- table: sales_told
-- grain: system, date_day, currency, import_id
-- reads: told_outcomes
-- says: the sales of shops, CRMs and payments that count, by the day on which they were made and the import that has told them last
SELECT
    system, date_day, COALESCE(currency, '') AS currency, import_id,
    COUNT(*) AS sales, CAST(SUM(COALESCE(gross_micros, 0)) AS BIGINT) AS sold_micros
FROM told_outcomes
WHERE NOT tracker AND status = 'counted' AND date_day IS NOT NULL
    AND kind IN ('purchase', 'won', 'subscription_start', 'renewal', 'expansion')
GROUP BY system, date_day, COALESCE(currency, ''), import_id
