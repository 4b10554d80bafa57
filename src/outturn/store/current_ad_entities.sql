-- table: ad_entities
-- grain: platform, level, id
-- reads: ad_entities_rows, loaded_imports
-- says: the latest version of every campaign, ad group, ad and creative
WITH loaded AS (
    SELECT ad_entities_rows.* FROM ad_entities_rows INNER JOIN loaded_imports ON ad_entities_rows.import_id = loaded_imports.import_id
), ranked AS (
    SELECT loaded.*, ROW_NUMBER() OVER (PARTITION BY platform, level, id ORDER BY updated_at DESC NULLS LAST, import_id DESC, line DESC) AS place FROM loaded
)
SELECT * EXCLUDE (place) FROM ranked WHERE place = 1
