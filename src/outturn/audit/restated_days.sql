-- table: restated_days
-- grain: subject, told_by, account_id, kind, date_day, import_id
-- reads: spend_changes, claim_changes, restated_sales, ad_spend_rows, claims_rows
-- says: what imports changed of days that were known, spend and sales in micros and claims in conversions, with the day on which the import before had told them
--   (`told_by` is a platform or, of sales, the system of a shop, CRM or payment), and sales of such days that they told first
WITH spend_told AS (
    SELECT import_id, MIN(imported_at) AS imported_at FROM ad_spend_rows GROUP BY import_id
), claims_told AS (
    SELECT import_id, MIN(imported_at) AS imported_at FROM claims_rows GROUP BY import_id
)
SELECT
    'spend' AS subject, spend_changes.platform AS told_by, spend_changes.account_id,
    spend_changes.level || ' ' || spend_changes.currency AS kind, spend_changes.first_day AS date_day, spend_changes.import_id,
    outturn_day(spend_told.imported_at, 'UTC') AS told_on,
    CAST(spend_changes.spend_was AS DOUBLE) AS was, CAST(spend_changes.spend_now AS DOUBLE) AS now,
    CAST(0 AS DOUBLE) AS told_first
FROM spend_changes
INNER JOIN spend_told ON spend_changes.restates = spend_told.import_id
WHERE spend_changes.by_day AND spend_changes.spend_was IS NOT NULL AND spend_changes.spend_now IS NOT NULL
UNION ALL
SELECT
    'claims' AS subject, claim_changes.platform AS told_by, claim_changes.account_id,
    claim_changes.level || ' ' || claim_changes.conversion_action || ' ' || claim_changes.click_or_view || ' '
        || claim_changes.attribution_window || ' ' || claim_changes.date_basis || ' ' || claim_changes.currency AS kind,
    claim_changes.first_day AS date_day, claim_changes.import_id,
    outturn_day(claims_told.imported_at, 'UTC') AS told_on,
    claim_changes.conversions_was AS was, claim_changes.conversions_now AS now,
    CAST(0 AS DOUBLE) AS told_first
FROM claim_changes
INNER JOIN claims_told ON claim_changes.restates = claims_told.import_id
WHERE claim_changes.by_day
UNION ALL
SELECT
    'ledger' AS subject, system AS told_by, '' AS account_id, currency AS kind, date_day, import_id, told_on,
    CAST(known_micros AS DOUBLE) AS was, CAST(known_micros + changed_micros AS DOUBLE) AS now,
    CAST(first_micros AS DOUBLE) AS told_first
FROM restated_sales
