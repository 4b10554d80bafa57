-- table: over_claiming
-- grain: platform, subject
-- reads: claim_windows, claim_lines, claimable_sales, conversions, touched_sales, hit_days
-- takes: goal text
-- says: conversions that each platform claims, found where they are more than its normal ratio allows for the ledger's conversions that it can have brought, and more than all those besides that nobody was seen to bring
-- Only on days on which visits and sales are both known, from the second week of visits on: a claim may rest on a click
-- of days before. Views are not asked: nobody but the platform saw them.
WITH seen AS (
    SELECT MIN(date_day) AS first_day, MAX(date_day) AS last_day FROM hit_days WHERE type = 'page'
), sold AS (
    SELECT outcome_id, date_day FROM conversions WHERE goal = $goal AND counts = 1
), selling AS (
    SELECT MIN(date_day) AS first_day, MAX(date_day) AS last_day FROM sold
), days AS (
    SELECT DISTINCT claim_lines.date_day
    FROM claim_lines
    INNER JOIN seen ON claim_lines.date_day >= seen.first_day + INTERVAL 7 DAY AND claim_lines.date_day <= seen.last_day
    INNER JOIN selling ON claim_lines.date_day >= selling.first_day AND claim_lines.date_day <= selling.last_day
), claimed AS (
    SELECT
        claim_windows.number, MIN(claim_lines.date_day) AS first_day, MAX(claim_lines.date_day) AS last_day,
        SUM(claim_lines.claimed_conversions) AS conversions,
        MIN(CASE WHEN claim_lines.claimed_conversions > 0 THEN claim_lines.example_id END) AS example_id
    FROM claim_lines
    INNER JOIN days ON claim_lines.date_day = days.date_day
    INNER JOIN claim_windows
        ON claim_lines.platform = claim_windows.platform
        AND claim_lines.conversion_action = claim_windows.conversion_action
        AND claim_lines.click_or_view = claim_windows.click_or_view
        AND claim_lines.attribution_window = claim_windows.attribution_window
        AND claim_lines.date_basis = claim_windows.date_basis
    WHERE claim_lines.claimed_conversions IS NOT NULL
    GROUP BY claim_windows.number
), reached AS (
    SELECT claim_windows.number, COUNT(*) AS conversions
    FROM claimable_sales
    INNER JOIN days ON claimable_sales.date_day = days.date_day
    INNER JOIN claim_windows
        ON claimable_sales.platform = claim_windows.platform
        AND claimable_sales.age_micros <= claim_windows.window_days * 86400000000
    GROUP BY claim_windows.number
), untouched AS (
    SELECT COUNT(*) AS conversions
    FROM sold
    INNER JOIN days ON sold.date_day = days.date_day
    LEFT JOIN touched_sales ON sold.outcome_id = touched_sales.outcome_id
    WHERE touched_sales.outcome_id IS NULL
), judged AS (
    SELECT
        claim_windows.platform, claim_windows.conversion_action, claim_windows.click_or_view,
        claimed.first_day, claimed.last_day, claimed.conversions, claimed.example_id,
        claimed.conversions - claim_windows.normal_ratio * COALESCE(reached.conversions, 0) - untouched.conversions AS beyond
    FROM claimed
    INNER JOIN claim_windows ON claimed.number = claim_windows.number
    LEFT JOIN reached ON claimed.number = reached.number
    CROSS JOIN untouched
)
SELECT
    platform,
    conversion_action || CASE WHEN click_or_view = 'all' THEN ', by click or view' ELSE ', by ' || click_or_view END AS subject,
    MIN(first_day) AS first_day, MAX(last_day) AS last_day,
    CAST(SUM(CASE WHEN beyond > 0 THEN CAST(FLOOR(beyond) AS BIGINT) ELSE 0 END) AS BIGINT) AS found,
    CAST(SUM(CAST(CEIL(conversions) AS BIGINT)) AS BIGINT) AS seen,
    MIN(example_id) AS example_id
FROM judged
GROUP BY
    platform, conversion_action || CASE WHEN click_or_view = 'all' THEN ', by click or view' ELSE ', by ' || click_or_view END
