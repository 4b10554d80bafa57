-- table: refunds
-- grain: goal, outcome_id
-- reads: outcomes, sales
-- takes: zone text, net flag
-- says: what was taken back from the sales, in its own currency, with the parts (tax, shipping, margin) that it does not state
-- A part is what the refund states. What the stated refunds of a sale leave of its part is shared by the others in
-- proportion to their amounts, and by running totals, so that refunds of the whole sale take back just its parts.
-- A part that the sale does not state was never deducted from it and is not deducted here.
WITH entries AS (
    SELECT
        outcomes.*,
        ROW_NUMBER() OVER (PARTITION BY outcome_id ORDER BY import_id DESC, stage DESC) AS place
    FROM outcomes
    WHERE kind IN ('refund', 'chargeback') AND status = 'counted'
), tied AS (
    SELECT
        sales.goal, sales.outcome_id AS sale_id, entries.outcome_id, entries.kind,
        COALESCE(entries.occurred_at, sales.occurred_at) AS cash_at,
        entries.occurred_at IS NULL AS undated,
        COALESCE(entries.currency, sales.currency) AS currency,
        COALESCE(entries.currency, sales.currency) = sales.currency AS alike,
        COALESCE(sales.gross_micros, 0) AS sale_gross,
        COALESCE(sales.tax_micros, 0) AS sale_tax,
        COALESCE(sales.shipping_micros, 0) AS sale_shipping,
        sales.margin_micros AS sale_margin,
        -COALESCE(entries.gross_micros, 0) AS gross_back,
        CASE WHEN sales.tax_micros IS NULL THEN 0 ELSE -entries.tax_micros END AS tax_back,
        CASE WHEN sales.shipping_micros IS NULL THEN 0 ELSE -entries.shipping_micros END AS shipping_back,
        -COALESCE(
            entries.margin_micros,
            entries.gross_micros - COALESCE(entries.tax_micros, 0) - COALESCE(entries.shipping_micros, 0)
            - entries.cogs_micros - COALESCE(entries.fees_micros, 0)
        ) AS margin_back
    FROM entries
    INNER JOIN sales ON entries.parent_outcome_id = sales.outcome_id
    WHERE entries.place = 1
), summed AS (
    SELECT
        tied.*,
        sale_gross - CAST(SUM(CASE WHEN alike AND tax_back IS NOT NULL THEN gross_back ELSE 0 END) OVER sale AS BIGINT) AS tax_gross_left,
        sale_tax - CAST(SUM(CASE WHEN alike THEN COALESCE(tax_back, 0) ELSE 0 END) OVER sale AS BIGINT) AS tax_left,
        CAST(SUM(CASE WHEN alike AND tax_back IS NULL THEN gross_back ELSE 0 END) OVER earlier AS BIGINT) AS tax_gross_so_far,
        sale_gross
        - CAST(SUM(CASE WHEN alike AND shipping_back IS NOT NULL THEN gross_back ELSE 0 END) OVER sale AS BIGINT) AS shipping_gross_left,
        sale_shipping - CAST(SUM(CASE WHEN alike THEN COALESCE(shipping_back, 0) ELSE 0 END) OVER sale AS BIGINT) AS shipping_left,
        CAST(SUM(CASE WHEN alike AND shipping_back IS NULL THEN gross_back ELSE 0 END) OVER earlier AS BIGINT) AS shipping_gross_so_far,
        sale_gross - CAST(SUM(CASE WHEN alike AND margin_back IS NOT NULL THEN gross_back ELSE 0 END) OVER sale AS BIGINT) AS margin_gross_left,
        sale_margin - CAST(SUM(CASE WHEN alike THEN COALESCE(margin_back, 0) ELSE 0 END) OVER sale AS BIGINT) AS margin_left,
        CAST(SUM(CASE WHEN alike AND margin_back IS NULL THEN gross_back ELSE 0 END) OVER earlier AS BIGINT) AS margin_gross_so_far,
        CAST(SUM(CASE WHEN alike THEN gross_back ELSE 0 END) OVER sale AS BIGINT) AS refunded_gross
    FROM tied
    WINDOW
        sale AS (PARTITION BY goal, sale_id),
        earlier AS (
            PARTITION BY goal, sale_id ORDER BY cash_at, outcome_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        )
), shared AS (
    SELECT
        summed.*,
        COALESCE(tax_back, CASE WHEN alike AND tax_gross_left > 0 AND tax_left > 0 THEN
            outturn_muldiv(LEAST(tax_gross_so_far, tax_gross_left), tax_left, tax_gross_left)
            - outturn_muldiv(LEAST(tax_gross_so_far - gross_back, tax_gross_left), tax_left, tax_gross_left)
        END, 0) AS tax_taken,
        COALESCE(shipping_back, CASE WHEN alike AND shipping_gross_left > 0 AND shipping_left > 0 THEN
            outturn_muldiv(LEAST(shipping_gross_so_far, shipping_gross_left), shipping_left, shipping_gross_left)
            - outturn_muldiv(LEAST(shipping_gross_so_far - gross_back, shipping_gross_left), shipping_left, shipping_gross_left)
        END, 0) AS shipping_taken,
        CASE WHEN sale_margin IS NOT NULL THEN COALESCE(margin_back, CASE WHEN alike AND margin_gross_left > 0 THEN
            outturn_muldiv(LEAST(margin_gross_so_far, margin_gross_left), margin_left, margin_gross_left)
            - outturn_muldiv(LEAST(margin_gross_so_far - gross_back, margin_gross_left), margin_left, margin_gross_left)
        END) END AS margin_taken
    FROM summed
), valued AS (
    SELECT
        shared.*,
        CASE WHEN $net THEN tax_taken + shipping_taken ELSE 0 END - gross_back AS own_value
    FROM shared
)
SELECT
    goal, sale_id, outcome_id, kind, cash_at, outturn_day(cash_at, $zone) AS cash_day, undated, currency,
    own_value AS own_value_micros,
    CAST(SUM(own_value) OVER so_far AS BIGINT) AS own_value_so_far,
    -margin_taken AS own_margin_micros,
    CAST(SUM(COALESCE(-margin_taken, 0)) OVER so_far AS BIGINT) AS own_margin_so_far,
    CASE WHEN sale_gross > 0 AND refunded_gross >= sale_gross THEN 1 ELSE 0 END AS whole
FROM valued
WINDOW so_far AS (
    PARTITION BY goal, sale_id, currency ORDER BY cash_at, outcome_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
)
