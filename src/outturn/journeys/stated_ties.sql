-- table: stated_ties
-- grain: a, b
-- reads: known_together
-- says: pairs of identifiers that one row stated of one person
WITH several AS (
    SELECT * FROM known_together
    WHERE (CASE WHEN anonymous_key IS NULL THEN 0 ELSE 1 END)
        + (CASE WHEN user_key IS NULL THEN 0 ELSE 1 END)
        + (CASE WHEN email_key IS NULL THEN 0 ELSE 1 END)
        + (CASE WHEN phone_key IS NULL THEN 0 ELSE 1 END)
        + (CASE WHEN crm_key IS NULL THEN 0 ELSE 1 END) > 1
), pairs AS (
    SELECT user_key AS a, 'user' AS a_kind, anonymous_key AS b, 'anonymous' AS b_kind, weak FROM several
    UNION ALL
    SELECT email_key AS a, 'email' AS a_kind, anonymous_key AS b, 'anonymous' AS b_kind, weak FROM several
    UNION ALL
    SELECT phone_key AS a, 'phone' AS a_kind, anonymous_key AS b, 'anonymous' AS b_kind, weak FROM several
    UNION ALL
    SELECT crm_key AS a, 'crm' AS a_kind, anonymous_key AS b, 'anonymous' AS b_kind, weak FROM several
    UNION ALL
    SELECT user_key AS a, 'user' AS a_kind, email_key AS b, 'email' AS b_kind, weak FROM several
    UNION ALL
    SELECT user_key AS a, 'user' AS a_kind, phone_key AS b, 'phone' AS b_kind, weak FROM several
    UNION ALL
    SELECT user_key AS a, 'user' AS a_kind, crm_key AS b, 'crm' AS b_kind, weak FROM several
    UNION ALL
    SELECT email_key AS a, 'email' AS a_kind, phone_key AS b, 'phone' AS b_kind, weak FROM several
    UNION ALL
    SELECT email_key AS a, 'email' AS a_kind, crm_key AS b, 'crm' AS b_kind, weak FROM several
    UNION ALL
    SELECT phone_key AS a, 'phone' AS a_kind, crm_key AS b, 'crm' AS b_kind, weak FROM several
)
SELECT a, MIN(a_kind) AS a_kind, b, MIN(b_kind) AS b_kind, MIN(weak) AS weak
FROM pairs
WHERE a IS NOT NULL AND b IS NOT NULL
GROUP BY a, b
