-- table: ad_spend
-- grain: import_id, line
-- reads: ad_spend_rows, loaded_imports, account_adopters, ad_parents
-- says: per platform, account, day and level the latest loaded import's rows, a partial one replacing only the campaigns that it names;
--  an ad or ad group that stands alone is given its parents
WITH loaded AS (
    SELECT
        ad_spend_rows.* EXCLUDE (account_id),
        CASE
            WHEN ad_spend_rows.account_id = '(unnamed)' THEN COALESCE(account_adopters.account_id, '(unnamed)')
            ELSE ad_spend_rows.account_id
        END AS account_id,
        loaded_imports.partial,
        COALESCE(ad_spend_rows.campaign_id, ad_spend_rows.campaign_name, '') AS campaign
    FROM ad_spend_rows
    INNER JOIN loaded_imports ON ad_spend_rows.import_id = loaded_imports.import_id
    LEFT JOIN account_adopters ON ad_spend_rows.platform = account_adopters.platform
), ranked AS (
    SELECT
        loaded.*,
        MAX(CASE WHEN partial THEN NULL ELSE import_id END)
            OVER (PARTITION BY platform, account_id, date_day, period_start, period_end, level) AS latest_whole,
        MAX(import_id) OVER (PARTITION BY platform, account_id, date_day, period_start, period_end, level, campaign) AS latest_of_campaign
    FROM loaded
)
SELECT
    ranked.* EXCLUDE (partial, campaign, latest_whole, latest_of_campaign, campaign_id, ad_group_id),
    COALESCE(ranked.campaign_id, ad_parents.campaign_id) AS campaign_id,
    COALESCE(ranked.ad_group_id, ad_parents.ad_group_id) AS ad_group_id
FROM ranked
LEFT JOIN ad_parents
    ON ranked.platform = ad_parents.platform
    AND ad_parents.level = CASE WHEN ranked.ad_id IS NULL THEN 'ad_group' ELSE 'ad' END
    AND ad_parents.id = COALESCE(ranked.ad_id, ranked.ad_group_id)
    AND ranked.campaign_name IS NULL
WHERE ranked.import_id >= COALESCE(ranked.latest_whole, ranked.import_id) AND ranked.import_id = ranked.latest_of_campaign
