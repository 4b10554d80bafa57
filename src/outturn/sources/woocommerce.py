"""WooCommerce: the orders of its own analytics (Analytics > Orders > Download), one line per order or refund.

`Net Sales` (older: `N. Revenue`) is without tax and shipping, which the export does not state: on the gross basis these
orders lack them. The formatted column is never read, since its sign is no currency: pass --currency. Times are the
site's. A negative line is a refund, on its own day, of the order whose number it bears. Completed, processing and
refunded orders count; those on hold or pending wait; cancelled and failed ones are void.

No buyer is named but by name, which is not read. The buyer of an order is therefore known as that alone: a tracker's
purchase with the same order number says which browser it was. Of `Attribution`, `Referral` and `Organic` tell where the
visit came from; `Source` gives a tag without its medium, of which no channel follows.
"""

from __future__ import annotations

from outturn.sources.refunds import order_number
from outturn.sources.source import Cell, Kind, Layout, Source, Total, View

_STATUSES = {
    "completed": "counted", "processing": "counted", "refunded": "counted", "on-hold": "pending", "on hold": "pending",
    "pending": "pending", "pending payment": "pending", "checkout-draft": "void", "draft": "void", "cancelled": "void",
    "canceled": "void", "failed": "void", "trash": "void",
}  # fmt: skip
_ENGINES = {
    "google": "www.google.com", "bing": "www.bing.com", "yahoo": "search.yahoo.com", "duckduckgo": "duckduckgo.com",
    "baidu": "www.baidu.com", "ecosia": "www.ecosia.org", "yandex": "yandex.com",
}  # fmt: skip
_CASES = " ".join(f"WHEN order_status = '{word}' THEN '{status}'" for word, status in _STATUSES.items())
_STATUS = f"CASE {_CASES} END"
_ENGINE = " ".join(f"WHEN '{name}' THEN 'https://{host}/'" for name, host in _ENGINES.items())
_REFERRER = f"""
    CASE
        WHEN attribution ILIKE 'organic:%' THEN CASE LOWER(TRIM(substr(attribution, 9))) {_ENGINE} END
        WHEN regexp_full_match(attribution, '(?i)referral:\\s*[a-z0-9.-]+\\.[a-z]{{2,}}\\s*')
            THEN 'https://' || LOWER(TRIM(substr(attribution, 10))) || '/'
    END
"""
_OUTCOMES = f"""
    SELECT
        line, 'woocommerce:' || order_id AS outcome_id, 'woocommerce' AS system, FALSE AS tracker, 'purchase' AS kind,
        '' AS stage, {_STATUS} AS status, occurred_at, net_micros AS gross_micros, currency, buyer_key AS crm_key,
        order_id, CASE LOWER(customer_type) WHEN 'new' THEN TRUE WHEN 'returning' THEN FALSE END AS new_customer,
        {_REFERRER} AS referrer
    FROM entries WHERE net_micros >= 0
    UNION ALL BY NAME
    SELECT
        line, 'woocommerce:' || order_id || ':refund:' || CAST(epoch_us(occurred_at) AS VARCHAR) || ':'
        || CAST(-net_micros AS VARCHAR) || CASE WHEN repeated > 1 THEN ':' || CAST(repeated AS VARCHAR) ELSE '' END
        AS outcome_id, 'woocommerce' AS system, FALSE AS tracker, 'refund' AS kind, '' AS stage, {_STATUS} AS status,
        occurred_at, 'woocommerce:' || order_id AS parent_outcome_id, net_micros AS gross_micros, currency, order_id
    FROM entries WHERE net_micros < 0
"""  # noqa: S608

SOURCE = Source(
    name="woocommerce",
    title="WooCommerce",
    platform="",
    layouts=(
        Layout(
            "orders_analytics",
            (
                Cell("occurred_at", Kind.AT_LOCAL, ("Date",), required=True, filled=True),
                Cell("order_number", Kind.ID, ("Order #",), required=True, filled=True),
                Cell("order_status", Kind.TEXT, ("Status",), required=True, filled=True, choices=tuple(_STATUSES)),
                Cell("net_micros", Kind.MONEY, ("Net Sales", "N. Revenue"), required=True, filled=True),
                Cell("currency", Kind.CURRENCY, ("Currency",)),
                Cell("customer_type", Kind.TEXT, ("Customer type",)),
                Cell("attribution", Kind.TEXT, ("Attribution",)),
            ),
            steps={
                "entries": View(f"""
                    SELECT
                        *, {order_number("order_number")} AS order_id,
                        outturn_key('crm', 'woocommerce:order:' || {order_number("order_number")})
                        AS buyer_key
                    FROM accepted LEFT JOIN (
                        SELECT line, ROW_NUMBER() OVER (
                            PARTITION BY order_number, occurred_at, net_micros ORDER BY line
                        ) AS repeated
                        FROM accepted WHERE net_micros < 0
                    ) AS refunds USING (line)
                """)  # noqa: S608
            },
            outputs={"outcomes": _OUTCOMES},
            marks=("Items sold",),
            totals=(
                Total("orders", "CASE WHEN net_micros >= 0 THEN 1 END"),
                Total("net_sales", "net_micros", money=True),
                Total("counted", f"CASE WHEN {_STATUS} = 'counted' THEN net_micros END", money=True),
            ),
            number=".",
        ),
    ),
    notes="Exports of third-party plug-ins have other columns: bring those as the generic table of outcomes.",
)
