-- table: visits_without_spend
-- grain: platform, account_id, campaign, first_day
-- reads: campaign_days, touch_examples
-- says: visits of campaigns that joined, found where the campaign was billed nothing that day nor the days beside it, on the days of its platform's reports
-- The days beside it: an account's day may end hours before or after the business's.
WITH spans AS (
    SELECT platform, MIN(date_day) AS first_day, MAX(date_day) AS last_day
    FROM campaign_days
    WHERE spend_micros > 0
    GROUP BY platform
), nearby AS (
    SELECT
        campaign_days.*,
        MAX(CASE WHEN spend_micros > 0 OR clicks > 0 THEN 1 ELSE 0 END) OVER (
            PARTITION BY platform, account_id, campaign_key ORDER BY date_day
            RANGE BETWEEN INTERVAL 1 DAY PRECEDING AND INTERVAL 1 DAY FOLLOWING
        ) AS billed
    FROM campaign_days
)
SELECT
    nearby.platform, nearby.account_id, nearby.campaign, nearby.date_day AS first_day, nearby.date_day AS last_day,
    CASE WHEN nearby.billed = 0 THEN touch_examples.visits ELSE 0 END AS found,
    touch_examples.visits AS seen,
    touch_examples.example_id
FROM nearby
INNER JOIN spans
    ON nearby.platform = spans.platform AND nearby.date_day >= spans.first_day AND nearby.date_day <= spans.last_day
INNER JOIN touch_examples
    ON nearby.platform = touch_examples.platform
    AND nearby.account_id = touch_examples.account_id
    AND nearby.campaign_key = touch_examples.campaign_key
    AND nearby.date_day = touch_examples.date_day
WHERE touch_examples.joined = 1
