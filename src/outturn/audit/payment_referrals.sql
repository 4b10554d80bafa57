-- table: payment_referrals
-- grain: example_id, money_key
-- reads: events, conversion_events, hit_days, payment_hosts, order_numbers, ledger_sales
-- takes: zone text
-- says: pages to which a payment provider led back, all found, each with the sale that its browser placed within the hour around it
-- The hosts that led anywhere are few: only where one of them is a provider's are events looked at.
WITH sites AS (
    SELECT DISTINCT referrer_host FROM hit_days WHERE type = 'page' AND referrer_host <> ''
), paying AS (
    SELECT sites.referrer_host AS site, MIN(payment_hosts.host) AS host
    FROM sites
    INNER JOIN payment_hosts ON ENDS_WITH('.' || sites.referrer_host, '.' || payment_hosts.host)
    GROUP BY sites.referrer_host
), referred AS (
    SELECT
        source, event_id, anonymous_key, occurred_at,
        REGEXP_REPLACE(SPLIT_PART(LOWER(COALESCE(referrer, '')), '/', 3), '^www[.]|[?:].*$', '', 'g') AS site
    FROM events
    WHERE type = 'page' AND NOT COALESCE(is_bot, FALSE)
), led_back AS (
    SELECT referred.source, referred.event_id, referred.anonymous_key, referred.occurred_at, paying.host
    FROM referred
    INNER JOIN paying ON referred.site = paying.site
), bought AS (
    SELECT conversion_events.anonymous_key, conversion_events.occurred_at, order_numbers.outcome_id
    FROM conversion_events
    INNER JOIN order_numbers ON conversion_events.order_id = order_numbers.order_number
    WHERE conversion_events.anonymous_key IS NOT NULL AND LOWER(conversion_events.name) NOT LIKE '%refund%'
), told AS (
    SELECT
        led_back.source, led_back.event_id, led_back.host, led_back.occurred_at,
        MIN(bought.outcome_id) AS outcome_id
    FROM led_back
    LEFT JOIN bought
        ON led_back.anonymous_key = bought.anonymous_key
        AND bought.occurred_at > led_back.occurred_at - INTERVAL 1 HOUR
        AND bought.occurred_at < led_back.occurred_at + INTERVAL 1 HOUR
    GROUP BY led_back.source, led_back.event_id, led_back.host, led_back.occurred_at
)
SELECT
    told.source, told.host AS subject,
    outturn_day(told.occurred_at, $zone) AS first_day, outturn_day(told.occurred_at, $zone) AS last_day,
    1 AS found, 1 AS seen, told.event_id AS example_id,
    'outcome:' || COALESCE(ledger_sales.outcome_id, told.event_id) AS money_key,
    CASE WHEN ledger_sales.value_micros > 0 THEN ledger_sales.value_micros END AS micros
FROM told
LEFT JOIN ledger_sales ON told.outcome_id = ledger_sales.outcome_id
UNION ALL
SELECT
    source, '' AS subject, CAST(NULL AS DATE) AS first_day, CAST(NULL AS DATE) AS last_day,
    0 AS found, CAST(SUM(hits) AS BIGINT) AS seen, CAST(NULL AS VARCHAR) AS example_id,
    '' AS money_key, CAST(NULL AS BIGINT) AS micros
FROM hit_days
WHERE type = 'page'
GROUP BY source
