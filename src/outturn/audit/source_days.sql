-- table: source_days
-- grain: role, source, account_id, date_day
-- reads: hit_days, told_outcomes, ad_spend, claims, costs, imports
-- says: the days of which each source tells anything, by what it is for (tracker, ledger, CRM, spend, claims, costs), with the latest import of it
WITH books AS (
    SELECT
        system, date_day, MAX(import_id) AS import_id,
        MAX(CASE WHEN kind IN ('lead', 'qualified', 'opportunity', 'won', 'lost') THEN 0 ELSE 1 END) AS sells
    FROM told_outcomes
    -- Refunds follow days and weeks after the sales: they go on where an export of sales has stopped.
    WHERE NOT tracker AND occurred_at IS NOT NULL AND kind NOT IN ('refund', 'chargeback')
    GROUP BY system, date_day
), systems AS (
    SELECT system, MAX(sells) AS sells, MAX(import_id) AS import_id FROM books GROUP BY system
), brought AS (
    SELECT source, MAX(import_id) AS import_id FROM imports GROUP BY source
), trackers AS (
    -- What a shop or CRM notes of visits beside its sales stops with them.
    SELECT hit_days.source, hit_days.date_day
    FROM hit_days
    LEFT JOIN systems ON hit_days.source = systems.system
    WHERE systems.system IS NULL OR hit_days.source = 'collector'
    GROUP BY hit_days.source, hit_days.date_day
)
SELECT 'tracker' AS role, trackers.source, '' AS account_id, trackers.date_day, COALESCE(own.import_id, collected.import_id) AS import_id
FROM trackers
LEFT JOIN brought AS own ON trackers.source = own.source
LEFT JOIN brought AS collected ON collected.source = 'collector'
UNION ALL
SELECT
    CASE WHEN systems.sells = 1 THEN 'ledger' ELSE 'CRM' END AS role, books.system AS source, '' AS account_id, books.date_day,
    systems.import_id
FROM books
INNER JOIN systems ON books.system = systems.system
UNION ALL
SELECT 'spend' AS role, platform AS source, account_id, date_day, MAX(import_id) AS import_id
FROM ad_spend
WHERE date_day IS NOT NULL
GROUP BY platform, account_id, date_day
UNION ALL
SELECT 'claims' AS role, platform AS source, account_id, date_day, MAX(import_id) AS import_id
FROM claims
WHERE date_day IS NOT NULL
GROUP BY platform, account_id, date_day
UNION ALL
SELECT 'costs' AS role, channel AS source, '' AS account_id, date_day, MAX(import_id) AS import_id
FROM costs
GROUP BY channel, date_day
