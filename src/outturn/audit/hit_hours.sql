-- table: hit_hours
-- grain: source, hour
-- reads: hit_quarters, tracked_sales, order_numbers, ledger_sales
-- takes: currency text, net flag
-- says: pages and tracked events of a source by the hour (hours since 1970 UTC), no bot's, and what it saw sold in that hour, at the ledger's value where the ledger knows the order
WITH hits AS (
    SELECT
        source, CAST(FLOOR(quarter_micros / 3600000000e0) AS BIGINT) AS hour,
        CAST(SUM(human_hits) AS BIGINT) AS hits, MIN(example_id) AS example_id
    FROM hit_quarters
    WHERE human_hits > 0
    GROUP BY source, CAST(FLOOR(quarter_micros / 3600000000e0) AS BIGINT)
), sold AS (
    SELECT
        tracked_sales.source, CAST(FLOOR(outturn_micros(tracked_sales.occurred_at) / 3600000000e0) AS BIGINT) AS hour,
        CASE
            WHEN order_numbers.outcome_id IS NOT NULL THEN ledger_sales.value_micros
            WHEN tracked_sales.currency = $currency THEN
                tracked_sales.gross_micros - CASE
                    WHEN $net THEN COALESCE(tracked_sales.tax_micros, 0) + COALESCE(tracked_sales.shipping_micros, 0) ELSE 0
                END
        END AS value_micros
    FROM tracked_sales
    LEFT JOIN order_numbers ON tracked_sales.order_number = order_numbers.order_number
    LEFT JOIN ledger_sales ON order_numbers.outcome_id = ledger_sales.outcome_id
), sums AS (
    SELECT source, hour, CAST(SUM(CASE WHEN value_micros > 0 THEN value_micros ELSE 0 END) AS BIGINT) AS sold_micros
    FROM sold
    GROUP BY source, hour
)
SELECT hits.source, hits.hour, hits.hits, hits.example_id, COALESCE(sums.sold_micros, 0) AS sold_micros
FROM hits
LEFT JOIN sums ON hits.source = sums.source AND hits.hour = sums.hour
