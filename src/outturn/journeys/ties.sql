-- table: ties
-- grain: a, b
-- reads: stated_ties, clicks, order_ties, own_clicks, identifiers
-- says: every tie between two identifiers; a click id and an order each tie the one browser that bore it to the one buyer who did
-- A click id that several browsers or several buyers bear is a link that was passed on: it ties nobody.
-- A click on our own link that names nobody is the browser's who alone landed with its id: what is tied then is that
-- click alone, so it does not matter who says so.
WITH landed AS (
    SELECT click_id, MIN(identifier) AS identifier, MIN(weak) AS weak
    FROM clicks WHERE origin = 'event'
    GROUP BY click_id HAVING COUNT(*) = 1
), bought AS (
    SELECT click_id, MIN(identifier) AS identifier
    FROM clicks WHERE origin = 'outcome' AND identifier IS NOT NULL
    GROUP BY click_id HAVING COUNT(*) = 1
), together AS (
    SELECT a, a_kind, b, b_kind, weak FROM stated_ties
    UNION ALL
    SELECT
        bought.identifier AS a, buyers.kind AS a_kind, landed.identifier AS b, browsers.kind AS b_kind, landed.weak
    FROM landed
    INNER JOIN bought ON landed.click_id = bought.click_id
    INNER JOIN identifiers AS buyers ON bought.identifier = buyers.identifier
    INNER JOIN identifiers AS browsers ON landed.identifier = browsers.identifier
    WHERE bought.identifier <> landed.identifier
    UNION ALL
    SELECT
        order_ties.buyer AS a, buyers.kind AS a_kind, order_ties.browser AS b, 'anonymous' AS b_kind, order_ties.weak
    FROM order_ties
    INNER JOIN identifiers AS buyers ON order_ties.buyer = buyers.identifier
    WHERE order_ties.buyer <> order_ties.browser
    UNION ALL
    SELECT own_clicks.clicker AS a, 'click' AS a_kind, own_clicks.identifier AS b, browsers.kind AS b_kind, 0 AS weak
    FROM own_clicks
    INNER JOIN identifiers AS browsers ON own_clicks.identifier = browsers.identifier
    WHERE own_clicks.by_itself = 1 AND own_clicks.clicker <> own_clicks.identifier
)
SELECT a, MIN(a_kind) AS a_kind, b, MIN(b_kind) AS b_kind, MIN(weak) AS weak
FROM together
GROUP BY a, b
