-- table: ad_spend_placed
-- grain: import_id, line
-- reads: ad_spend_rows, loaded_imports, account_adopters, ad_parents, spend_bearers
-- says: every loaded row of ad_spend with the account that adopted it, the parents of an ad or ad group that stands alone, and what it is about
--  when an import replaces campaigns: the campaign's id, else the only id that ever bore its name, else the name, else the ad or ad group
WITH only_bearers AS (
    SELECT platform, account_id, campaign_name, MIN(campaign_id) AS campaign_id
    FROM spend_bearers
    GROUP BY platform, account_id, campaign_name
    HAVING MIN(campaign_id) = MAX(campaign_id)
), adopted AS (
    SELECT
        ad_spend_rows.* EXCLUDE (account_id),
        CASE
            WHEN ad_spend_rows.account_id = '(unnamed)' THEN COALESCE(account_adopters.account_id, '(unnamed)')
            ELSE ad_spend_rows.account_id
        END AS account_id,
        loaded_imports.partial
    FROM ad_spend_rows
    INNER JOIN loaded_imports ON ad_spend_rows.import_id = loaded_imports.import_id
    LEFT JOIN account_adopters ON ad_spend_rows.platform = account_adopters.platform
), parented AS (
    SELECT
        adopted.* EXCLUDE (campaign_id, ad_group_id),
        COALESCE(adopted.campaign_id, ad_parents.campaign_id) AS campaign_id,
        COALESCE(adopted.ad_group_id, ad_parents.ad_group_id) AS ad_group_id
    FROM adopted
    LEFT JOIN ad_parents
        ON adopted.platform = ad_parents.platform
        AND ad_parents.level = CASE WHEN adopted.ad_id IS NULL THEN 'ad_group' ELSE 'ad' END
        AND ad_parents.id = COALESCE(adopted.ad_id, adopted.ad_group_id)
        AND adopted.campaign_name IS NULL
)
SELECT
    parented.*,
    COALESCE(
        parented.campaign_id, only_bearers.campaign_id, 'name:' || parented.campaign_name, 'ad:' || parented.ad_id,
        'ad_group:' || parented.ad_group_id, ''
    ) AS campaign
FROM parented
LEFT JOIN only_bearers
    ON parented.platform = only_bearers.platform
    AND parented.account_id = only_bearers.account_id
    AND parented.campaign_name = only_bearers.campaign_name
    AND parented.campaign_id IS NULL
