-- table: claim_kinds
-- grain: platform, conversion_action, click_or_view, attribution_window, date_basis
-- reads: claim_lines
-- says: what each platform claims, by everything that makes two claims unlike
SELECT
    platform, conversion_action, click_or_view, attribution_window, date_basis,
    MIN(date_day) AS first_day, MAX(date_day) AS last_day,
    SUM(claimed_conversions) AS claimed_conversions
FROM claim_lines
GROUP BY platform, conversion_action, click_or_view, attribution_window, date_basis
HAVING SUM(claimed_conversions) IS NOT NULL
ORDER BY platform, conversion_action, click_or_view, attribution_window, date_basis
