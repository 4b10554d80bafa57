-- table: claims_apart
-- grain: platform, account_id, conversion_action, click_or_view, attribution_window, date_basis
-- reads: claims
-- says: the accounts whose platform tells its claims apart, so that no total of them is made, and into what
WITH kinds AS (
    SELECT
        platform, account_id, conversion_action, click_or_view, attribution_window, date_basis,
        CASE WHEN conversion_action = 'all' AND click_or_view = 'all' THEN 1 ELSE 0 END AS whole,
        SUM(claimed_conversions) AS claimed_conversions
    FROM claims
    WHERE date_day IS NOT NULL
    GROUP BY platform, account_id, conversion_action, click_or_view, attribution_window, date_basis
), accounts_told AS (
    SELECT platform, account_id, CAST(SUM(whole) AS BIGINT) AS wholes, COUNT(*) AS told
    FROM kinds
    GROUP BY platform, account_id
)
SELECT
    kinds.platform, kinds.account_id, kinds.conversion_action, kinds.click_or_view, kinds.attribution_window, kinds.date_basis,
    kinds.claimed_conversions
FROM kinds
INNER JOIN accounts_told ON kinds.platform = accounts_told.platform AND kinds.account_id = accounts_told.account_id
WHERE accounts_told.wholes > 1 OR (accounts_told.wholes = 0 AND accounts_told.told > 1)
ORDER BY platform, account_id, conversion_action, click_or_view, attribution_window, date_basis
