-- table: restatements
-- grain: source, platform, account_id, subject, first_day
-- reads: ad_spend, claims, sales_told, unusual_days
-- says: every day that an account reports spend or claims of, or on which a shop, CRM or payment has sold, found where a later import changed it by far more than such days are changed once they have settled
WITH told AS (
    SELECT platform AS told_by, account_id, 'spend' AS subject, date_day FROM ad_spend WHERE date_day IS NOT NULL
    UNION
    SELECT platform AS told_by, account_id, 'claims' AS subject, date_day FROM claims WHERE date_day IS NOT NULL
    UNION
    SELECT system AS told_by, '' AS account_id, 'ledger' AS subject, date_day FROM sales_told
)
SELECT
    CASE WHEN told.subject = 'ledger' THEN told.told_by END AS source,
    CASE WHEN told.subject <> 'ledger' THEN told.told_by END AS platform,
    CASE WHEN told.subject <> 'ledger' THEN told.account_id END AS account_id,
    told.subject, told.date_day AS first_day, told.date_day AS last_day,
    CASE WHEN unusual_days.import_id IS NULL THEN 0 ELSE 1 END AS found,
    1 AS seen,
    unusual_days.import_id AS example_id
FROM told
LEFT JOIN unusual_days
    ON told.told_by = unusual_days.told_by
    AND told.account_id = unusual_days.account_id
    AND told.subject = unusual_days.subject
    AND told.date_day = unusual_days.date_day
