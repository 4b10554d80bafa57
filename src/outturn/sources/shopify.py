"""Shopify: the orders export of the shop's admin, and the tables of its API as connectors land them.

The export has one line per item, the order's own cells on its first line only. An order is what a line with a Total
says; the lines of its further items are accepted and give nothing, so that an order whose lines are spread over two
files of a large export keeps its amounts. `Id` names the order; exports older than that column are known by `Name`.
Columns were only ever appended: what an export lacks is not known.

`Total` is what was charged: tax and shipping in it, the discount deducted. Where prices include tax (Subtotal and
Shipping alone make the Total), the shipping's share of the tax is taken out of it, at the order's own rate.
`Refunded Amount` has no date: the refund takes its sale's. A cancelled order counts, its refund takes it back.

Of the tables, orders are known by the same id, so that either may restate the other. Refunds come dated from the
successful refund transactions (or from `gql_refund`, which states amounts; the older `refund` does not), and what the
export says was refunded counts only beyond them. Tags of the order's address, note attributes and its landing page tell
of the visit where they lie beside the table of orders; visits of `gql_customer_visit` are page views of the buyer, whom
only the orders beside them name. Amounts are the shop's currency, not the buyer's. What an order's total has beyond
subtotal and tax is taken for shipping where no column states it.
"""

from __future__ import annotations

from outturn.sources.addresses import ARRIVAL_COLUMNS
from outturn.sources.orders import NOTES, STATUS_CASES, STATUSES, order_outcomes, order_steps
from outturn.sources.refunds import order_number
from outturn.sources.shopify_tables import RELATIONS, TABLES
from outturn.sources.source import Cell, Check, Kind, Layout, Source, Total

_CELLS = (
    Cell("name", Kind.TEXT, ("Name",), required=True, filled=True),
    Cell("financial_status", Kind.TEXT, ("Financial Status",), required=True, choices=tuple(STATUSES)),
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


_NOTES_SAY = "contains(notes, ':')"


def _noted(name: str) -> str:
    """SQL for what `Note Attributes` says under a name: its lines are `name: value`."""
    said = f"NULLIF(regexp_extract(notes, '(?im)^[ \\t]*{name}[ \\t]*:[ \\t]*(.*?)[ \\t\\r]*$', 1), '')"
    return f"CASE WHEN {_NOTES_SAY} THEN {said} END"


_STATUS = f"""
    CASE
        WHEN contains(LOWER(payment_method), 'bogus gateway') THEN 'test'
        WHEN regexp_matches(tags, '(^|,)\\s*test\\s*(,|$)', 'i') THEN 'test'
        {STATUS_CASES}
    END
"""
# An export without the column of refunds still says of an order that all of it went back.
_ORDERS = f"""
    SELECT
        line, COALESCE(native_id, name) AS native_id, {_STATUS} AS status, occurred_at, total_micros, subtotal_micros,
        tax_micros, shipping_stated, discount_micros,
        COALESCE(refunded_stated, CASE WHEN financial_status = 'refunded' THEN total_micros END) AS refunded_micros,
        currency, email_key, COALESCE(phone_key, billing_phone_key) AS phone_key, CAST(NULL AS BLOB) AS crm_key,
        {order_number("name")} AS order_id, COALESCE(payment_reference, payment_number) AS payment_id,
        {", ".join(f"{_noted(pattern)} AS noted_{name}" for name, pattern in NOTES.items())}
    FROM accepted WHERE total_micros IS NOT NULL
"""  # noqa: S608

SOURCE = Source(
    name="shopify",
    title="Shopify",
    platform="",
    layouts=(
        Layout(
            "orders_export",
            _CELLS,
            steps=order_steps(_ORDERS),
            outputs={"outcomes": order_outcomes()},
            seldom={_NOTES_SAY: ("landing_url", "referrer", *ARRIVAL_COLUMNS)},
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
            turn=1,
            leans=("earlier",),
        ),
        *TABLES,
    ),
    relations=RELATIONS,
    notes=(
        "Test orders are known by the payment method Bogus Gateway or by a tag `test`: the export marks them in no "
        "other way. Paid, partially "
        "paid, partially refunded and refunded orders count; pending, authorized and expired ones wait; voided ones "
        "are void."
    ),
)
