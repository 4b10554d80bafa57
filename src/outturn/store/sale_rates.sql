-- table: sale_rates
-- grain: date_day, currency
-- reads: rated_days, fx_rates
-- takes: currency text
-- says: for every foreign amount's currency and day of sale, what turns it into ours: times ours over theirs; NULL: no rate of the 7 days before
WITH foreign_needed AS (
    SELECT date_day, currency FROM rated_days WHERE currency <> $currency
), asked AS (
    SELECT date_day, currency FROM foreign_needed
    UNION
    SELECT date_day, $currency AS currency FROM foreign_needed
), dated AS (
    SELECT
        asked.date_day, asked.currency, fx_rates.units_per_euro_micros,
        ROW_NUMBER() OVER (
            PARTITION BY asked.date_day, asked.currency ORDER BY fx_rates.date_day DESC, fx_rates.import_id DESC
        ) AS age
    FROM asked
    INNER JOIN fx_rates
        ON asked.currency = fx_rates.currency
        AND fx_rates.date_day <= asked.date_day
        AND fx_rates.date_day + INTERVAL 7 DAY >= asked.date_day
), units AS (
    SELECT date_day, currency, units_per_euro_micros FROM dated WHERE age = 1 AND currency <> 'EUR'
    UNION ALL
    SELECT date_day, currency, 1000000 AS units_per_euro_micros FROM asked WHERE currency = 'EUR'
)
SELECT
    foreign_needed.date_day, foreign_needed.currency,
    own.units_per_euro_micros AS ours, theirs.units_per_euro_micros AS theirs
FROM foreign_needed
LEFT JOIN units AS own ON foreign_needed.date_day = own.date_day AND own.currency = $currency
LEFT JOIN units AS theirs ON foreign_needed.date_day = theirs.date_day AND foreign_needed.currency = theirs.currency
