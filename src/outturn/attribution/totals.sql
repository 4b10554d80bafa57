-- table: totals
-- grain: model, channel; by campaign also platform, account_id, campaign_key
-- reads: credit_totals
-- takes: goal text, by text
-- says: one goal's totals at one grain
SELECT
    model, channel, platform, account_id, campaign_key, campaign_id, campaign_name, people,
    conversions, conversions_ci_low, conversions_ci_high, kept_conversions,
    revenue_micros, revenue_ci_low_micros, revenue_ci_high_micros, removal_effect
FROM credit_totals
WHERE goal = $goal AND grain = $by
