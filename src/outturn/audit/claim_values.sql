-- table: claim_values
-- grain: number
-- reads: claim_windows, claim_lines, sale_rates
-- takes: currency text
-- says: what the conversions of every kind of claim are said to be worth, in the workspace's currency by the rates of their days; told counts rows that say a value, and unrated_currency is one that a rate is missing for
WITH worth AS (
    SELECT
        claim_windows.number, claim_lines.currency, claim_lines.claimed_value_micros AS own_micros,
        CASE
            WHEN claim_lines.currency = $currency THEN claim_lines.claimed_value_micros
            ELSE outturn_muldiv(claim_lines.claimed_value_micros, sale_rates.ours, sale_rates.theirs)
        END AS micros
    FROM claim_lines
    INNER JOIN claim_windows
        ON claim_lines.platform = claim_windows.platform
        AND claim_lines.conversion_action = claim_windows.conversion_action
        AND claim_lines.click_or_view = claim_windows.click_or_view
        AND claim_lines.attribution_window = claim_windows.attribution_window
        AND claim_lines.date_basis = claim_windows.date_basis
    LEFT JOIN sale_rates
        ON claim_lines.date_day = sale_rates.date_day AND claim_lines.currency = sale_rates.currency
)
SELECT
    number,
    CAST(SUM(CASE WHEN own_micros IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT) AS told,
    CAST(SUM(micros) AS BIGINT) AS value_micros,
    MIN(CASE WHEN own_micros IS NOT NULL AND micros IS NULL THEN COALESCE(currency, '') END) AS unrated_currency
FROM worth
GROUP BY number
