-- table: told_outcomes
-- grain: outcome_id, stage
-- reads: outcomes
-- takes: zone text
-- says: the current outcomes with what many questions ask of them; with their day, with whether an ad's click is named beside the people, and, of leads and deals that no tracker told, with a number for the one to which they belong
WITH held AS (
    SELECT DISTINCT system, COALESCE(deal_id, outcome_id) AS deal_key
    FROM outcomes
    WHERE NOT tracker AND kind IN ('lead', 'opportunity', 'won', 'lost')
), numbered AS (
    SELECT system, deal_key, ROW_NUMBER() OVER (ORDER BY system, deal_key) - 1 AS deal_number FROM held
), told AS (
    SELECT
        outcomes.*, outturn_day(occurred_at, $zone) AS date_day,
        COALESCE(
            gclid, gbraid, wbraid, dclid, msclkid, fbclid, ttclid, li_fat_id, twclid, rdt_cid, sccid, epik, irclickid,
            awc, cjevent, oclid
        ) IS NOT NULL AS names_click,
        CASE
            WHEN NOT tracker AND kind IN ('lead', 'opportunity', 'won', 'lost') THEN COALESCE(deal_id, outcome_id)
        END AS deal_key
    FROM outcomes
)
SELECT
    told.import_id, told.outcome_id, told.system, told.tracker, told.kind, told.stage, told.status, told.occurred_at,
    told.parent_outcome_id, told.gross_micros, told.tax_micros, told.shipping_micros, told.currency, told.anonymous_key,
    told.user_key, told.email_key, told.phone_key, told.crm_key, told.company_key, told.order_id, told.deal_id,
    told.payment_id, told.date_day, told.names_click, numbered.deal_number
FROM told
LEFT JOIN numbered ON told.system = numbered.system AND told.deal_key = numbered.deal_key
