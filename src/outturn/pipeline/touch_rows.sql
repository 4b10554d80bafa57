-- table: touch_rows
-- grain: event_id
-- reads: asked_texts, events_rows, loaded_imports
-- says: the imported row behind each asked touch; of an event that came several times the first received
WITH found AS (
    SELECT
        events_rows.*, loaded_imports.file,
        ROW_NUMBER() OVER (
            PARTITION BY events_rows.event_id ORDER BY events_rows.received_at, events_rows.import_id, events_rows.line
        ) AS place
    FROM events_rows
    INNER JOIN asked_texts ON events_rows.event_id = asked_texts.text
    INNER JOIN loaded_imports ON events_rows.import_id = loaded_imports.import_id
)
SELECT
    event_id, file, import_id, line, source, type, name, outturn_micros(occurred_at) AS occurred_at_micros, url, referrer,
    utm_source, utm_medium, utm_campaign, utm_term, utm_content, utm_id,
    CASE WHEN gclid <> '' THEN 'gclid ' ELSE '' END || CASE WHEN gbraid <> '' THEN 'gbraid ' ELSE '' END
    || CASE WHEN wbraid <> '' THEN 'wbraid ' ELSE '' END || CASE WHEN gad_source <> '' THEN 'gad_source ' ELSE '' END
    || CASE WHEN gad_campaignid <> '' THEN 'gad_campaignid ' ELSE '' END
    || CASE WHEN dclid <> '' THEN 'dclid ' ELSE '' END || CASE WHEN msclkid <> '' THEN 'msclkid ' ELSE '' END
    || CASE WHEN fbclid <> '' THEN 'fbclid ' ELSE '' END || CASE WHEN ttclid <> '' THEN 'ttclid ' ELSE '' END
    || CASE WHEN li_fat_id <> '' THEN 'li_fat_id ' ELSE '' END || CASE WHEN twclid <> '' THEN 'twclid ' ELSE '' END
    || CASE WHEN rdt_cid <> '' THEN 'rdt_cid ' ELSE '' END || CASE WHEN sccid <> '' THEN 'sccid ' ELSE '' END
    || CASE WHEN epik <> '' THEN 'epik ' ELSE '' END || CASE WHEN irclickid <> '' THEN 'irclickid ' ELSE '' END
    || CASE WHEN awc <> '' THEN 'awc ' ELSE '' END || CASE WHEN cjevent <> '' THEN 'cjevent ' ELSE '' END
    || CASE WHEN oclid <> '' THEN 'oclid ' ELSE '' END AS click_ids,
    stated_channel, platform, campaign_id, campaign_name, ad_group_id, ad_id, device
FROM found
WHERE place = 1
