"""Stripe's balance: a ledger of its own, in the account's currency, that confirms the payments or stands for them."""

from __future__ import annotations

from outturn.sources.minor_units import within_range
from outturn.sources.source import Cell, Kind, Layout, Total
from outturn.sources.stripe_cells import minor

_BALANCE_KINDS = """
    CASE
        WHEN type IN ('charge', 'payment') THEN 'purchase'
        WHEN type IN ('refund', 'payment_refund', 'payment_failure_refund', 'refund_failure') THEN 'refund'
        WHEN type = 'adjustment' AND regexp_matches(description, 'chargeback|dispute', 'i') THEN 'chargeback'
    END
"""


def _balance_rows(amount: str, fee: str) -> str:
    return f"""
        WITH told AS (
            SELECT
                *, {_BALANCE_KINDS} AS kind, {amount} AS gross_micros, {fee} AS fees_micros,
                NULLIF(regexp_extract(description, '(?:ch|py)_[A-Za-z0-9]+', 0), '') AS named_charge
            FROM accepted
        )
        SELECT
            line, 'stripe_balance:' || CASE WHEN kind = 'purchase' THEN COALESCE(told.source, transaction_id)
                ELSE kind || ':' || COALESCE(CASE WHEN kind = 'refund' THEN told.source END, transaction_id)
            END AS outcome_id,
            'stripe_balance' AS system, FALSE AS tracker, kind, '' AS stage, 'counted' AS status, occurred_at,
            CASE WHEN kind <> 'purchase' THEN 'stripe_balance:' || COALESCE(charge_id, named_charge) END AS
            parent_outcome_id,
            gross_micros, fees_micros, currency, CASE WHEN kind = 'purchase' THEN told.source END AS payment_id
        FROM told LEFT JOIN (
            SELECT refund_id AS source, ANY_VALUE(charge_id) AS charge_id FROM refunded_charges GROUP BY 1
        ) AS refunds ON told.source = refunds.source AND kind = 'refund'
        WHERE kind IS NOT NULL
        QUALIFY ROW_NUMBER() OVER (PARTITION BY transaction_id ORDER BY line DESC) = 1
    """  # noqa: S608


def _balance(name: str, created: str, kind: Kind, amount: str, fee: str) -> Layout:
    in_minor = kind is Kind.MICROS

    def summed(which: str) -> str:
        return f"CASE WHEN {_BALANCE_KINDS} = '{which}' THEN {amount} END"

    return Layout(
        name,
        (
            Cell("transaction_id", Kind.ID, ("id",), required=True, filled=True),
            Cell("type", Kind.TEXT, ("Type",), required=True, filled=True),
            Cell("source", Kind.ID, ("Source",), required=True),
            Cell("amount", kind, ("Amount",), required=True, filled=True),
            Cell("fee", kind, ("Fee",), required=True),
            Cell("net", kind, ("Net",), required=True),
            Cell("currency", Kind.CURRENCY, ("Currency",), required=True),
            Cell("occurred_at", Kind.AT, (created,), required=True, filled=True),
            Cell("description", Kind.TEXT, ("Description",)),
        ),
        checks=(within_range("amount", "fee", "net"),) if in_minor else (),
        outputs={"outcomes": _balance_rows(amount, fee)},
        totals=(
            Total("charges", summed("purchase"), money=True),
            Total("refunds", summed("refund"), money=True),
            Total("disputes", summed("chargeback"), money=True),
            Total("fees", f"{fee} + CASE WHEN type = 'stripe_fee' THEN -{amount} ELSE 0 END", money=True),
            Total("payouts", f"CASE WHEN type = 'payout' THEN {amount} END", money=True),
        ),
        number="." if in_minor else "",
        turn=1,
        leans=("refunded_charges",),
    )


BALANCES = (
    _balance("balance_history", "Created (UTC)", Kind.MONEY, "amount", "fee"),
    _balance("balance_transaction", "created", Kind.MICROS, minor("amount"), minor("fee")),
)
