-- table: unjoined_campaigns
-- grain: platform, campaign
-- reads: touch_examples
-- says: visits by ads of a platform, found where they name a campaign that the platform's own reports do not know; of all visits that name one
WITH advertised AS (
    SELECT platform FROM touch_examples WHERE joined = 1 GROUP BY platform
), named AS (
    SELECT
        touch_examples.platform, touch_examples.joined, touch_examples.campaign_key,
        MAX(touch_examples.campaign) AS campaign,
        MIN(touch_examples.date_day) AS first_day, MAX(touch_examples.date_day) AS last_day,
        CAST(SUM(touch_examples.visits) AS BIGINT) AS visits, MIN(touch_examples.example_id) AS example_id
    FROM touch_examples
    INNER JOIN advertised ON touch_examples.platform = advertised.platform
    WHERE touch_examples.campaign_key <> '' AND touch_examples.platform <> ''
    GROUP BY touch_examples.platform, touch_examples.joined, touch_examples.campaign_key
), totals AS (
    SELECT platform, CAST(SUM(visits) AS BIGINT) AS visits FROM named GROUP BY platform
)
SELECT
    named.platform, named.campaign, named.first_day, named.last_day,
    CASE WHEN named.joined = 0 THEN named.visits ELSE 0 END AS found,
    totals.visits AS seen,
    named.example_id
FROM named
INNER JOIN totals ON named.platform = totals.platform
