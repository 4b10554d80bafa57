-- table: missing_rates
-- grain: currency, date_day
-- reads: channel_day
-- takes: first_day day, last_day day
-- says: the days on which money was billed in a currency without a rate at most seven days old
SELECT DISTINCT currency, date_day
FROM channel_day
WHERE level = 'campaign' AND missing_rate AND date_day >= $first_day AND date_day <= $last_day
ORDER BY currency, date_day
