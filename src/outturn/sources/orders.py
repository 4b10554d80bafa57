"""Shopify's orders as rows of the ledger, whether an export or a table of its API tells of them."""

from __future__ import annotations

from outturn.domain.urls import CLICK_IDS, UTM_PARAMETERS
from outturn.sources.addresses import arrival_columns, kept_address, kept_text
from outturn.sources.refunds import known_refunds, totals_left
from outturn.sources.source import View

STATUSES = {
    "paid": "counted", "partially_paid": "counted", "partially_refunded": "counted", "refunded": "counted",
    "pending": "pending", "authorized": "pending", "expired": "pending", "unpaid": "pending", "voided": "void",
}  # fmt: skip
"""Financial status of an order -> its status in the ledger."""

STATUS_CASES = " ".join(f"WHEN financial_status = '{word}' THEN '{status}'" for word, status in STATUSES.items())

# What themes and apps call the address on which the visit began, and the one from which it came.
LANDING = "landing[ _-]?(?:site|page|url)"
REFERRING = "(?:referring[ _-]?site|(?:http[ _-]?)?referr?er)"

_SHIPPING_TAX = """
    CAST((2 * CAST(shipping_stated AS HUGEINT) * tax_micros + total_micros) // (2 * total_micros) AS BIGINT)
"""
NOTES: dict[str, str] = {
    **{name: name for name in UTM_PARAMETERS},
    **{click_id.name: "(?:" + "|".join(click_id.parameters) + ")" for click_id in CLICK_IDS},
    "landing": LANDING,
    "referring": REFERRING,
}
"""What is read of an order's notes and tags -> the expression for the names under which it stands."""

_NOTED = {
    **{name: kept_text(f"noted_{name}") for name in UTM_PARAMETERS},
    **{click_id.name: f"noted_{click_id.name}" for click_id in CLICK_IDS},
}


def order_steps(rows: str) -> dict[str, str]:
    """Steps of a table of orders: `sales`, one row per order.

    Where prices include tax, the shipping's share of the tax is taken out of it, at the order's own rate.

    Args:
        rows: A SELECT over `accepted`: line, native_id, status, occurred_at, total_micros, subtotal_micros,
            tax_micros, shipping_stated, discount_micros, refunded_micros, currency, email_key, phone_key, crm_key,
            order_id, payment_id and `noted_<name>` of NOTES.
    """
    sales = f"""
        SELECT
            *, CASE
                WHEN tax_micros > 0 AND total_micros > 0 AND subtotal_micros + shipping_stated = total_micros
                THEN shipping_stated - {_SHIPPING_TAX} ELSE shipping_stated
            END AS shipping_micros
        FROM ({rows})
    """  # noqa: S608
    return {"known_refunds": known_refunds("shopify", "native_id"), "sales": View(sales)}


def order_outcomes() -> str:
    """A SELECT of `outcomes` after `order_steps`."""
    return f"""
        WITH addressed AS (
            SELECT
                *, {kept_address("noted_landing")} AS landing_url, {kept_address("noted_referring")} AS referrer
            FROM sales
        )
        SELECT
            line, 'shopify:' || native_id AS outcome_id, 'shopify' AS system, FALSE AS tracker, 'purchase' AS kind,
            '' AS stage, status, occurred_at, CAST(NULL AS VARCHAR) AS parent_outcome_id, total_micros AS gross_micros,
            tax_micros, shipping_micros, discount_micros, currency, email_key, phone_key, crm_key, order_id, payment_id,
            landing_url, referrer, {arrival_columns("landing_url", _NOTED)}
        FROM addressed
        UNION ALL BY NAME
        ({totals_left("shopify", "native_id")})
    """  # noqa: S608
