"""What an import changes of what was known before it: days of spend and claims, and orders, by how much.

Worked out from the facts whenever somebody asks, so that taking an import back takes its restatements back too, and
what it had replaced is compared with what comes after it.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from outturn.domain.money import decimal_text
from outturn.sources.restated_lines import lines
from outturn.store.duckdb_engine import DuckDBEngine
from outturn.store.restatements import name_changes

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from outturn.store.facts import Facts

Row = dict[str, Any]

RESTATED = ("restatements", "restated", "restated_claims", "restated_outcomes")
"""What is told of each import: in short, and day by day."""

SPEND = """
SELECT import_id, restates, platform, account_id, CAST(first_day AS VARCHAR), CAST(last_day AS VARCHAR), level,
    currency, campaigns, spend_was, spend_now, impressions_was, impressions_now, clicks_was, clicks_now
FROM spend_changes ORDER BY import_id, first_day, last_day, platform, account_id, level, currency
"""
_CLAIMS = """
SELECT import_id, restates, platform, account_id, CAST(first_day AS VARCHAR), CAST(last_day AS VARCHAR), level,
    conversion_action, click_or_view, attribution_window, date_basis, currency,
    conversions_was, conversions_now, value_was, value_now
FROM claim_changes
ORDER BY import_id, first_day, last_day, platform, account_id, level, conversion_action, click_or_view,
    attribution_window, date_basis, currency
"""
_OUTCOMES = """
SELECT import_id, restates, system, CAST(date_day AS VARCHAR), currency, outcomes, was_micros, now_micros
FROM outcome_changes ORDER BY import_id, restates, system, date_day, currency
"""


def restatements(facts: Facts, *, zone: str, as_of: datetime | None = None) -> dict[str, Row]:
    """By import what it restated: `restated` (days of spend), `restated_claims`, `restated_outcomes`, `restatements`.

    Args:
        facts: Of the workspace; imports that were taken back have restated nothing.
        zone: The business's, of the days of outcomes.
        as_of: Only imports from before this instant exist.
    """
    found: dict[str, Row] = defaultdict(lambda: {"restated": [], "restated_claims": [], "restated_outcomes": []})
    engine = DuckDBEngine()
    try:
        facts.expose(engine, as_of=as_of, only=("ad_spend", "claims", "outcomes"))
        for table in ("ad_spend", "claims", "outcomes"):
            name_changes(engine, table, zone=zone)
        for import_id, *row in engine.rows(SPEND):
            found[import_id]["restated"].append(spend_change(row))
        for import_id, *row in engine.rows(_CLAIMS):
            found[import_id]["restated_claims"].append(_claim_change(row))
        for import_id, *row in engine.rows(_OUTCOMES):
            found[import_id]["restated_outcomes"].append(_outcome_change(row))
    finally:
        engine.close()
    return {import_id: {**told, "restatements": lines(told)} for import_id, told in found.items()}


def spend_change(row: Iterable[Any]) -> Row:
    """A row of `SPEND` but for its first column, as `--json` has it: money in the billed currency, as text."""
    restates, platform, account_id, first, last, level, currency, campaigns, *figures = row
    spend, impressions, clicks = zip(figures[::2], figures[1::2], strict=True)
    return {
        "day": first, "last_day": last, "platform": platform, "account_id": account_id, "level": level,
        "currency": currency, "campaigns": campaigns,
        "was": _money(spend[0], currency), "now": _money(spend[1], currency),
        "change": _money(_change(*spend), currency),
        "impressions_was": impressions[0], "impressions_now": impressions[1],
        "impressions_change": _change(*impressions),
        "clicks_was": clicks[0], "clicks_now": clicks[1], "clicks_change": _change(*clicks),
        "import_id": restates,
    }  # fmt: skip


def _claim_change(row: Iterable[Any]) -> Row:
    restates, platform, account_id, first, last, level, action, kind, window, basis, currency, *figures = row
    was, now, value_was, value_now = figures
    return {
        "day": first, "last_day": last, "platform": platform, "account_id": account_id, "level": level,
        "conversion_action": action, "click_or_view": kind, "attribution_window": window, "date_basis": basis,
        "claimed_conversions_was": was, "claimed_conversions_now": now,
        "claimed_conversions_change": round(now - was, 9),
        "currency": currency or None,
        "claimed_value_was": _money(value_was, currency), "claimed_value_now": _money(value_now, currency),
        "claimed_value_change": _money(value_now - value_was, currency),
        "import_id": restates,
    }  # fmt: skip


def _outcome_change(row: Iterable[Any]) -> Row:
    restates, system, day, currency, outcomes, was, now = row
    return {
        "day": day, "system": system, "currency": currency or None, "outcomes": outcomes,
        "was": _money(was, currency), "now": _money(now, currency), "change": _money(now - was, currency),
        "import_id": restates,
    }  # fmt: skip


def _change(was: int | None, now: int | None) -> int | None:
    """None where neither is known: a file that says nothing changes nothing."""
    return None if was is None and now is None else (now or 0) - (was or 0)


def _money(micros: int | None, currency: str) -> str | None:
    return None if micros is None or not currency else decimal_text(micros, currency)
