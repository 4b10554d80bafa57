-- table: missing_rates
-- grain: currency, date_day
-- reads: valued
-- says: days of sale for whose currency there is no rate of that day or the seven before, with how many outcomes wait for it
SELECT currency, CAST(date_day AS VARCHAR) AS date_day, COUNT(DISTINCT outcome_id) AS outcomes
FROM valued
WHERE value_micros IS NULL
GROUP BY currency, date_day
ORDER BY currency, date_day
