-- table: nameless_deals
-- grain: source, subject, first_day, example_id
-- reads: told_outcomes, people
-- says: every deal and lead that a CRM holds, those of a day together but for the ones found, where nothing in them names anybody: no e-mail, phone, user or click, of a deal no company, and no contact whom more than the CRM's own id names
WITH entries AS (
    SELECT
        system AS source, deal_number, crm_key,
        MAX(CASE WHEN kind = 'lead' THEN 0 ELSE 1 END) AS is_deal, MIN(outcome_id) AS outcome_id,
        MIN(date_day) AS date_day,
        MAX(CASE
            WHEN COALESCE(anonymous_key, user_key, email_key, phone_key) IS NOT NULL THEN 1
            WHEN kind <> 'lead' AND company_key IS NOT NULL THEN 1
            WHEN names_click THEN 1
            ELSE 0
        END) AS named
    FROM told_outcomes
    WHERE NOT tracker AND status = 'counted' AND kind IN ('lead', 'opportunity', 'won', 'lost')
    GROUP BY system, deal_number, crm_key
), contacts AS (
    SELECT DISTINCT crm_key FROM entries WHERE named = 0 AND crm_key IS NOT NULL
), own AS (
    SELECT contacts.crm_key, people.person_id
    FROM contacts
    INNER JOIN people ON contacts.crm_key = people.identifier
), known AS (
    SELECT own.crm_key
    FROM own
    INNER JOIN people ON own.person_id = people.person_id
    GROUP BY own.crm_key
    HAVING COUNT(*) > 1
), told AS (
    SELECT
        entries.source, MAX(entries.is_deal) AS is_deal, MIN(entries.outcome_id) AS outcome_id,
        MIN(entries.date_day) AS date_day,
        MAX(CASE WHEN entries.named = 1 OR known.crm_key IS NOT NULL THEN 1 ELSE 0 END) AS named
    FROM entries
    LEFT JOIN known ON entries.crm_key = known.crm_key
    GROUP BY entries.source, entries.deal_number
), judged AS (
    SELECT source, is_deal, date_day, CASE WHEN named = 0 THEN outcome_id END AS nameless_id FROM told
)
SELECT
    source, CASE WHEN is_deal = 1 THEN 'deals' ELSE 'leads' END AS subject, date_day AS first_day, date_day AS last_day,
    CASE WHEN nameless_id IS NULL THEN 0 ELSE COUNT(*) END AS found, COUNT(*) AS seen, nameless_id AS example_id
FROM judged
GROUP BY source, is_deal, date_day, nameless_id
