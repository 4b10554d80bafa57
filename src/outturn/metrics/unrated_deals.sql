-- table: unrated_deals
-- grain: currency, value_day
-- reads: deals
-- takes: first_day day, last_day day
-- says: the currencies and days for which an amount of deals that were opened in some days has no rate at most seven days old
SELECT DISTINCT currency, value_day
FROM deals
WHERE missing_rate AND opened_day >= $first_day AND opened_day <= $last_day
ORDER BY currency, value_day
