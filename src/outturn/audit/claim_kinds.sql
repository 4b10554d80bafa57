-- table: claim_kinds
-- grain: platform, conversion_action, click_or_view, attribution_window, date_basis
-- reads: claims
-- says: what each platform claims by day, by everything that makes two claims unlike; of several levels exported side by side, the coarsest of each day
WITH placed AS (
    SELECT
        claims.*,
        CASE level WHEN 'account' THEN 1 WHEN 'campaign' THEN 2 WHEN 'ad_group' THEN 3 WHEN 'ad' THEN 4 ELSE 5 END AS depth
    FROM claims
    WHERE date_day IS NOT NULL
), chosen AS (
    SELECT
        platform, account_id, date_day, conversion_action, click_or_view, attribution_window, date_basis, MIN(depth) AS depth
    FROM placed
    GROUP BY platform, account_id, date_day, conversion_action, click_or_view, attribution_window, date_basis
)
SELECT
    placed.platform, placed.conversion_action, placed.click_or_view, placed.attribution_window, placed.date_basis,
    MIN(placed.date_day) AS first_day, MAX(placed.date_day) AS last_day,
    SUM(placed.claimed_conversions) AS claimed_conversions
FROM placed
INNER JOIN chosen
    ON placed.platform = chosen.platform
    AND placed.account_id = chosen.account_id
    AND placed.date_day = chosen.date_day
    AND placed.conversion_action = chosen.conversion_action
    AND placed.click_or_view = chosen.click_or_view
    AND placed.attribution_window = chosen.attribution_window
    AND placed.date_basis = chosen.date_basis
    AND placed.depth = chosen.depth
GROUP BY
    placed.platform, placed.conversion_action, placed.click_or_view, placed.attribution_window, placed.date_basis
HAVING SUM(placed.claimed_conversions) IS NOT NULL
ORDER BY
    placed.platform, placed.conversion_action, placed.click_or_view, placed.attribution_window, placed.date_basis
