"""Stripe's payments as rows of the ledger: each charge once, whichever file tells of it, less what went back."""

from __future__ import annotations

from outturn.domain.urls import CLICK_IDS, UTM_PARAMETERS
from outturn.sources.addresses import arrival_columns, kept_address, kept_text
from outturn.sources.refunds import known_refunds, order_number, totals_left
from outturn.sources.source import View

LANDING = ("landing_page", "landing_site", "landing_url")
REFERRER = ("referrer", "referring_site")
ORDER = ("order_id", "order_number", "order", "external_order_id", "shopify_order_id", "shopify_order_name")
"""What shops and forms write into a payment's metadata, in order of preference."""

_CLICKS = {click_id.name: click_id.parameters for click_id in CLICK_IDS}
METADATA: dict[str, tuple[str, ...]] = {
    "order": ORDER,
    "landing": LANDING,
    "referring": REFERRER,
    **{name: (name,) for name in UTM_PARAMETERS},
    **_CLICKS,
}
"""What is read of a payment's metadata -> the keys under which it stands."""

_STATED = {
    **{name: kept_text(f"meta_{name}") for name in UTM_PARAMETERS},
    **{name: f"meta_{name}" for name in _CLICKS},
}


def metadata_columns(json: str) -> str:
    """SQL: `meta_<name>` of everything in METADATA, out of a JSON text; NULL where it is none."""
    keys = [key for names in METADATA.values() for key in names]
    paths = ", ".join(f"'$.{key}'" for key in keys)
    found = f"TRY(json_extract_string({json}, [{paths}]))"
    columns, place = [], 1
    for name, names in METADATA.items():
        texts = ", ".join(f"NULLIF(TRIM({found}[{place + n}]), '')" for n in range(len(names)))
        columns.append(f"COALESCE({texts}) AS meta_{name}")
        place += len(names)
    return ", ".join(columns)


def charge_steps(rows: str) -> dict[str, str]:
    """Steps of a table of charges: `sales` (one row per charge) and what of their refunds is known one by one.

    Args:
        rows: A SELECT over `accepted`: line, charge_id, kind, status, occurred_at, gross_micros, refunded_micros,
            fees_micros, currency, email_key, crm_key, payment_id and `meta_<name>` of METADATA.
    """
    # The last line of each: a window would sort the whole rows, forty columns wide.
    sales = f"""
        SELECT *, {order_number("meta_order")} AS order_id FROM ({rows})
        WHERE line IN (SELECT MAX(line) FROM accepted GROUP BY charge_id)
    """  # noqa: S608
    return {"known_refunds": known_refunds("stripe", "charge_id"), "sales": View(sales)}


def charge_outcomes() -> str:
    """A SELECT of `outcomes` after `charge_steps`."""
    return f"""
        WITH addressed AS (
            SELECT
                *, {kept_address("meta_landing")} AS landing_url, {kept_address("meta_referring")} AS referrer
            FROM sales
        )
        SELECT
            line, 'stripe:' || charge_id AS outcome_id, 'stripe' AS system, FALSE AS tracker, kind, '' AS stage, status,
            occurred_at, gross_micros, fees_micros, currency, email_key, crm_key, order_id, payment_id, landing_url,
            referrer, {arrival_columns("landing_url", _STATED)}
        FROM addressed
        UNION ALL BY NAME
        ({totals_left("stripe", "charge_id")})
    """  # noqa: S608
