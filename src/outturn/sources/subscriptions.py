"""Stripe's subscriptions as rows of the ledger: trial, start, what it grew or shrank by, and its end.

Their amounts are monthly recurring revenue, signed, so that the sum of a subscription's rows is what it brings a month
now: its items at their prices, by the month. Without prices beside it, or with tiers or metered use, the amount is not
known. Where an earlier import knows the subscription, its start stays as it was and a new amount is a change.
"""

from __future__ import annotations

from outturn.sources.minor_units import within_range
from outturn.sources.source import Cell, Kind, Layout, Relation, Total
from outturn.sources.stripe_cells import CURRENCY, LIVE, customer_cell, minor

_PER_MONTH = {"month": (1, 1), "year": (1, 12), "week": (52, 12), "day": (365, 12)}
_NEVER = "('incomplete', 'incomplete_expired', 'trialing')"


def price_rows(unit_micros: str) -> str:
    """A SELECT over `accepted` of what a table of prices or plans lends.

    Args:
        unit_micros: SQL for the price of one, per interval.
    """
    gained = " ".join(f"WHEN '{word}' THEN {months[0]}" for word, months in _PER_MONTH.items())
    spread = " ".join(f"WHEN '{word}' THEN {months[1]}" for word, months in _PER_MONTH.items())
    return f"""
        SELECT DISTINCT ON (price_id)
            price_id, currency,
            CASE WHEN COALESCE(scheme, 'per_unit') = 'per_unit' AND COALESCE(usage, 'licensed') = 'licensed'
                THEN {unit_micros} END AS unit_micros,
            CASE LOWER(every) {gained} END AS gained,
            CASE LOWER(every) {spread} END * COALESCE(NULLIF(every_count, 0), 1) AS spread
        FROM accepted ORDER BY price_id, line
    """  # noqa: S608


def _monthly(quantity: str) -> str:
    """SQL for what a quantity brings a month, rounded to the micro."""
    whole = f"2 * CAST({quantity} AS HUGEINT) * unit_micros * gained"
    return f"TRY_CAST(({whole} + spread) // (2 * spread) AS BIGINT)"


SUBSCRIPTION_STEPS = {
    # Of a subscription with one item its own quantity counts: the item's is only the latest.
    "versions": f"""
        WITH given AS (
            SELECT * FROM accepted
            QUALIFY ROW_NUMBER() OVER (PARTITION BY subscription_id, version_at ORDER BY line DESC) = 1
        ), priced AS (
            SELECT items.subscription_id, items.quantity AS item_quantity, prices.*
            FROM items LEFT JOIN prices USING (price_id)
        ), valued AS (
            SELECT
                line, COUNT(*) AS parts, ANY_VALUE(priced.currency) AS currency,
                CASE WHEN COUNT(*) = COUNT({_monthly("item_quantity")})
                    THEN TRY_CAST(SUM({_monthly("item_quantity")}) AS BIGINT) END AS listed,
                ANY_VALUE({_monthly("COALESCE(given.quantity, item_quantity)")}) AS alone
            FROM given JOIN priced USING (subscription_id) GROUP BY line
        )
        SELECT given.*, currency, CASE WHEN parts = 1 THEN alone ELSE listed END AS monthly_micros
        FROM given LEFT JOIN valued USING (line)
    """,  # noqa: S608
    "known": """
        SELECT
            deal_id AS subscription_id, TRY_CAST(SUM(gross_micros) FILTER (kind <> 'churn') AS BIGINT) AS known_micros,
            ANY_VALUE(gross_micros) FILTER (kind = 'subscription_start') AS start_micros,
            MAX(occurred_at) FILTER (kind IN ('expansion', 'contraction')) AS changed_at
        FROM earlier WHERE deal_id IS NOT NULL GROUP BY deal_id
    """,
    "changes": """
        SELECT
            line, subscription_id, version_at, currency,
            monthly_micros - COALESCE(
                LAG(monthly_micros) OVER (PARTITION BY subscription_id ORDER BY version_at), known_micros,
                monthly_micros
            ) AS change_micros
        FROM versions LEFT JOIN known USING (subscription_id)
        WHERE monthly_micros IS NOT NULL AND (changed_at IS NULL OR version_at > changed_at)
    """,
    "subscribed": f"""
        WITH latest AS (
            SELECT * EXCLUDE (monthly_micros) FROM versions
            QUALIFY ROW_NUMBER() OVER (PARTITION BY subscription_id ORDER BY version_at DESC, line DESC) = 1
        ), valued AS (
            SELECT
                subscription_id, arg_min(monthly_micros, version_at) AS first_micros,
                arg_max(monthly_micros, version_at) AS last_micros
            FROM versions GROUP BY subscription_id
        ), dated AS (
            SELECT
                latest.*, COALESCE(start_micros, first_micros) AS start_micros, last_micros,
                COALESCE(trial_end, start_date, created_at) AS begun_at
            FROM latest LEFT JOIN valued USING (subscription_id) LEFT JOIN known USING (subscription_id)
        )
        SELECT
            * REPLACE (CASE WHEN ended_at <= getvariable('now') THEN ended_at END AS ended_at),
            COALESCE(subscription_status, '') NOT IN {_NEVER} AND begun_at <= getvariable('now')
            AND COALESCE(ended_at > begun_at, TRUE) AS started,
            CASE WHEN livemode = FALSE THEN 'test' ELSE 'counted' END AS status
        FROM dated
    """,  # noqa: S608
}


def subscription_outcomes() -> str:
    """A SELECT of `outcomes` after `SUBSCRIPTION_STEPS`."""
    same = """
        'stripe' AS system, FALSE AS tracker, '' AS stage, status, subscribed.subscription_id AS deal_id, crm_key
    """
    native = "'stripe:' || subscribed.subscription_id"
    return f"""
        SELECT
            line, {native} || ':trial' AS outcome_id, 'trial' AS kind, trial_start AS occurred_at, {same}
        FROM subscribed WHERE trial_start <= getvariable('now')
        UNION ALL BY NAME
        SELECT
            line, {native} || ':start' AS outcome_id, 'subscription_start' AS kind, begun_at AS occurred_at,
            start_micros AS gross_micros, CASE WHEN start_micros IS NOT NULL THEN currency END AS currency, {same}
        FROM subscribed WHERE started
        UNION ALL BY NAME
        SELECT
            changes.line, {native} || ':change:' || CAST(epoch_us(changes.version_at) AS VARCHAR) AS outcome_id,
            CASE WHEN change_micros > 0 THEN 'expansion' ELSE 'contraction' END AS kind,
            changes.version_at AS occurred_at,
            change_micros AS gross_micros, changes.currency, {same}
        FROM changes JOIN subscribed USING (subscription_id)
        WHERE change_micros <> 0 AND started AND changes.version_at <= getvariable('now')
        UNION ALL BY NAME
        SELECT
            line, {native} || ':churn' AS outcome_id, 'churn' AS kind, ended_at AS occurred_at,
            -last_micros AS gross_micros, CASE WHEN last_micros IS NOT NULL THEN currency END AS currency, {same}
        FROM subscribed WHERE started AND ended_at IS NOT NULL
    """  # noqa: S608


def _price(name: str, amount: str, every: str, every_count: str, scheme_mark: str) -> Layout:
    return Layout(
        name,
        (
            Cell("price_id", Kind.ID, ("id",), required=True, filled=True),
            Cell("amount", Kind.MICROS, (amount,), required=True),
            CURRENCY,
            Cell("every", Kind.TEXT, (every,), required=True),
            Cell("every_count", Kind.COUNT, (every_count,)),
            Cell("scheme", Kind.TEXT, ("billing_scheme",), required=True),
            Cell("usage", Kind.TEXT, ("usage_type", "recurring_usage_type")),
        ),
        marks=(scheme_mark,),
        checks=(within_range("amount"),),
        number=".",
        lends={"prices": price_rows(minor("amount"))},
    )


def _subscription(name: str, marks: tuple[str, ...] = (), without: tuple[str, ...] = ()) -> Layout:
    return Layout(
        name,
        (
            Cell("subscription_id", Kind.ID, ("id",), required=True, filled=True),
            Cell("subscription_status", Kind.TEXT, ("status",), required=True),
            Cell("created_at", Kind.AT, ("created",), required=True, filled=True),
            Cell("start_date", Kind.AT, ("start_date",), future=True),
            Cell("trial_start", Kind.AT, ("trial_start",), required=True, future=True),
            Cell("trial_end", Kind.AT, ("trial_end",), required=True, future=True),
            Cell("ended_at", Kind.AT, ("ended_at",), required=True, future=True),
            Cell("version_at", Kind.VERSION, ("_fivetran_start", "_fivetran_synced"), required=True, filled=True),
            Cell("quantity", Kind.COUNT, ("quantity",)),
            customer_cell("customer_id", "customer"),
            LIVE,
        ),
        marks=marks,
        without=without,
        steps=SUBSCRIPTION_STEPS,
        outputs={"outcomes": subscription_outcomes()},
        totals=(Total("subscriptions", "1"),),
        suppressed="strip",
        turn=2,
        leans=("prices", "items", "earlier"),
        misses=("prices", "items"),
    )


SUBSCRIPTIONS = (
    _price("price", "unit_amount", "recurring_interval", "recurring_interval_count", "lookup_key"),
    _price("plan", "amount", "interval", "interval_count", "trial_period_days"),
    Layout(
        "subscription_item",
        (
            Cell("subscription_id", Kind.ID, ("subscription_id",), required=True, filled=True),
            Cell("price_id", Kind.ID, ("plan_id", "price_id"), required=True, filled=True),
            Cell("quantity", Kind.COUNT, ("quantity",), required=True),
            Cell("item_id", Kind.ID, ("id",), required=True, filled=True),
        ),
        marks=("current_period_start",),
        without=("customer_id", "amount"),
        lends={
            "items": """
                SELECT subscription_id, price_id, COALESCE(quantity, 1) AS quantity FROM accepted
                QUALIFY ROW_NUMBER() OVER (PARTITION BY item_id ORDER BY line DESC) = 1
            """
        },
    ),
    _subscription("subscription", without=("_fivetran_active",)),
    _subscription("subscription_history", marks=("_fivetran_active",)),
)
SUBSCRIPTION_RELATIONS = {
    "prices": Relation(
        "price_id VARCHAR, currency VARCHAR, unit_micros BIGINT, gained BIGINT, spread BIGINT",
        "without the table of prices or plans beside it, what a subscription is worth a month is not known",
    ),
    "items": Relation(
        "subscription_id VARCHAR, price_id VARCHAR, quantity BIGINT",
        "without the table of subscription items beside it, what a subscription is worth a month is not known",
    ),
}
