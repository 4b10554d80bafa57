"""Stripe: the payments and balance exports of its dashboard, and the tables as connectors land them.

Exports state major units, tables minor ones: yen have none, dinars three digits; ISK and UGX keep two, as Stripe's API
does. A payment is a purchase; one that renews a subscription (its description says so, or its invoice, if the table of
invoices lies beside it) is a renewal. Failed payments are void, uncaptured ones wait, test mode never counts.

A payment bears Stripe's ids, so that a shop's order with that payment reference is the same sale: by the payment intent
or by the charge. An order number in the metadata (`order_id`) ties it too; click ids and tags there tell of the visit.
Refunds of the payments export have no day, those of the table of refunds do: together each counts once. A dispute takes
its amount back from its day on, until it is won.

The balance is a ledger of its own (`stripe_balance`): in the account's currency, with refunds that do not name their
payment unless the table of refunds lies beside it. It confirms the payments and adds nothing to them; alone, it is the
ledger. Payouts are no revenue.

Subscriptions give trial, subscription start, expansion, contraction and churn, worth monthly recurring revenue: name
either those or purchases in a goal, not both.
"""

from __future__ import annotations

from outturn.sources.charges import METADATA, charge_outcomes, charge_steps, metadata_columns
from outturn.sources.minor_units import within_range
from outturn.sources.refunds import refunds_told
from outturn.sources.source import Cell, Kind, Layout, Relation, Source, Total
from outturn.sources.stripe_balance import BALANCES
from outturn.sources.stripe_cells import CURRENCY, LIVE, customer_cell, minor
from outturn.sources.subscriptions import SUBSCRIPTION_RELATIONS, SUBSCRIPTIONS

_STATUSES = {
    "paid": "counted", "succeeded": "counted", "refunded": "counted", "partial refund": "counted",
    "partially refunded": "counted", "partially_refunded": "counted", "disputed": "counted", "dispute lost": "counted",
    "dispute won": "counted", "needs response": "counted", "under review": "counted", "inquiry": "counted",
    "inquiry closed": "counted", "refund pending": "counted",
    "pending": "pending", "processing": "pending", "uncaptured": "pending", "requires_capture": "pending",
    "failed": "void", "blocked": "void", "canceled": "void", "cancelled": "void", "expired": "void",
    "incomplete": "void", "requires_action": "void", "requires_payment_method": "void",
    "requires_confirmation": "void",
}  # fmt: skip
_RENEWING = "LOWER(left(description, 19)) = 'subscription update'"


_OTHERS = " ".join(
    f"WHEN stated_status = '{word}' THEN '{status}'" for word, status in _STATUSES.items() if status != "counted"
)
_PAID_STATUS = f"""
    CASE
        WHEN LOWER(mode) = 'test' THEN 'test'
        {_OTHERS}
        WHEN NOT captured THEN 'pending'
        ELSE 'counted'
    END
"""
# The fee is in the currency to which the payment was converted.
_FEES = "CASE WHEN converted_currency IS NULL OR converted_currency = currency THEN fee END"
_PAYMENTS = f"""
    SELECT
        line, charge_id, CASE WHEN {_RENEWING} THEN 'renewal' ELSE 'purchase' END AS kind, {_PAID_STATUS} AS status,
        occurred_at, gross_micros, refunded_micros, {_FEES} AS fees_micros, currency, email_key, crm_key,
        COALESCE(intent_id, charge_id) AS payment_id, {", ".join(f"meta_{name}" for name in METADATA)}
    FROM accepted
"""  # noqa: S608
_COUNTED = f"CASE WHEN {_PAID_STATUS} = 'counted' THEN {{0}} END"
_EXPORTS = (
    Layout(
        "payments_export",
        (
            Cell("charge_id", Kind.ID, ("id",), required=True, filled=True),
            Cell("occurred_at", Kind.AT, ("Created date (UTC)", "Created (UTC)"), required=True, filled=True),
            Cell("gross_micros", Kind.MONEY, ("Amount",), required=True, filled=True),
            Cell("refunded_micros", Kind.MONEY, ("Amount Refunded",), required=True),
            Cell("currency", Kind.CURRENCY, ("Currency",), required=True),
            Cell("stated_status", Kind.TEXT, ("Status",), required=True, filled=True, choices=tuple(_STATUSES)),
            Cell("captured", Kind.FLAG, ("Captured",)),
            Cell("fee", Kind.MONEY, ("Fee",)),
            Cell("converted_currency", Kind.CURRENCY, ("Converted Currency",)),
            Cell("mode", Kind.TEXT, ("Mode",)),
            Cell("description", Kind.TEXT, ("Description",)),
            Cell("intent_id", Kind.ID, ("PaymentIntent ID",)),
            Cell("email_key", Kind.KEY, ("Customer Email",), identity="email"),
            customer_cell("Customer ID"),
            *(
                Cell(f"meta_{name}", Kind.TEXT, tuple(f"{key} (metadata)" for key in dict.fromkeys(keys)))
                for name, keys in METADATA.items()
            ),
        ),
        steps=charge_steps(_PAYMENTS),
        outputs={"outcomes": charge_outcomes()},
        totals=(
            Total("payments", _COUNTED.format("1")),
            Total("gross", _COUNTED.format("gross_micros"), money=True),
            Total("refunded", _COUNTED.format("refunded_micros"), money=True),
            Total("fees", _COUNTED.format(_FEES), money=True),
        ),
        suppressed="strip",
        turn=1,
        leans=("earlier",),
    ),
)

_CREATED = Cell("occurred_at", Kind.AT, ("created",), required=True, filled=True)
_AMOUNT = Cell("amount", Kind.MICROS, ("amount",), required=True, filled=True)
_METADATA = Cell("metadata", Kind.TEXT, ("metadata",))
_CHARGE_STATUS = """
    CASE
        WHEN NOT livemode THEN 'test' WHEN stated_status = 'failed' THEN 'void'
        WHEN stated_status = 'pending' OR NOT captured THEN 'pending' WHEN NOT paid THEN 'void' ELSE 'counted'
    END
"""
_KIND = f"""
    CASE
        WHEN reason IN ('subscription_cycle', 'subscription_update', 'subscription_threshold') THEN 'renewal'
        WHEN reason IS NULL AND {_RENEWING} THEN 'renewal'
        ELSE 'purchase'
    END
"""
_CHARGES = f"""
    SELECT
        line, charge_id, {_KIND} AS kind, {_CHARGE_STATUS} AS status, occurred_at, {minor("amount")} AS gross_micros,
        {minor("refunded")} AS refunded_micros, CAST(NULL AS BIGINT) AS fees_micros, currency, email_key, crm_key,
        COALESCE(intent_id, charge_id) AS payment_id, {metadata_columns("metadata")}
    FROM accepted LEFT JOIN (SELECT invoice_id, ANY_VALUE(reason) AS reason FROM invoices GROUP BY 1) USING (invoice_id)
"""  # noqa: S608
_REFUND_STATUS = (
    "CASE stated_status WHEN 'succeeded' THEN 'counted' WHEN 'failed' THEN 'void' WHEN 'canceled' THEN 'void' "
    "ELSE 'pending' END"
)
# Where Stripe only asks (`warning`) or the merchant gave the money back, the dispute itself takes nothing.
_DISPUTE_STATUS = """
    CASE
        WHEN NOT livemode THEN 'test'
        WHEN stated_status IN ('won', 'charge_refunded', 'prevented') OR stated_status LIKE 'warning%' THEN 'void'
        ELSE 'counted'
    END
"""
_DISPUTES = f"""
    SELECT
        line, 'stripe:' || charge_id || ':chargeback:' || dispute_id AS outcome_id, 'stripe' AS system,
        FALSE AS tracker, 'chargeback' AS kind, '' AS stage, {_DISPUTE_STATUS} AS status, occurred_at,
        'stripe:' || charge_id AS parent_outcome_id, -{minor("amount")} AS gross_micros, currency
    FROM accepted
"""  # noqa: S608
_IDENTITIES = """
    SELECT
        line, 'stripe:customer:' || left(md5(hex(crm_key) || '.' || hex(COALESCE(email_key, ''::BLOB)) || '.'
        || hex(COALESCE(phone_key, ''::BLOB))), 20) AS event_id,
        'stripe' AS source, 'identify' AS type, occurred_at, getvariable('now') AS received_at, crm_key, email_key,
        phone_key, 'file' AS trust
    FROM accepted WHERE crm_key IS NOT NULL AND COALESCE(email_key, phone_key) IS NOT NULL
        AND NOT COALESCE(deleted, FALSE)
"""
_TABLES = (
    Layout(
        "charge",
        (
            Cell("charge_id", Kind.ID, ("id",), required=True, filled=True),
            _CREATED,
            _AMOUNT,
            Cell("refunded", Kind.MICROS, ("amount_refunded",), required=True),
            CURRENCY,
            Cell(
                "stated_status",
                Kind.TEXT,
                ("status",),
                required=True,
                filled=True,
                choices=("succeeded", "pending", "failed"),
            ),
            Cell("paid", Kind.FLAG, ("paid",), required=True),
            Cell("captured", Kind.FLAG, ("captured",), required=True),
            LIVE,
            Cell("description", Kind.TEXT, ("description",)),
            Cell("intent_id", Kind.ID, ("payment_intent_id", "payment_intent")),
            Cell("invoice_id", Kind.ID, ("invoice_id", "invoice")),
            Cell("email_key", Kind.KEY, ("receipt_email",), identity="email"),
            customer_cell("customer_id", "customer"),
            _METADATA,
        ),
        checks=(within_range("amount", "refunded"),),
        steps=charge_steps(_CHARGES),
        outputs={"outcomes": charge_outcomes()},
        totals=(
            Total("payments", f"CASE WHEN {_CHARGE_STATUS} = 'counted' THEN 1 END"),
            Total("gross", f"CASE WHEN {_CHARGE_STATUS} = 'counted' THEN {minor('amount')} END", money=True),
            Total("refunded", f"CASE WHEN {_CHARGE_STATUS} = 'counted' THEN {minor('refunded')} END", money=True),
        ),
        number=".",
        suppressed="strip",
        turn=1,
        leans=("invoices", "earlier"),
    ),
    Layout(
        "refund",
        (
            Cell("refund_id", Kind.ID, ("id",), required=True, filled=True),
            Cell("charge_id", Kind.ID, ("charge_id", "charge"), required=True, filled=True),
            _CREATED,
            _AMOUNT,
            CURRENCY,
            Cell("stated_status", Kind.TEXT, ("status",), required=True),
        ),
        marks=("receipt_number", "failure_reason"),
        checks=(within_range("amount"),),
        steps={
            "refunds": f"""
                SELECT line, refund_id, charge_id, occurred_at, {minor("amount")} AS gross_micros, currency,
                {_REFUND_STATUS} AS status
                FROM accepted QUALIFY ROW_NUMBER() OVER (PARTITION BY refund_id ORDER BY line DESC) = 1
            """,  # noqa: S608
        },
        outputs={"outcomes": refunds_told("stripe", "charge_id")},
        totals=(
            Total("refunds", f"CASE WHEN {_REFUND_STATUS} = 'counted' THEN 1 END"),
            Total("refunded", f"CASE WHEN {_REFUND_STATUS} = 'counted' THEN {minor('amount')} END", money=True),
        ),
        number=".",
        leans=("earlier",),
        lends={"refunded_charges": "SELECT refund_id, charge_id FROM refunds"},
    ),
    Layout(
        "dispute",
        (
            Cell("dispute_id", Kind.ID, ("id",), required=True, filled=True),
            Cell("charge_id", Kind.ID, ("charge_id", "charge"), required=True, filled=True),
            _CREATED,
            _AMOUNT,
            CURRENCY,
            Cell("stated_status", Kind.TEXT, ("status",), required=True, filled=True),
            LIVE,
        ),
        marks=("reason", "is_charge_refundable"),
        checks=(within_range("amount"),),
        outputs={"outcomes": _DISPUTES},
        totals=(
            Total("disputes", f"CASE WHEN {_DISPUTE_STATUS} = 'counted' THEN 1 END"),
            Total("disputed", f"CASE WHEN {_DISPUTE_STATUS} = 'counted' THEN {minor('amount')} END", money=True),
        ),
        number=".",
    ),
    Layout(
        "customer",
        (
            Cell("customer_id", Kind.ID, ("id",), required=True, filled=True),
            customer_cell("id"),
            Cell("email_key", Kind.KEY, ("email",), required=True, identity="email"),
            Cell("phone_key", Kind.KEY, ("phone",), identity="phone"),
            _CREATED,
            Cell("deleted", Kind.FLAG, ("is_deleted",)),
        ),
        marks=("delinquent",),
        outputs={"events": _IDENTITIES},
        totals=(Total("customers", "1"),),
        suppressed="strip",
    ),
    Layout(
        "invoice",
        (
            Cell("invoice_id", Kind.ID, ("id",), required=True, filled=True),
            Cell("reason", Kind.TEXT, ("billing_reason",), required=True),
        ),
        marks=("attempt_count", "subscription_id"),
        lends={"invoices": "SELECT invoice_id, reason FROM accepted WHERE reason IS NOT NULL"},
    ),
)


_ID = Cell("id", Kind.ID, ("id",), required=True)
# What stands here stands in another table too, or is no part of a sale.
_UNUSED = (
    Layout("payment_intent", (_ID,), marks=("amount_capturable", "confirmation_method")),
    Layout("payout", (_ID,), marks=("arrival_date", "automatic", "method")),
    Layout(
        "payout_balance_transaction",
        (Cell("payout_id", Kind.ID, ("payout_id",), required=True),),
        marks=("balance_transaction_id",),
        without=("amount",),
    ),
    Layout("fee", (_AMOUNT,), marks=("balance_transaction_id", "index", "application")),
    Layout("credit_note", (_ID,), marks=("discount_amount", "memo", "refund_id")),
    Layout("invoice_line_item", (_ID,), marks=("invoice_id", "unique_id", "proration")),
    Layout("product", (_ID,), marks=("shippable", "unit_label", "caption", "statement_descriptor")),
    Layout("account", (_ID,), marks=("business_profile_name", "business_type")),
    Layout("payouts_export", (_ID,), marks=("Arrival Date (UTC)", "Created (UTC)")),
)

SOURCE = Source(
    name="stripe",
    title="Stripe",
    platform="",
    layouts=(*_EXPORTS, *_TABLES, *SUBSCRIPTIONS, *BALANCES, *_UNUSED),
    relations={
        "invoices": Relation("invoice_id VARCHAR, reason VARCHAR"),
        "refunded_charges": Relation("refund_id VARCHAR, charge_id VARCHAR"),
        **SUBSCRIPTION_RELATIONS,
    },
    notes="Export payments with all columns: Customer Email, PaymentIntent ID and metadata are not default ones.",
)
