-- table: credited
-- grain: channel, platform, account_id, campaign_key, day (those that are asked for)
-- reads: credits, places
-- takes: goal text, model text, basis text, first_day day, last_day day, by_channel flag, by_platform flag, by_account flag, by_campaign flag, by_time text
-- says: what a model credits, per cell of a KPI table; NULL where one of a cell's conversions is not known
WITH dated AS (
    SELECT credits.*, CASE WHEN $basis = 'cash_day' THEN cash_day ELSE date_day END AS entry_day
    FROM credits
    WHERE goal = $goal AND model = $model
), labelled AS (
    SELECT
        CASE WHEN $by_channel THEN dated.channel ELSE '' END AS channel,
        CASE
            WHEN NOT $by_platform THEN ''
            WHEN dated.channel = '(none)' THEN '(none)'
            WHEN dated.platform = '' THEN '(not set)' ELSE dated.platform
        END AS platform,
        CASE
            WHEN NOT $by_account THEN ''
            WHEN dated.channel = '(none)' THEN '(none)'
            WHEN dated.account_id = '' THEN '(not set)' ELSE dated.account_id
        END AS account_id,
        CASE
            WHEN NOT $by_campaign THEN ''
            WHEN dated.channel = '(none)' THEN '(none)'
            WHEN dated.campaign_key = '' THEN '(not set)' ELSE dated.campaign_key
        END AS campaign_key,
        CASE $by_time
            WHEN 'date_day' THEN entry_day
            WHEN 'week' THEN CAST(DATE_TRUNC('week', entry_day) AS DATE)
            WHEN 'month' THEN CAST(DATE_TRUNC('month', entry_day) AS DATE)
        END AS day,
        CASE WHEN $by_campaign THEN places.campaign_id END AS campaign_id,
        CASE WHEN $by_campaign THEN places.campaign_name END AS campaign_name,
        dated.conversions, dated.kept_conversions, dated.revenue_micros, dated.margin_micros,
        dated.refunded_micros, dated.new_customers, dated.new_customer_revenue_micros
    FROM dated
    LEFT JOIN places ON dated.place = places.place
    WHERE entry_day >= $first_day AND entry_day <= $last_day
)
SELECT
    channel, platform, account_id, campaign_key, '' AS ad_group_id, '' AS ad_id, day,
    MIN(campaign_id) AS campaign_id,
    MAX(campaign_name) AS campaign_name,
    SUM(conversions) AS conversions,
    SUM(kept_conversions) AS kept_conversions,
    CAST(SUM(revenue_micros) AS BIGINT) AS revenue,
    CASE WHEN COUNT(margin_micros) = COUNT(*) THEN CAST(SUM(margin_micros) AS BIGINT) END AS margin,
    CAST(SUM(refunded_micros) AS BIGINT) AS refunded,
    CASE WHEN COUNT(new_customers) = COUNT(*) THEN SUM(new_customers) END AS new_customers,
    CASE WHEN COUNT(new_customer_revenue_micros) = COUNT(*) THEN CAST(SUM(new_customer_revenue_micros) AS BIGINT) END
        AS new_customer_revenue
FROM labelled
GROUP BY channel, platform, account_id, campaign_key, day
