"""Shopify: the orders export of the shop's admin, one line per item, the order's own cells on its first line only.

An order is what a line with a Total says; the lines of its further items are accepted and give nothing, so that an
order whose lines are spread over two files of a large export keeps its amounts. `Id` names the order; exports older
than that column are known by `Name`. Columns were only ever appended: what an export lacks is not known.

`Total` is what was charged: tax and shipping in it, the discount deducted. Where prices include tax (Subtotal and
Shipping alone make the Total), the shipping's share of the tax is taken out of it, at the order's own rate.
`Refunded Amount` has no date: the refund takes its sale's. A cancelled order counts, its refund takes it back.
"""

from __future__ import annotations

from outturn.domain.urls import CLICK_IDS, UTM_PARAMETERS
from outturn.sources.addresses import arrival_columns, kept_address, kept_text
from outturn.sources.source import Cell, Check, Kind, Layout, Source, Total

_STATUSES = {
    "paid": "counted", "partially_paid": "counted", "partially_refunded": "counted", "refunded": "counted",
    "pending": "pending", "authorized": "pending", "expired": "pending", "unpaid": "pending", "voided": "void",
}  # fmt: skip
_CELLS = (
    Cell("name", Kind.TEXT, ("Name",), required=True, filled=True),
    Cell("financial_status", Kind.TEXT, ("Financial Status",), required=True, choices=tuple(_STATUSES)),
    Cell("occurred_at", Kind.AT_LOCAL, ("Created at",), required=True, filled=True),
    Cell("total_micros", Kind.MONEY, ("Total",), required=True),
    Cell("currency", Kind.CURRENCY, ("Currency",)),
    Cell("subtotal_micros", Kind.MONEY, ("Subtotal",)),
    Cell("shipping_stated", Kind.MONEY, ("Shipping",)),
    Cell("tax_micros", Kind.MONEY, ("Taxes",)),
    Cell("discount_micros", Kind.MONEY, ("Discount Amount",)),
    Cell("refunded_stated", Kind.MONEY, ("Refunded Amount",)),
    Cell("native_id", Kind.ID, ("Id",)),
    Cell("cancelled_at", Kind.AT_LOCAL, ("Cancelled at",)),
    Cell("payment_method", Kind.TEXT, ("Payment Method",)),
    Cell("payment_reference", Kind.ID, ("Payment Reference",)),
    Cell("payment_number", Kind.ID, ("Payment ID",)),
    Cell("tags", Kind.TEXT, ("Tags",)),
    Cell("notes", Kind.TEXT, ("Note Attributes",)),
    Cell("email_key", Kind.KEY, ("Email",), identity="email"),
    Cell("phone_key", Kind.KEY, ("Phone",), identity="phone"),
    Cell("billing_phone_key", Kind.KEY, ("Billing Phone",), identity="phone"),
)
# What themes and apps call the address on which the visit began, and the one from which it came.
_LANDING = "landing[ _-]?(?:site|page|url)"
_REFERRING = "(?:referring[ _-]?site|(?:http[ _-]?)?referr?er)"


def _noted(name: str) -> str:
    """SQL for what `Note Attributes` says under a name: its lines are `name: value`."""
    return f"NULLIF(regexp_extract(notes, '(?im)^[ \\t]*{name}[ \\t]*:[ \\t]*(.*?)[ \\t\\r]*$', 1), '')"


_NOTED = {
    **{name: kept_text(f"noted_{name}") for name in UTM_PARAMETERS},
    **{click_id.name: f"noted_{click_id.name}" for click_id in CLICK_IDS},
}
_STATUS = f"""
    CASE
        WHEN contains(LOWER(payment_method), 'bogus gateway') THEN 'test'
        WHEN regexp_matches(tags, '(^|,)\\s*test\\s*(,|$)', 'i') THEN 'test'
        {" ".join(f"WHEN financial_status = '{word}' THEN '{status}'" for word, status in _STATUSES.items())}
    END
"""
_SHIPPING_TAX = """
    CAST((2 * CAST(shipping_stated AS HUGEINT) * tax_micros + total_micros) // (2 * total_micros) AS BIGINT)
"""
_CLICK_NOTES = ", ".join(
    f"{_noted('(?:' + '|'.join(click_id.parameters) + ')')} AS noted_{click_id.name}" for click_id in CLICK_IDS
)
_TAG_NOTES = ", ".join(f"{_noted(name)} AS noted_{name}" for name in UTM_PARAMETERS)
# An export without the column of refunds still says of an order that all of it went back.
_OUTCOMES = f"""
    WITH orders AS (
        SELECT
            line, 'shopify:' || COALESCE(native_id, name) AS sale_id, {_STATUS} AS status, occurred_at,
            total_micros, tax_micros, discount_micros, currency,
            CASE
                WHEN tax_micros > 0 AND total_micros > 0 AND subtotal_micros + shipping_stated = total_micros
                THEN shipping_stated - {_SHIPPING_TAX} ELSE shipping_stated
            END AS shipping_micros,
            COALESCE(refunded_stated, CASE WHEN financial_status = 'refunded' THEN total_micros END) AS refunded_micros,
            email_key, COALESCE(phone_key, billing_phone_key) AS phone_key,
            regexp_replace(name, '^#', '') AS order_id, COALESCE(payment_reference, payment_number) AS payment_id,
            {_CLICK_NOTES}, {_TAG_NOTES},
            {_noted(_LANDING)} AS noted_landing, {_noted(_REFERRING)} AS noted_referring
        FROM accepted WHERE total_micros IS NOT NULL
    ), addressed AS (
        SELECT
            *, {kept_address("noted_landing")} AS landing_url, {kept_address("noted_referring")} AS referrer
        FROM orders
    )
    SELECT
        line, sale_id AS outcome_id, 'shopify' AS system, FALSE AS tracker, 'purchase' AS kind, '' AS stage, status,
        occurred_at, CAST(NULL AS VARCHAR) AS parent_outcome_id, total_micros AS gross_micros, tax_micros,
        shipping_micros, discount_micros, currency, email_key, phone_key, order_id, payment_id, landing_url, referrer,
        {arrival_columns("landing_url", _NOTED)}
    FROM addressed
    UNION ALL BY NAME
    SELECT
        line, sale_id || ':refund' AS outcome_id, 'shopify' AS system, FALSE AS tracker, 'refund' AS kind, '' AS stage,
        status, sale_id AS parent_outcome_id, -refunded_micros AS gross_micros, currency, order_id, payment_id
    FROM orders WHERE refunded_micros > 0
"""  # noqa: S608

SOURCE = Source(
    name="shopify",
    title="Shopify",
    platform="",
    layouts=(
        Layout(
            "orders_export",
            _CELLS,
            outputs={"outcomes": _OUTCOMES},
            marks=("Lineitem name",),
            checks=(
                Check(
                    "MISSING_VALUE",
                    "total_micros IS NULL AND financial_status IS NOT NULL",
                    "an order's first line states its Total",
                ),
                Check(
                    "MISSING_VALUE",
                    "total_micros IS NOT NULL AND financial_status IS NULL",
                    "an order's first line states its Financial Status",
                ),
            ),
            totals=(
                Total("orders", "CASE WHEN total_micros IS NOT NULL THEN 1 END"),
                Total("total", "total_micros", money=True),
                Total("refunded", "refunded_stated", money=True),
                Total("discount", "discount_micros", money=True),
            ),
            number=".",
            suppressed="strip",
        ),
    ),
    notes=(
        "Test orders are known by the payment method Bogus Gateway or by a tag `test`: the export marks them in no "
        "other way. Paid, partially "
        "paid, partially refunded and refunded orders count; pending, authorized and expired ones wait; voided ones "
        "are void."
    ),
)
