-- table: claim_lines
-- grain: example_id, conversion_action, click_or_view, attribution_window
-- reads: claims
-- says: the dated rows of claims that count: of several levels exported side by side, the coarsest of each day
WITH placed AS (
    SELECT
        claims.*, import_id || ':' || CAST(line AS VARCHAR) AS example_id,
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
    placed.platform, placed.account_id, placed.date_day, placed.conversion_action, placed.click_or_view,
    placed.attribution_window, placed.date_basis, placed.currency, placed.claimed_conversions,
    placed.claimed_value_micros, placed.example_id
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
