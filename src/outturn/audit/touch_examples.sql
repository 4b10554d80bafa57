-- table: touch_examples
-- grain: channel, platform, account_id, campaign_key, joined, date_day
-- reads: visit_days, places
-- says: visits on a day by channel and campaign, with a touch that is one of them
SELECT
    places.channel, places.platform, places.account_id, places.campaign_key,
    MAX(COALESCE(places.campaign_name, places.campaign_key)) AS campaign,
    visit_days.joined, visit_days.date_day,
    CAST(SUM(visit_days.visits) AS BIGINT) AS visits, MIN(visit_days.example_id) AS example_id
FROM visit_days
INNER JOIN places ON visit_days.place = places.place
GROUP BY
    places.channel, places.platform, places.account_id, places.campaign_key, visit_days.joined, visit_days.date_day
