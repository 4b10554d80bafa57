"""What imports restated, as `outturn imports` prints it: in short, or day by day."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from outturn.cli.output import print_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Row = dict[str, Any]

_FIGURES = ("impressions", "clicks")


def days_restated(one: Row) -> int:
    """On how many days an import changed figures that were known."""
    days = {(day["day"], day.get("last_day")) for name in ("restated", "restated_claims") for day in one[name]}
    return len({first for first, _ in days} | {day["day"] for day in one["restated_outcomes"] if day["day"]})


def print_restatements(imports: Sequence[Row], *, day_by_day: bool) -> None:
    """Print what imports changed of what was known before; nothing where nothing was.

    Args:
        imports: As `outturn imports --json` has them.
        day_by_day: Print each day with its figures before and after, too.
    """
    lines = [[one["import_id"], *_line(line)] for one in imports for line in one["restatements"]]
    _print(
        "Restated: net change of the days whose figures changed",
        ["import", "restates", "of", "level", "days", "from", "to", "change", *_FIGURES, "claimed", "outcomes"],
        lines,
    )
    if not day_by_day:
        return
    columns = [f"{figure} {when}" for figure in ("spend", *_FIGURES) for when in ("was", "is")]
    _print(
        "Restated days",
        ["import", "restates", "day", "of", "level", "campaigns", "currency", *columns],
        [[one["import_id"], *_spend(day)] for one in imports for day in one["restated"]],
    )
    _print(
        "Restated claims",
        [
            "import",
            "restates",
            "day",
            "of",
            "level",
            "action",
            "kind",
            "window",
            "claimed was",
            "is",
            "value was",
            "is",
        ],
        [[one["import_id"], *_claim(day)] for one in imports for day in one["restated_claims"]],
    )
    _print(
        "Restated outcomes",
        ["import", "restates", "day", "system", "outcomes", "currency", "was", "is"],
        [[one["import_id"], *_outcome(day)] for one in imports for day in one["restated_outcomes"]],
    )


def mixed(mixes: Mapping[str, Sequence[str]]) -> list[str]:
    """What one file holds that is not alike; its totals are by currency."""
    told = []
    if mixes["time_zones"]:
        told.append(f"holds days of several time zones: {', '.join(mixes['time_zones'])}")
    if mixes["currencies"]:
        told.append(f"holds amounts of several currencies, totalled apart: {', '.join(mixes['currencies'])}")
    return told


def _print(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table without the columns that say nothing."""
    kept = [at for at in range(len(columns)) if any(row[at] is not None for row in rows)]
    if rows:
        print_table(title, [columns[at] for at in kept], [[row[at] for at in kept] for row in rows])


def _line(line: Row) -> list[object]:
    change = ", ".join(f"{Decimal(amount):+,f} {currency}" for currency, amount in line["change"].items())
    return [
        line["import_id"], line.get("system") or _account(line), line.get("level"), line["days"], line["first_day"],
        line["last_day"], change or None, *(line[f"{name}_change"] for name in _FIGURES),
        line["claimed_conversions_change"], line["outcomes"],
    ]  # fmt: skip


def _spend(day: Row) -> list[object]:
    counts = [day[f"{name}_{when}"] for name in _FIGURES for when in ("was", "now")]
    return [
        day["import_id"], _days(day), _account(day), day["level"], day["campaigns"], day["currency"],
        _money(day["was"]), _money(day["now"]), *counts,
    ]  # fmt: skip


def _claim(day: Row) -> list[object]:
    return [
        day["import_id"], _days(day), _account(day), day["level"], day["conversion_action"], day["click_or_view"],
        day["attribution_window"], day["claimed_conversions_was"], day["claimed_conversions_now"],
        _money(day["claimed_value_was"]), _money(day["claimed_value_now"]),
    ]  # fmt: skip


def _outcome(day: Row) -> list[object]:
    return [
        day["import_id"], day["day"], day["system"], day["outcomes"], day["currency"], _money(day["was"]),
        _money(day["now"]),
    ]  # fmt: skip


def _account(row: Row) -> str:
    return f"{row['platform']} {row['account_id']}"


def _days(day: Row) -> str:
    return str(day["day"] if day["day"] == day["last_day"] else f"{day['day']} to {day['last_day']}")


def _money(amount: str | None) -> Decimal | None:
    return None if amount is None else Decimal(amount)
