-- table: channels_without_cost
-- grain: channel, first_day
-- reads: touch_examples, channel_day
-- says: visits of channels that are paid for by their nature, found where no row of spend or cost names the channel at all
WITH paid AS (
    SELECT channel
    FROM channel_day
    WHERE level = 'campaign' AND (COALESCE(billed_micros, 0) > 0 OR COALESCE(cost_micros, 0) > 0)
    GROUP BY channel
)
SELECT
    touch_examples.channel, touch_examples.date_day AS first_day, touch_examples.date_day AS last_day,
    CAST(SUM(CASE WHEN paid.channel IS NULL THEN touch_examples.visits ELSE 0 END) AS BIGINT) AS found,
    CAST(SUM(touch_examples.visits) AS BIGINT) AS seen,
    MIN(CASE WHEN paid.channel IS NULL THEN touch_examples.example_id END) AS example_id
FROM touch_examples
LEFT JOIN paid ON touch_examples.channel = paid.channel
WHERE touch_examples.channel LIKE 'Paid %'
    OR touch_examples.channel IN ('Affiliates', 'Influencer', 'Display', 'Cross-network', 'CTV', 'Audio', 'Email', 'SMS')
GROUP BY touch_examples.channel, touch_examples.date_day
