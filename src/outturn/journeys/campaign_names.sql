-- table: campaign_names
-- grain: platform, account_id, campaign_key, name
-- reads: campaign_keys
-- says: every name that a campaign ever bore, trimmed and in small letters, as tags write it
SELECT DISTINCT platform, account_id, campaign_key, LOWER(TRIM(campaign_name)) AS name
FROM campaign_keys
WHERE campaign_name IS NOT NULL
