-- table: spend_changes
-- grain: import_id, platform, account_id, first_day, last_day, by_day, level, currency
-- reads: spend_lives
-- says: the days that an import restated and of which a campaign's figures changed, with the day's sums before and after; `restates` is the
--  latest import before it that says anything of that day
WITH entries AS (
    SELECT
        import_id, platform, account_id, first_day, last_day, by_day, level, currency, campaign,
        spend_micros, impressions, clicks,
        CASE WHEN spend_micros IS NULL THEN 0 ELSE 1 END AS spends,
        CASE WHEN impressions IS NULL THEN 0 ELSE 1 END AS shown,
        CASE WHEN clicks IS NULL THEN 0 ELSE 1 END AS clicked
    FROM spend_lives
    UNION ALL
    SELECT
        replaced_by AS import_id, platform, account_id, first_day, last_day, by_day, level, currency, campaign,
        -spend_micros, -impressions, -clicks,
        CASE WHEN spend_micros IS NULL THEN 0 ELSE -1 END AS spends,
        CASE WHEN impressions IS NULL THEN 0 ELSE -1 END AS shown,
        CASE WHEN clicks IS NULL THEN 0 ELSE -1 END AS clicked
    FROM spend_lives
    WHERE replaced_by IS NOT NULL
), of_campaigns AS (
    SELECT
        import_id, platform, account_id, first_day, last_day, by_day, level, currency, campaign,
        CAST(COALESCE(SUM(spend_micros), 0) AS BIGINT) AS spend_micros,
        CAST(COALESCE(SUM(impressions), 0) AS BIGINT) AS impressions,
        CAST(COALESCE(SUM(clicks), 0) AS BIGINT) AS clicks,
        CAST(SUM(spends) AS BIGINT) AS spends, CAST(SUM(shown) AS BIGINT) AS shown, CAST(SUM(clicked) AS BIGINT) AS clicked
    FROM entries
    GROUP BY import_id, platform, account_id, first_day, last_day, by_day, level, currency, campaign
), of_days AS (
    SELECT
        import_id, platform, account_id, first_day, last_day, by_day, level, currency,
        CAST(SUM(CASE WHEN spend_micros <> 0 OR impressions <> 0 OR clicks <> 0 THEN 1 ELSE 0 END) AS BIGINT) AS campaigns,
        CAST(SUM(spend_micros) AS BIGINT) AS spend_micros,
        CAST(SUM(impressions) AS BIGINT) AS impressions,
        CAST(SUM(clicks) AS BIGINT) AS clicks,
        CAST(SUM(spends) AS BIGINT) AS spends, CAST(SUM(shown) AS BIGINT) AS shown, CAST(SUM(clicked) AS BIGINT) AS clicked
    FROM of_campaigns
    GROUP BY import_id, platform, account_id, first_day, last_day, by_day, level, currency
), running AS (
    SELECT
        import_id, platform, account_id, first_day, last_day, by_day, level, currency, campaigns,
        spend_micros, impressions, clicks, spends, shown, clicked,
        CAST(SUM(spend_micros) OVER day_so_far AS BIGINT) AS spend_after,
        CAST(SUM(impressions) OVER day_so_far AS BIGINT) AS impressions_after,
        CAST(SUM(clicks) OVER day_so_far AS BIGINT) AS clicks_after,
        CAST(SUM(spends) OVER day_so_far AS BIGINT) AS spends_after,
        CAST(SUM(shown) OVER day_so_far AS BIGINT) AS shown_after,
        CAST(SUM(clicked) OVER day_so_far AS BIGINT) AS clicked_after
    FROM of_days
    WINDOW day_so_far AS (
        PARTITION BY platform, account_id, first_day, last_day, by_day, level, currency
        ORDER BY import_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    )
), scopes AS (
    SELECT DISTINCT import_id, platform, account_id, first_day, last_day, by_day, level FROM spend_lives
), following AS (
    SELECT
        scopes.*,
        LAG(import_id) OVER (
            PARTITION BY platform, account_id, first_day, last_day, by_day, level ORDER BY import_id
        ) AS restates
    FROM scopes
)
SELECT
    running.import_id, following.restates, running.platform, running.account_id, running.first_day, running.last_day,
    running.by_day, running.level, running.currency, running.campaigns,
    CASE WHEN running.spends_after > running.spends THEN running.spend_after - running.spend_micros END AS spend_was,
    CASE WHEN running.spends_after > 0 THEN running.spend_after END AS spend_now,
    CASE WHEN running.shown_after > running.shown THEN running.impressions_after - running.impressions END AS impressions_was,
    CASE WHEN running.shown_after > 0 THEN running.impressions_after END AS impressions_now,
    CASE WHEN running.clicked_after > running.clicked THEN running.clicks_after - running.clicks END AS clicks_was,
    CASE WHEN running.clicked_after > 0 THEN running.clicks_after END AS clicks_now
FROM running
INNER JOIN following
    ON running.import_id = following.import_id
    AND running.platform = following.platform
    AND running.account_id = following.account_id
    AND running.first_day = following.first_day
    AND running.last_day = following.last_day
    AND running.by_day = following.by_day
    AND running.level = following.level
WHERE following.restates IS NOT NULL AND running.campaigns > 0
