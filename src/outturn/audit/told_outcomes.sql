-- table: told_outcomes
-- grain: outcome_id, stage
-- reads: outcomes
-- says: the current outcomes with what checks ask of them, read once for all; and whether an ad's click is named beside the people
SELECT
    import_id, outcome_id, system, tracker, kind, stage, status, occurred_at, parent_outcome_id, gross_micros, tax_micros,
    shipping_micros, currency, order_id, deal_id, payment_id, anonymous_key, user_key, email_key, phone_key, crm_key,
    company_key,
    COALESCE(
        gclid, gbraid, wbraid, dclid, msclkid, fbclid, ttclid, li_fat_id, twclid, rdt_cid, sccid, epik, irclickid,
        awc, cjevent, oclid
    ) IS NOT NULL AS names_click
FROM outcomes
