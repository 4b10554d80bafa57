-- table: claim_changes
-- grain: import_id, platform, account_id, first_day, last_day, by_day, level, conversion_action, click_or_view, attribution_window, date_basis, currency
-- reads: claims_placed
-- says: the days of which an import changed what a platform claims, kind by kind as it tells them apart, with the sums before and after
WITH placed AS (
    SELECT
        import_id, partial, platform, account_id,
        COALESCE(date_day, period_start) AS first_day, COALESCE(date_day, period_end) AS last_day,
        date_day IS NOT NULL AS by_day, level, campaign,
        conversion_action, click_or_view, attribution_window, date_basis, COALESCE(currency, '') AS currency,
        claimed_conversions, claimed_value_micros
    FROM claims_placed
), several AS (
    SELECT platform, account_id, first_day, last_day, by_day, level
    FROM placed
    GROUP BY platform, account_id, first_day, last_day, by_day, level
    HAVING MIN(import_id) < MAX(import_id)
), units AS (
    SELECT
        placed.import_id, placed.partial, placed.platform, placed.account_id, placed.first_day, placed.last_day,
        placed.by_day, placed.level, placed.campaign,
        placed.conversion_action, placed.click_or_view, placed.attribution_window, placed.date_basis, placed.currency,
        COALESCE(SUM(claimed_conversions), 0) AS conversions,
        CAST(COALESCE(SUM(claimed_value_micros), 0) AS BIGINT) AS value_micros
    FROM placed
    INNER JOIN several
        ON placed.platform = several.platform
        AND placed.account_id = several.account_id
        AND placed.first_day = several.first_day
        AND placed.last_day = several.last_day
        AND placed.by_day = several.by_day
        AND placed.level = several.level
    GROUP BY
        placed.import_id, placed.partial, placed.platform, placed.account_id, placed.first_day, placed.last_day,
        placed.by_day, placed.level, placed.campaign,
        placed.conversion_action, placed.click_or_view, placed.attribution_window, placed.date_basis, placed.currency
), scopes AS (
    SELECT DISTINCT import_id, partial, platform, account_id, first_day, last_day, by_day, level FROM units
), followed AS (
    SELECT
        scopes.*,
        LAG(import_id) OVER (
            PARTITION BY platform, account_id, first_day, last_day, by_day, level ORDER BY import_id
        ) AS restates,
        MIN(CASE WHEN partial THEN NULL ELSE import_id END) OVER (
            PARTITION BY platform, account_id, first_day, last_day, by_day, level
            ORDER BY import_id ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
        ) AS next_whole
    FROM scopes
), campaigns AS (
    SELECT DISTINCT import_id, platform, account_id, first_day, last_day, by_day, level, campaign FROM units
), named_again AS (
    SELECT
        campaigns.*,
        LEAD(import_id) OVER (
            PARTITION BY platform, account_id, first_day, last_day, by_day, level, campaign ORDER BY import_id
        ) AS next_of_campaign
    FROM campaigns
), lives AS (
    SELECT
        units.*,
        CASE
            WHEN named_again.next_of_campaign < COALESCE(followed.next_whole, '~') THEN named_again.next_of_campaign
            ELSE followed.next_whole
        END AS replaced_by
    FROM units
    INNER JOIN followed
        ON units.import_id = followed.import_id
        AND units.platform = followed.platform
        AND units.account_id = followed.account_id
        AND units.first_day = followed.first_day
        AND units.last_day = followed.last_day
        AND units.by_day = followed.by_day
        AND units.level = followed.level
    INNER JOIN named_again
        ON units.import_id = named_again.import_id
        AND units.platform = named_again.platform
        AND units.account_id = named_again.account_id
        AND units.first_day = named_again.first_day
        AND units.last_day = named_again.last_day
        AND units.by_day = named_again.by_day
        AND units.level = named_again.level
        AND units.campaign = named_again.campaign
), entries AS (
    SELECT
        import_id, platform, account_id, first_day, last_day, by_day, level,
        conversion_action, click_or_view, attribution_window, date_basis, currency, conversions, value_micros
    FROM lives
    UNION ALL
    SELECT
        replaced_by AS import_id, platform, account_id, first_day, last_day, by_day, level,
        conversion_action, click_or_view, attribution_window, date_basis, currency, -conversions, -value_micros
    FROM lives
    WHERE replaced_by IS NOT NULL
), of_days AS (
    SELECT
        import_id, platform, account_id, first_day, last_day, by_day, level,
        conversion_action, click_or_view, attribution_window, date_basis, currency,
        -- Sums of fractions that are taken off again leave the noise of their last digits.
        ROUND(SUM(conversions), 9) AS conversions,
        CAST(SUM(value_micros) AS BIGINT) AS value_micros
    FROM entries
    GROUP BY
        import_id, platform, account_id, first_day, last_day, by_day, level,
        conversion_action, click_or_view, attribution_window, date_basis, currency
), running AS (
    SELECT
        of_days.*,
        ROUND(SUM(conversions) OVER day_so_far, 9) AS conversions_after,
        CAST(SUM(value_micros) OVER day_so_far AS BIGINT) AS value_after
    FROM of_days
    WINDOW day_so_far AS (
        PARTITION BY
            platform, account_id, first_day, last_day, by_day, level,
            conversion_action, click_or_view, attribution_window, date_basis, currency
        ORDER BY import_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    )
)
SELECT
    running.import_id, followed.restates, running.platform, running.account_id, running.first_day, running.last_day,
    running.by_day, running.level, running.conversion_action, running.click_or_view, running.attribution_window,
    running.date_basis, running.currency,
    ROUND(running.conversions_after - running.conversions, 9) AS conversions_was, running.conversions_after AS conversions_now,
    running.value_after - running.value_micros AS value_was, running.value_after AS value_now
FROM running
INNER JOIN followed
    ON running.import_id = followed.import_id
    AND running.platform = followed.platform
    AND running.account_id = followed.account_id
    AND running.first_day = followed.first_day
    AND running.last_day = followed.last_day
    AND running.by_day = followed.by_day
    AND running.level = followed.level
WHERE followed.restates IS NOT NULL AND (running.conversions <> 0 OR running.value_micros <> 0)
