-- table: ledger_rows
-- grain: outcome_id, stage
-- reads: asked_texts, outcomes_rows, loaded_imports
-- says: the imported rows behind the asked outcomes and deals, as the latest loaded import has them; of identifiers only which there are
WITH found AS (
    SELECT
        outcomes_rows.*, loaded_imports.file,
        ROW_NUMBER() OVER (
            PARTITION BY outcomes_rows.outcome_id, outcomes_rows.stage
            ORDER BY outcomes_rows.import_id DESC, outcomes_rows.line DESC
        ) AS place
    FROM outcomes_rows
    INNER JOIN loaded_imports ON outcomes_rows.import_id = loaded_imports.import_id
    WHERE outcomes_rows.outcome_id IN (SELECT text FROM asked_texts WHERE kind = 'outcome')
        OR outcomes_rows.system || ':' || outcomes_rows.deal_id IN (SELECT text FROM asked_texts WHERE kind = 'deal')
)
SELECT
    outcome_id, file, import_id, line, system, tracker, kind, stage, status,
    outturn_micros(occurred_at) AS occurred_at_micros, parent_outcome_id, currency, gross_micros, tax_micros,
    shipping_micros, discount_micros, fees_micros, cogs_micros, margin_micros, order_id, deal_id, payment_id,
    new_customer, landing_url, referrer, utm_source, utm_medium, utm_campaign, utm_id,
    CASE WHEN user_key IS NOT NULL THEN 'user id, ' ELSE '' END
    || CASE WHEN crm_key IS NOT NULL THEN 'CRM id, ' ELSE '' END
    || CASE WHEN email_key IS NOT NULL THEN 'e-mail, ' ELSE '' END
    || CASE WHEN phone_key IS NOT NULL THEN 'phone, ' ELSE '' END
    || CASE WHEN anonymous_key IS NOT NULL THEN 'browser id, ' ELSE '' END AS identifiers,
    company_key IS NOT NULL AS names_company,
    COALESCE(
        gclid, wbraid, gbraid, dclid, msclkid, ttclid, li_fat_id, twclid, rdt_cid, sccid, epik, irclickid, awc, cjevent,
        fbclid, oclid
    ) IS NOT NULL AS names_click
FROM found
WHERE place = 1
ORDER BY outcome_id, occurred_at_micros, stage
