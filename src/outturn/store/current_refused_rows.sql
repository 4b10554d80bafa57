-- table: refused_rows
-- grain: import_id, line
-- reads: refused_rows_rows, loaded_imports
-- says: what the loaded imports refused
SELECT refused_rows_rows.*
FROM refused_rows_rows
INNER JOIN loaded_imports ON refused_rows_rows.import_id = loaded_imports.import_id
