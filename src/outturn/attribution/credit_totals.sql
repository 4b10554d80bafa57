-- table: credit_totals
-- grain: goal, model, grain, channel, platform, account_id, campaign_key
-- reads: credited_totals, goals_to_credit, models_to_credit, places
-- says: what the kernel credited in all, with the names of goal, model, and channel or campaign
SELECT
    goals_to_credit.goal,
    models_to_credit.model,
    credited_totals.grain,
    places.channel,
    CASE WHEN credited_totals.grain = 'campaign' THEN places.platform ELSE '' END AS platform,
    CASE WHEN credited_totals.grain = 'campaign' THEN places.account_id ELSE '' END AS account_id,
    CASE WHEN credited_totals.grain = 'campaign' THEN places.campaign_key ELSE '' END AS campaign_key,
    CASE WHEN credited_totals.grain = 'campaign' THEN places.campaign_id END AS campaign_id,
    CASE WHEN credited_totals.grain = 'campaign' THEN places.campaign_name END AS campaign_name,
    credited_totals.people,
    credited_totals.conversions,
    credited_totals.conversions_ci_low,
    credited_totals.conversions_ci_high,
    credited_totals.kept_conversions,
    credited_totals.revenue_micros,
    credited_totals.revenue_ci_low_micros,
    credited_totals.revenue_ci_high_micros,
    credited_totals.removal_effect
FROM credited_totals
INNER JOIN goals_to_credit ON goals_to_credit.number = credited_totals.goal
INNER JOIN models_to_credit ON models_to_credit.number = credited_totals.model
INNER JOIN places ON places.place = credited_totals.place
