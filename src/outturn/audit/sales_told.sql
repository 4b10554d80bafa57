-- table: sales_told
-- grain: system, date_day, currency, import_id
-- reads: told_outcomes
-- takes: zone text
-- says: the sales of shops, CRMs and payments that count, by the day on which they were made and the import that has told them last
-- Days begin at a quarter of an hour in every zone, so that a day is worked out for each quarter and not for each sale.
WITH quarters AS (
    SELECT
        system, COALESCE(currency, '') AS currency, import_id,
        outturn_micros(occurred_at) - outturn_micros(occurred_at) % 900000000 AS quarter_micros,
        COUNT(*) AS sales, CAST(SUM(COALESCE(gross_micros, 0)) AS BIGINT) AS sold_micros
    FROM told_outcomes
    WHERE NOT tracker AND status = 'counted' AND occurred_at IS NOT NULL
        AND kind IN ('purchase', 'won', 'subscription_start', 'renewal', 'expansion')
    GROUP BY
        system, COALESCE(currency, ''), import_id,
        outturn_micros(occurred_at) - outturn_micros(occurred_at) % 900000000
)
SELECT
    system, outturn_day(outturn_at(quarter_micros), $zone) AS date_day, currency, import_id,
    CAST(SUM(sales) AS BIGINT) AS sales, CAST(SUM(sold_micros) AS BIGINT) AS sold_micros
FROM quarters
GROUP BY system, outturn_day(outturn_at(quarter_micros), $zone), currency, import_id
