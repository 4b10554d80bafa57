"""Stripe's payments as rows of the ledger: each charge once, whichever file tells of it, less what went back.

A charge's own total of refunds has no days; the table of refunds has. Where both are known, the total counts only as
far as it exceeds the refunds that are known one by one.
"""

from __future__ import annotations

from outturn.domain.urls import CLICK_IDS, UTM_PARAMETERS
from outturn.sources.addresses import arrival_columns, kept_address, kept_text

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
_SAME = "'stripe' AS system, FALSE AS tracker, '' AS stage"
_REFUND = "^stripe:(.+):refund:(.+)$"


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
    """Steps of a table of charges: `charges` (one row per charge) with what of its refunds is not known one by one.

    Args:
        rows: A SELECT over `accepted`: line, charge_id, kind, status, occurred_at, gross_micros, refunded_micros,
            fees_micros, currency, email_key, crm_key, payment_id and `meta_<name>` of METADATA.
    """
    known = f"""
        SELECT
            regexp_extract(outcome_id, '{_REFUND}', 1) AS charge_id, CAST(-SUM(gross_micros) AS BIGINT) AS known_micros
        FROM earlier WHERE kind = 'refund' AND regexp_matches(outcome_id, '{_REFUND}') GROUP BY 1
    """  # noqa: S608
    charges = f"""
        WITH given AS (
            SELECT * FROM ({rows}) QUALIFY ROW_NUMBER() OVER (PARTITION BY charge_id ORDER BY line DESC) = 1
        )
        SELECT given.*, refunded_micros - COALESCE(known_micros, 0) AS left_micros
        FROM given LEFT JOIN known_refunds USING (charge_id)
    """  # noqa: S608
    return {"known_refunds": known, "charges": charges}


def charge_outcomes() -> str:
    """A SELECT of `outcomes` after `charge_steps`."""
    return f"""
        WITH addressed AS (
            SELECT
                *, {kept_address("meta_landing")} AS landing_url, {kept_address("meta_referring")} AS referrer
            FROM charges
        )
        SELECT
            line, 'stripe:' || charge_id AS outcome_id, {_SAME}, kind, status, occurred_at, gross_micros, fees_micros,
            currency, email_key, crm_key, regexp_replace(meta_order, '^#', '') AS order_id, payment_id, landing_url,
            referrer, {arrival_columns("landing_url", _STATED)}
        FROM addressed
        UNION ALL BY NAME
        SELECT
            line, 'stripe:' || charge_id || ':refund' AS outcome_id, {_SAME}, 'refund' AS kind,
            CASE WHEN left_micros > 0 THEN status ELSE 'void' END AS status,
            'stripe:' || charge_id AS parent_outcome_id, -GREATEST(left_micros, 0) AS gross_micros, currency, payment_id
        FROM charges
        WHERE left_micros > 0 OR 'stripe:' || charge_id || ':refund' IN (SELECT outcome_id FROM earlier)
    """  # noqa: S608


REFUND_STEPS = {
    # What is known one by one from now on, and was only part of its charge's total so far.
    "told": """
        SELECT charge_id, MIN(line) AS line, CAST(SUM(gross_micros) AS BIGINT) AS told_micros FROM refunds
        WHERE status = 'counted'
            AND 'stripe:' || charge_id || ':refund:' || refund_id NOT IN (SELECT outcome_id FROM earlier)
        GROUP BY charge_id
    """,
}


def refund_outcomes() -> str:
    """A SELECT of `outcomes` after `refunds` and `REFUND_STEPS`: these, and what is left of their charges' totals."""
    return f"""
        SELECT
            line, 'stripe:' || charge_id || ':refund:' || refund_id AS outcome_id, {_SAME}, 'refund' AS kind, status,
            occurred_at, 'stripe:' || charge_id AS parent_outcome_id, -gross_micros AS gross_micros, currency
        FROM refunds
        UNION ALL BY NAME
        SELECT
            told.line, earlier.outcome_id, {_SAME}, 'refund' AS kind,
            CASE WHEN earlier.gross_micros + told_micros < 0 THEN 'counted' ELSE 'void' END AS status,
            earlier.occurred_at, 'stripe:' || charge_id AS parent_outcome_id,
            LEAST(earlier.gross_micros + told_micros, 0) AS gross_micros, earlier.currency
        FROM told JOIN earlier ON earlier.outcome_id = 'stripe:' || charge_id || ':refund'
    """  # noqa: S608
