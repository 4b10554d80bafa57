-- table: nameless_deals
-- grain: source, subject, example_id
-- reads: told_outcomes, people
-- takes: zone text
-- says: every deal and lead that a CRM holds, found where nothing in it names anybody: no e-mail, phone, user or click, of a deal no company, and no contact whom more than the CRM's own id names
WITH entries AS (
    SELECT
        system AS source, outcome_id, occurred_at, crm_key,
        COALESCE('deal:' || system || ':' || deal_id, 'outcome:' || outcome_id) AS deal_key,
        CASE WHEN kind = 'lead' THEN 0 ELSE 1 END AS is_deal,
        CASE
            WHEN COALESCE(anonymous_key, user_key, email_key, phone_key) IS NOT NULL THEN 1
            WHEN kind <> 'lead' AND company_key IS NOT NULL THEN 1
            WHEN names_click THEN 1
            ELSE 0
        END AS named
    FROM told_outcomes
    WHERE NOT tracker AND status = 'counted' AND kind IN ('lead', 'opportunity', 'won', 'lost')
), contacts AS (
    SELECT DISTINCT crm_key FROM entries WHERE named = 0 AND crm_key IS NOT NULL
), own AS (
    SELECT DISTINCT people.identifier AS crm_key, people.person_id
    FROM contacts
    INNER JOIN people ON contacts.crm_key = people.identifier
), known_people AS (
    SELECT people.person_id
    FROM people
    INNER JOIN own ON people.person_id = own.person_id
    GROUP BY people.person_id
    HAVING COUNT(DISTINCT people.identifier) > 1
), known AS (
    SELECT own.crm_key FROM own INNER JOIN known_people ON own.person_id = known_people.person_id
), told AS (
    SELECT
        entries.source, entries.deal_key, MAX(entries.is_deal) AS is_deal, MIN(entries.outcome_id) AS example_id,
        MIN(entries.occurred_at) AS occurred_at,
        MAX(CASE WHEN entries.named = 1 OR known.crm_key IS NOT NULL THEN 1 ELSE 0 END) AS named
    FROM entries
    LEFT JOIN known ON entries.crm_key = known.crm_key
    GROUP BY entries.source, entries.deal_key
)
SELECT
    source, CASE WHEN is_deal = 1 THEN 'deals' ELSE 'leads' END AS subject,
    outturn_day(occurred_at, $zone) AS first_day, outturn_day(occurred_at, $zone) AS last_day,
    1 - named AS found, 1 AS seen, example_id
FROM told
