"""The tables of Shopify's API as connectors land them, by its older interface (REST) and its newer one (`gql_`)."""

from __future__ import annotations

from outturn.domain.urls import UTM_PARAMETERS
from outturn.sources.addresses import arrival_columns, kept_address, kept_text
from outturn.sources.orders import NOTES, STATUS_CASES, STATUSES, order_outcomes, order_steps
from outturn.sources.refunds import order_number, refunds_told
from outturn.sources.source import Cell, Kind, Layout, Relation, Total

RELATIONS = {
    "tags": Relation("order_id VARCHAR, name VARCHAR, value VARCHAR"),
    "payments": Relation("order_id VARCHAR, payment_id VARCHAR"),
    "buyers": Relation(
        "order_id VARCHAR, email_key BLOB, crm_key BLOB",
        "without the table of orders beside it, nobody knows whose visits these were",
    ),
}
_ID = Cell("native_id", Kind.ID, ("id",), required=True, filled=True)
_CREATED = Cell("occurred_at", Kind.AT, ("created_at",), required=True, filled=True)
_TEST = Cell("test", Kind.FLAG, ("test",))
_DELETED = Cell("deleted", Kind.FLAG, ("_fivetran_deleted",))
_CUSTOMER = "'shopify:' || TRIM(text)"
_STATUS = f"CASE WHEN test THEN 'test' WHEN deleted THEN 'void' {STATUS_CASES} END"
_TAGGED = ", ".join(
    f"MIN(value) FILTER (regexp_full_match(name, '(?i){pattern}')) AS tagged_{name}" for name, pattern in NOTES.items()
)
_LANDED = {"landing": "landing_site", "referring": "referring_site"}


def _noted(name: str) -> str:
    stated = f", {_LANDED[name]}" if name in _LANDED else ""
    return f"COALESCE(tagged_{name}{stated}) AS noted_{name}"


# Of prices that include tax nothing more is added; a total may hold tips and duties too, which are no revenue either.
_BEYOND = "total_micros - subtotal_micros - CASE WHEN taxes_included THEN 0 ELSE COALESCE(tax_micros, 0) END"
_ORDERS = f"""
    WITH tagged AS (
        SELECT order_id AS native_id, {_TAGGED}
        FROM (SELECT order_id, name, NULLIF(TRIM(value, '" '), '') AS value FROM tags) GROUP BY 1
    ), paid AS (
        SELECT order_id AS native_id, MIN(payment_id) AS payment_id FROM payments
        GROUP BY 1 HAVING COUNT(DISTINCT payment_id) = 1
    )
    SELECT
        line, accepted.native_id, {_STATUS} AS status, occurred_at, total_micros, subtotal_micros, tax_micros,
        COALESCE(shipping_given, GREATEST({_BEYOND}, 0)) AS shipping_stated, discount_micros,
        CASE WHEN financial_status = 'refunded' THEN total_micros END AS refunded_micros,
        currency, email_key, phone_key, crm_key,
        COALESCE({order_number("name")}, order_number) AS order_id, payment_id,
        {", ".join(map(_noted, NOTES))}
    FROM accepted LEFT JOIN tagged USING (native_id) LEFT JOIN paid USING (native_id)
    WHERE line IN (SELECT MAX(line) FROM accepted GROUP BY native_id)
"""  # noqa: S608


def _orders(name: str, status: str, marks: tuple[str, ...], **headers: str) -> Layout:
    def money(cell: str, *, required: bool = False) -> Cell:
        return Cell(cell, Kind.MONEY, (headers[cell],) if cell in headers else (), required=required, filled=required)

    return Layout(
        name,
        (
            _ID,
            _CREATED,
            Cell("name", Kind.TEXT, ("name",)),
            Cell("order_number", Kind.ID, ("order_number", "number")),
            Cell("financial_status", Kind.TEXT, (status,), required=True, filled=True, choices=tuple(STATUSES)),
            money("total_micros", required=True),
            money("subtotal_micros"),
            money("tax_micros"),
            money("shipping_given"),
            money("discount_micros"),
            Cell("currency", Kind.CURRENCY, (headers["currency"],), required=True),
            Cell("taxes_included", Kind.FLAG, ("taxes_included",)),
            _TEST,
            _DELETED,
            Cell("landing_site", Kind.TEXT, ("landing_site_base_url", "landing_site")),
            Cell("referring_site", Kind.TEXT, ("referring_site",)),
            Cell("email_key", Kind.KEY, ("email",), identity="email"),
            Cell("phone_key", Kind.KEY, ("phone", "billing_address_phone"), identity="phone"),
            Cell("crm_key", Kind.KEY, ("customer_id",), identity="crm", canonical=_CUSTOMER),
        ),
        marks=marks,
        steps=order_steps(_ORDERS),
        outputs={"outcomes": order_outcomes()},
        totals=(
            Total("orders", "1"),
            Total("total", "total_micros", money=True),
            Total("discount", "discount_micros", money=True),
        ),
        number=".",
        suppressed="strip",
        turn=1,
        leans=("tags", "payments", "earlier"),
        lends={"buyers": "SELECT native_id AS order_id, email_key, crm_key FROM sales"},
    )


_REFUNDED = "CASE WHEN kind = 'refund' AND state = 'success' AND NOT COALESCE(test, FALSE) THEN gross_micros END"
_PAID = """
    SELECT DISTINCT order_id, reference AS payment_id FROM accepted
    WHERE kind IN ('sale', 'capture', 'authorization') AND state = 'success'
        AND regexp_matches(reference, '^(ch|py|pi)_')
"""
# A refund may be paid back in parts, by several means.
_TRANSACTIONS = """
    SELECT
        MIN(line) AS line, order_id AS native_id, COALESCE(refund, 'transaction-' || native_id) AS refund_id,
        CASE WHEN BOOL_OR(test) THEN 'test' ELSE 'counted' END AS status, MIN(occurred_at) AS occurred_at,
        CAST(SUM(gross_micros) AS BIGINT) AS gross_micros, currency
    FROM (SELECT DISTINCT ON (native_id) * FROM accepted ORDER BY native_id, line DESC)
    WHERE kind = 'refund' AND state = 'success' AND order_id IS NOT NULL AND gross_micros IS NOT NULL
    GROUP BY order_id, COALESCE(refund, 'transaction-' || native_id), currency
"""


def _transactions(name: str, amount: str, currency: str, reference: str) -> Layout:
    return Layout(
        name,
        (
            _ID,
            Cell("order_id", Kind.ID, ("order_id",), required=True),
            Cell("refund", Kind.ID, ("refund_id",), required=True),
            Cell("occurred_at", Kind.AT, ("processed_at", "created_at"), required=True, filled=True),
            Cell("gross_micros", Kind.MONEY, (amount,), required=True),
            Cell("currency", Kind.CURRENCY, (currency,), required=True),
            Cell("kind", Kind.TEXT, ("kind",), required=True, filled=True,
                 choices=("sale", "capture", "authorization", "refund", "void", "change")),
            Cell("state", Kind.TEXT, ("status",), required=True),
            Cell("reference", Kind.ID, (reference,)),
            _TEST,
        ),
        marks=("gateway",),
        steps={"refunds": _TRANSACTIONS},
        outputs={"outcomes": refunds_told("shopify", "native_id")},
        totals=(Total("refunded", _REFUNDED, money=True),),
        number=".",
        leans=("earlier",),
        lends={"payments": _PAID},
    )  # fmt: skip


_VISITED = {name: kept_text(f"said_{name}") for name in UTM_PARAMETERS if name != "utm_id"}
_VISITS = f"""
    WITH addressed AS (
        SELECT
            accepted.*, email_key, crm_key, {kept_address("landing_page")} AS url,
            {kept_address("referrer_url")} AS referrer
        FROM accepted JOIN (
            SELECT order_id, ANY_VALUE(email_key) AS email_key, ANY_VALUE(crm_key) AS crm_key FROM buyers GROUP BY 1
        ) AS buyers USING (order_id)
        WHERE COALESCE(email_key, crm_key) IS NOT NULL
    )
    SELECT
        line, 'shopify:visit:' || native_id AS event_id, 'shopify' AS source, 'page' AS type, occurred_at,
        getvariable('now') AS received_at, email_key, crm_key, 'file' AS trust, url, referrer,
        {arrival_columns("url", _VISITED)}
    FROM addressed
"""  # noqa: S608
_IDENTITIES = """
    SELECT
        line, 'shopify:customer:' || left(md5(hex(crm_key) || '.' || hex(COALESCE(email_key, ''::BLOB)) || '.'
        || hex(COALESCE(phone_key, ''::BLOB))), 20) AS event_id,
        'shopify' AS source, 'identify' AS type, occurred_at, getvariable('now') AS received_at, crm_key, email_key,
        phone_key, 'file' AS trust
    FROM accepted WHERE crm_key IS NOT NULL AND COALESCE(email_key, phone_key) IS NOT NULL
"""


def _customers(name: str, mark: str) -> Layout:
    return Layout(
        name,
        (
            _ID,
            Cell("email_key", Kind.KEY, ("email",), required=True, identity="email"),
            Cell("phone_key", Kind.KEY, ("phone",), required=True, identity="phone"),
            Cell("crm_key", Kind.KEY, ("id",), identity="crm", canonical=_CUSTOMER),
            _CREATED,
        ),
        marks=("orders_count", "total_spent", mark),
        outputs={"events": _IDENTITIES},
        totals=(Total("customers", "1"),),
        suppressed="strip",
    )


def _tags(name: str, header: str) -> Layout:
    return Layout(
        name,
        (
            Cell("order_id", Kind.ID, ("order_id",), required=True, filled=True),
            Cell("name", Kind.TEXT, (header,), required=True),
            Cell("value", Kind.TEXT, ("value",), required=True),
        ),
        without=("id",),
        lends={"tags": "SELECT order_id, name, value FROM accepted WHERE value IS NOT NULL"},
    )


def _unused(name: str, *marks: str) -> Layout:
    return Layout(name, (Cell("anything", Kind.TEXT, (marks[0],), required=True),), marks=marks[1:])


TABLES = (
    _orders(
        "order", "financial_status", ("fulfillment_status", "total_line_items_price"), total_micros="total_price",
        subtotal_micros="subtotal_price", tax_micros="total_tax", discount_micros="total_discounts",
        currency="currency",
    ),
    _orders(
        "gql_order", "display_financial_status", ("display_fulfillment_status",),
        total_micros="total_price_set_shop_amount", subtotal_micros="subtotal_price_set_shop_amount",
        tax_micros="total_tax_set_shop_amount", shipping_given="total_shipping_price_set_shop_amount",
        discount_micros="total_discounts_set_shop_amount", currency="total_price_set_shop_currency_code",
    ),
    _transactions("transaction", "amount", "currency", "authorization"),
    _transactions(
        "gql_transaction", "amount_set_shop_amount", "amount_set_shop_currency_code", "authorization_code"
    ),
    Layout(
        "gql_refund",
        (
            _ID,
            Cell("order_id", Kind.ID, ("order_id",), required=True, filled=True),
            _CREATED,
            Cell("gross_micros", Kind.MONEY, ("total_refunded_set_shop_amount",), required=True, filled=True),
            Cell("currency", Kind.CURRENCY, ("total_refunded_set_shop_currency_code",), required=True),
        ),
        marks=("return_id",),
        steps={
            "refunds": """
                SELECT line, order_id AS native_id, native_id AS refund_id, 'counted' AS status, occurred_at,
                gross_micros, currency
                FROM accepted QUALIFY ROW_NUMBER() OVER (PARTITION BY native_id ORDER BY line DESC) = 1
            """
        },
        outputs={"outcomes": refunds_told("shopify", "native_id")},
        totals=(Total("refunded", "gross_micros", money=True),),
        number=".",
        leans=("earlier",),
    ),
    _tags("order_url_tag", "key"),
    _tags("order_note_attribute", "name"),
    Layout(
        "gql_customer_visit",
        (
            _ID,
            Cell("order_id", Kind.ID, ("order_id",), required=True, filled=True),
            Cell("occurred_at", Kind.AT, ("occurred_at",), required=True, filled=True),
            Cell("landing_page", Kind.TEXT, ("landing_page",), required=True),
            Cell("referrer_url", Kind.TEXT, ("referrer_url",), required=True),
            *(Cell(f"said_{name}", Kind.TEXT, (f"utm_parameters_{name[4:]}",)) for name in _VISITED),
        ),
        marks=("source_type", "utm_parameters_source"),
        outputs={"events": _VISITS},
        totals=(Total("visits", "1"),),
        turn=2,
        leans=("buyers",),
        misses=("buyers",),
    ),
    _customers("customer", "accepts_marketing"),
    _customers("gql_customer", "email_marketing_consent_state"),
    # What stands here stands in an order's or transaction's own figures too, or is no part of a sale.
    _unused("order_line", "variant_id", "fulfillment_service", "gift_card", "order_id"),
    _unused("gql_order_line", "variant_id", "is_gift_card", "order_id", "sku", "unfulfilled_quantity"),
    _unused("refund", "restock", "total_duties_set", "order_id"),
    _unused("order_line_refund", "restock_type", "refund_id", "order_line_id", "subtotal_set"),
    _unused("gql_refund_line_item", "restock_type", "refund_id", "order_line_id", "restocked"),
    _unused("order_adjustment", "refund_id", "tax_amount", "reason", "amount_set"),
    _unused("gql_order_adjustment", "refund_id", "amount_set_shop_amount", "reason", "tax_amount_set_shop_amount"),
    _unused("order_discount_code", "code", "index", "order_id", "amount"),
    _unused("gql_order_discount_code", "code", "index", "order_id"),
    _unused("order_shipping_line", "discounted_price", "carrier_identifier", "order_id"),
    _unused("tax_line", "order_line_id", "rate", "price_set"),
    _unused("tender_transaction", "remote_reference", "payment_method", "order_id"),
    _unused("shop", "iana_timezone", "myshopify_domain", "shop_owner", "plan_display_name", "has_storefront"),
    _unused(
        "gql_shop", "iana_timezone", "myshopify_domain", "contact_email", "plan_display_name", "features_storefront"
    ),
)  # fmt: skip
