"""Why an outcome has no journey, or is no conversion at all, in words for whoever asks."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from outturn.attribution.explained import entries_of
from outturn.domain.goals import RESTATING_KINDS
from outturn.domain.time import MICROS_PER_DAY, business_day
from outturn.pipeline.origins import ledger_rows
from outturn.store.sql import load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outturn.attribution.explained import Entry, Step, Trail
    from outturn.domain.goals import Goal
    from outturn.pipeline.origins import Row
    from outturn.pipeline.read import Reading


def why_untouched(sale: Entry, trail: Trail, rows: Sequence[Row], lookback_days: int) -> str:
    """Why no touch earns credit for a conversion.

    Args:
        sale: The conversion.
        trail: Its touches, none of them in the lookback.
        rows: Of the ledger, the conversion's.
        lookback_days: The goal's.
    """
    if "orphan_refund" in sale.flags:
        return f"It takes back {sale.parent_outcome_id or 'a sale that it does not name'}, which no import holds."
    named = list(dict.fromkeys(name for row in rows for name in row["identifiers"]))
    if sale.company_id < 0 and sale.person_id < 0:
        return _nobody(rows, named)
    who = "The company is known, but nobody of its people" if sale.company_id >= 0 else "The person is known"
    by = f" (by {' and '.join(named)})" if named and sale.company_id < 0 else ""
    if not trail.before and not trail.after:
        what = "has a touch" if sale.company_id >= 0 else "but no import holds a touch of theirs"
        return f"{who}{by}{' ' if sale.company_id >= 0 else ', '}{what}."
    return f"Nobody touched anything in the {lookback_days} days before: {_outside(sale, trail)}."


def _outside(sale: Entry, trail: Trail) -> str:
    found = []
    if trail.before:
        age = _days(sale.converted_at - trail.before[-1].at)
        found.append(f"{_touches(trail.before)} earlier, the last one {age} before it")
    if trail.after:
        found.append(f"{_touches(trail.after)} only after it")
    return " and ".join(found)


def _touches(steps: Sequence[Step]) -> str:
    return f"{len(steps)} touch{'es' if len(steps) > 1 else ''} {'lie' if len(steps) > 1 else 'lies'}"


def _days(micros: int) -> str:
    return f"{micros / MICROS_PER_DAY:.1f} days"


def _nobody(rows: Sequence[Row], named: Sequence[str]) -> str:
    if named:
        return f"Its row names a person by {' and '.join(named)}, whom the build does not know: run `outturn build`."
    missing = "no user id, CRM id, e-mail, phone or browser id"
    if any(row["names_click"] for row in rows):
        return f"Nobody is known: its row has {missing}, and its click id was seen with nobody, or with several people."
    return f"Nobody is known: its row has {missing}, and no click id."


def why_uncounted(reading: Reading, rows: Sequence[Row], goals: Sequence[Goal], counting: Sequence[str]) -> str:
    """Why none of these goals counts an outcome.

    Args:
        reading: Knows every row, as `origins.name_rows` names them.
        rows: The outcome's, at least one.
        goals: Those that do not count it.
        counting: Ids of other goals, which do.
    """
    if rows[0]["kind"] in RESTATING_KINDS:
        return _unrestating(reading, rows[0], goals)
    told = [f"Goal {goal.id!r} does not count it: {_reason(reading, rows, goal)}." for goal in goals]
    return " ".join([*told, *([f"It counts for {', '.join(counting)}."] if counting else [])])


def _unrestating(reading: Reading, refund: Row, goals: Sequence[Goal]) -> str:
    sale = refund["parent_outcome_id"]
    if refund["status"] != "counted":
        return f"It is a {refund['kind']} with the status {refund['status']}: only counted ones take anything back."
    rows = ledger_rows(reading, [sale]) if sale else []
    if not rows:
        return f"It takes back {sale or 'a sale that it does not name'}, which no import holds, and is no goal's."
    return f"It takes back {sale}. {why_uncounted(reading, rows, goals, ())}"


def _reason(reading: Reading, rows: Sequence[Row], goal: Goal) -> str:
    """The first thing that stands against it, as the end of a sentence."""
    left = [row for row in rows if row["kind"] in goal.kinds]
    if not left:
        return f"it is of kind {_all(rows, 'kind')}, and {_wants(goal.kinds)}"
    if not any(row["status"] in goal.statuses for row in left):
        return f"its status is {_all(left, 'status')}, and {_wants(goal.statuses)}"
    left = [row for row in left if row["status"] in goal.statuses and row["at"] is not None]
    if not left:
        return "it has no date"
    stages = {stage.strip().lower() for stage in goal.stages}
    entered = [row for row in left if not stages or row["stage"].strip().lower() in stages]
    if not entered:
        return f"it entered {_all(left, 'stage')}, and {_wants(goal.stages)}"
    undone = _undone(reading) if any(row["deal_id"] for row in entered) else set()
    standing = [row for row in entered if (row["outcome_id"], row["stage"]) not in undone]
    if not standing:
        return "its deal was opened again, or closed the other way, after it"
    return _not_recorded(reading, standing[0], goal) or _counted_before(reading, standing[0], goal)


def _wants(names: Sequence[str]) -> str:
    return f"the goal counts {' or '.join(names)}"


def _all(rows: Sequence[Row], name: str) -> str:
    return " and ".join(dict.fromkeys(row[name] for row in rows if row[name])) or f"no {name}"


def _undone(reading: Reading) -> set[tuple[str, str]]:
    from outturn import journeys  # noqa: PLC0415 - it loads what a build needs, for one statement

    reading.name_facts(("outcomes",))
    return set(reading.engine.rows(load(journeys.__name__, "undone")))


def _not_recorded(reading: Reading, row: Row, goal: Goal) -> str:
    """What the build has found against it; empty: nothing."""
    systems = reading.build.figures["found"]["conversions"]["systems"].get(goal.id, [])
    if row["system"] not in systems:
        record = f"the goal's system of record is {' and '.join(systems)}" if systems else "no system is of record"
        return f"it comes from {row['system']}, and {record}: one sale counts once"
    settings = reading.workspace.settings
    day = business_day(datetime.fromisoformat(row["at"]), settings.time_zone)
    if row["currency"] not in {None, settings.currency} and (row["currency"], day) in reading.unconverted:
        return f"it waits for an exchange rate of {row['currency']} for {day}: import the ECB's reference rates"
    return ""


def _counted_before(reading: Reading, row: Row, goal: Goal) -> str:
    if row["deal_id"]:
        deal = ledger_rows(reading, [], [f"{row['system']}:{row['deal_id']}"])
        for other in dict.fromkeys(one["outcome_id"] for one in deal):
            if any(entry.goal == goal.id for entry in entries_of(reading.engine, other)):
                return f"its deal counts once, by {other}"
    if goal.count == "one":
        return f"the goal counts only the first of each {goal.per}"
    return "it came after the current build, or the goal was changed since: run `outturn build`"
