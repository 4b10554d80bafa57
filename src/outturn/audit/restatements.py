"""Restatements: an import rewrote days of an earlier one by far more than such days usually change."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean, median
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from outturn.audit.check import Check
from outturn.audit.needs import statement_of
from outturn.store.restatements import name_changes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from outturn.store.engine import Engine

SETTLED_DAYS = {"spend": 3, "claims": 35}
"""Days after which platforms' figures of a day hardly change any more: spend once clicks are checked, claims once the
longest usual window is over. What is told sooner is expected to change, and says nothing."""
USUAL_AT_LEAST = 0.1
"""A smaller part of a day's figure is never unusual."""
TIMES_USUAL = 3.0
FEWEST_DAYS = 7


@dataclass(frozen=True, slots=True)
class Restated:
    """One figure of one day that an import changed.

    Attributes:
        subject: spend or claims.
        kind: Of the figure: the level, of claims the action and window too.
        told_on: The day of the import that had told it before.
        was: In micros, or conversions; `now` alike.
    """

    subject: str
    platform: str
    account_id: str
    kind: str
    date_day: date
    import_id: str
    told_on: date
    was: float
    now: float

    @property
    def change(self) -> float:
        """The part of the larger figure that came or went, in [0, 1]."""
        largest = max(abs(self.was), abs(self.now))
        return abs(self.now - self.was) / largest if largest else 0.0


def unusual(changes: Iterable[Restated]) -> list[Restated]:
    """Changes of settled days beyond what is usual for the account.

    Usual is the median change that all other imports made to settled days of the account, where they changed at least
    `FEWEST_DAYS`; three times that, and at least a tenth, is unusual. A change that is less than a tenth of the
    account's mean day is none, whatever part of a small day it is.
    """
    found = []
    figures: dict[tuple[str, str, str, str], list[Restated]] = {}
    for one in changes:
        if (one.told_on - one.date_day).days >= SETTLED_DAYS[one.subject]:
            figures.setdefault((one.subject, one.platform, one.account_id, one.kind), []).append(one)
    for settled in figures.values():
        mean = fmean(max(abs(one.was), abs(one.now)) for one in settled)
        bounds = {one.import_id: _bound(one.import_id, settled) for one in settled}
        found += [
            one
            for one in settled
            if one.change > bounds[one.import_id] and abs(one.now - one.was) >= USUAL_AT_LEAST * mean
        ]
    return found


def _bound(import_id: str, settled: Sequence[Restated]) -> float:
    others = [one.change for one in settled if one.import_id != import_id]
    usual = median(others) if len(others) >= FEWEST_DAYS else 0.0
    return max(USUAL_AT_LEAST, TIMES_USUAL * usual)


def name_unusual_days(engine: Engine, _parameters: Mapping[str, Any]) -> None:
    """Name the days that were changed beyond what is usual, with the latest import that did."""
    for table in ("ad_spend", "claims"):
        name_changes(engine, table)
    latest: dict[tuple[str, str, str, date], str] = {}
    for one in unusual(Restated(*row) for row in engine.rows(statement_of("restated_days").text)):
        place = (one.platform, one.account_id, one.subject, one.date_day)
        latest[place] = max(one.import_id, latest.get(place, ""))
    rows = [(*place, import_id) for place, import_id in sorted(latest.items())]
    names = ("platform", "account_id", "subject", "date_day", "import_id")
    kinds = (pa.string(), pa.string(), pa.string(), pa.date32(), pa.string())
    columns = {name: pa.array([row[at] for row in rows], kinds[at]) for at, name in enumerate(names)}
    engine.register("unusual_days", pa.table(columns))


CHECK = Check(
    name="restatements",
    title="Days that a later report changed beyond the usual",
    means=(
        "Platforms correct the last days' figures; these days had settled, and an import changed them by more than a "
        "tenth and by far more than this account's corrections usually do. What was decided by the earlier figures was "
        "decided by wrong ones, or the later ones are: another filter, currency, account or attribution setting."
    ),
    fix=(
        "Look at both imports of an example (`outturn imports --days`) and compare a day with the platform's own page. "
        "The later one is wrong: take it back with `outturn imports undo`, and export with the settings of before."
    ),
    where=("platform", "account_id", "subject"),
    opens="imports",
    least=3,
    critical_share=0.2,
    sure_share=0.1,
    prepare=name_unusual_days,
)
