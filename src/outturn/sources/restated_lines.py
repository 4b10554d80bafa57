"""One import's restatements in short: the net change for each import, account and level that it restated."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Row = dict[str, Any]

_SCOPE = ("import_id", "platform", "account_id", "level")
_KIND = ("conversion_action", "click_or_view", "attribution_window", "date_basis")
_COUNTED = ("impressions_change", "clicks_change")


def lines(told: Mapping[str, list[Row]]) -> list[Row]:
    """What `restatements` of one import are.

    Args:
        told: Its `restated`, `restated_claims` and `restated_outcomes`, day by day.

    Returns:
        Of spend and claims: `import_id` (restated), `platform`, `account_id`, `level`; of outcomes: `import_id`,
        `system`. Then how many `days`, `first_day`, `last_day`, the `change` of money by currency, and of counts;
        None where nothing is said. Claims are added up only where the platform does not tell kinds of them apart,
        since those overlap.
    """
    found: dict[tuple[str, ...], Row] = {}
    days: dict[tuple[str, ...], set[tuple[str, str]]] = {}
    for day in (*told["restated"], *told["restated_claims"]):
        key = tuple(day[name] for name in _SCOPE)
        line = found.setdefault(key, _empty({name: day[name] for name in _SCOPE}))
        days.setdefault(key, set()).add((day["day"], day["last_day"]))
        if "change" in day:
            _add_money(line["change"], day)
        for name in _COUNTED:
            line[name] = _sum(line[name], day.get(name))
    for key, line in found.items():
        line["claimed_conversions_change"] = _claimed(
            [one for one in told["restated_claims"] if tuple(one[name] for name in _SCOPE) == key]
        )
    for day in told["restated_outcomes"]:
        key = (day["import_id"], day["system"])
        line = found.setdefault(key, _empty({"import_id": day["import_id"], "system": day["system"]}))
        line["outcomes"] = (line["outcomes"] or 0) + day["outcomes"]
        days.setdefault(key, set())
        if day["day"]:
            days[key].add((day["day"], day["day"]))
        _add_money(line["change"], day)
    return [_finished(line, days[key]) for key, line in found.items()]


def _empty(scope: Row) -> Row:
    counts = dict.fromkeys((*_COUNTED, "claimed_conversions_change", "outcomes"))
    return {**scope, "days": 0, "first_day": None, "last_day": None, "change": {}, **counts}


def _finished(line: Row, days: set[tuple[str, str]]) -> Row:
    first, last = (min(day for day, _ in days), max(day for _, day in days)) if days else (None, None)
    change = {currency: f"{amount:f}" for currency, amount in sorted(line["change"].items())}
    return {**line, "days": len(days), "first_day": first, "last_day": last, "change": change}


def _add_money(change: dict[str, Decimal], day: Row) -> None:
    if day["change"] is not None:
        change[day["currency"]] = change.get(day["currency"], Decimal()) + Decimal(day["change"])


def _claimed(days: Iterable[Row]) -> float | None:
    kinds: dict[tuple[str, ...], float] = {}
    for day in days:
        kind = tuple(day[name] for name in _KIND)
        kinds[kind] = round(kinds.get(kind, 0.0) + day["claimed_conversions_change"], 9)
    return next(iter(kinds.values())) if len(kinds) == 1 else None


def _sum(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else one + other
