-- table: credited
-- grain: model, channel; by campaign also platform, account_id, campaign_key
-- reads: credits, places
-- takes: goal text, by text, basis text, first_day day, last_day day
-- says: one goal's credits by model and channel or campaign over the days of one basis; an unknown part makes the
--   sum unknown
WITH placed AS (
    SELECT
        credits.model,
        credits.channel,
        CASE WHEN $by = 'campaign' THEN credits.platform END AS platform,
        CASE WHEN $by = 'campaign' THEN credits.account_id END AS account_id,
        CASE WHEN $by = 'campaign' THEN credits.campaign_key END AS campaign_key,
        CASE WHEN $by = 'campaign' THEN places.campaign_id END AS campaign_id,
        CASE WHEN $by = 'campaign' THEN places.campaign_name END AS campaign_name,
        credits.conversions, credits.kept_conversions, credits.revenue_micros, credits.margin_micros,
        credits.refunded_micros, credits.new_customers, credits.new_customer_revenue_micros
    FROM credits
    INNER JOIN places ON places.place = credits.place
    WHERE credits.goal = $goal
        AND CASE WHEN $basis = 'cash_day' THEN credits.cash_day ELSE credits.date_day END BETWEEN $first_day AND $last_day
)
SELECT
    model, channel, platform, account_id, campaign_key, campaign_id, campaign_name,
    SUM(conversions) AS conversions,
    SUM(kept_conversions) AS kept_conversions,
    CAST(SUM(revenue_micros) AS BIGINT) AS revenue_micros,
    CASE WHEN COUNT(margin_micros) = COUNT(*) THEN CAST(SUM(margin_micros) AS BIGINT) END AS margin_micros,
    CAST(SUM(refunded_micros) AS BIGINT) AS refunded_micros,
    CASE WHEN COUNT(new_customers) = COUNT(*) THEN SUM(new_customers) END AS new_customers,
    CASE WHEN COUNT(new_customer_revenue_micros) = COUNT(*) THEN CAST(SUM(new_customer_revenue_micros) AS BIGINT) END
        AS new_customer_revenue_micros
FROM placed
GROUP BY model, channel, platform, account_id, campaign_key, campaign_id, campaign_name
