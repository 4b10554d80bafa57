-- table: identifiers
-- grain: identifier
-- reads: known_together
-- says: every identifier with its kind; weak = 1 where only public keys or trackers ever stated it
WITH apart AS (
    SELECT anonymous_key AS identifier, 'anonymous' AS kind, weak FROM known_together
    UNION ALL
    SELECT user_key AS identifier, 'user' AS kind, weak FROM known_together
    UNION ALL
    SELECT email_key AS identifier, 'email' AS kind, weak FROM known_together
    UNION ALL
    SELECT phone_key AS identifier, 'phone' AS kind, weak FROM known_together
    UNION ALL
    SELECT crm_key AS identifier, 'crm' AS kind, weak FROM known_together
)
SELECT identifier, MIN(kind) AS kind, MIN(weak) AS weak
FROM apart
WHERE identifier IS NOT NULL
GROUP BY identifier
