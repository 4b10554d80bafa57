-- table: recurring_unrated
-- grain: currency, rate_day
-- reads: recurring
-- takes: last_day day
-- says: the currencies and first days of subscriptions for which there is no rate at most seven days old
SELECT DISTINCT currency, rate_day FROM recurring WHERE moved_micros IS NULL AND date_day <= $last_day ORDER BY currency, rate_day
