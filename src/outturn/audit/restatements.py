"""Restatements: an import rewrote days of an earlier one by far more than such days usually change."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from statistics import fmean, median
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from outturn.audit.check import Check
from outturn.audit.needs import name_step, statement_of
from outturn.store.restatements import name_changes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

    from outturn.store.engine import Engine

LEDGER = "ledger"
SETTLED_DAYS = {"spend": 3, "claims": 35, LEDGER: 14}
"""Days after which the figures of a day hardly change any more: spend once clicks are checked, claims once the longest
usual window is over, an order's amount once it was packed and delivered. What is told sooner is expected to change, and
says nothing."""
LAST_PAYMENT_DAYS = 35
"""Days after which a sale that comes to light is none that was merely paid late: a shop that exports paid orders alone
tells an invoice with its payment."""
USUAL_AT_LEAST = 0.1
"""A smaller part of a day's figure is never unusual."""
TIMES_USUAL = 3.0
FEWEST_DAYS = 7
DAYS_IN_A_ROW = 4
"""A setting that is changed changes every day of sales that is told again. Hands that mend an order or a deal, and
connectors that tell the few rows that were updated, change a day here and a day there."""


@dataclass(frozen=True, slots=True)
class Restated:
    """One figure of one day that an import changed.

    Attributes:
        subject: spend, claims or ledger.
        told_by: The platform; of the ledger, the system of the shop, CRM or payment.
        account_id: Of the ledger empty.
        kind: Of the figure: the level and currency, of claims the action and window too, of the ledger the currency.
        told_on: The day of the import that had told it before.
        was: In micros, or conversions; `now` alike.
        told_first: Of the ledger: micros of that day's sales that no import had told before; not in `now`.
    """

    subject: str
    told_by: str
    account_id: str
    kind: str
    date_day: date
    import_id: str
    told_on: date
    was: float
    now: float
    told_first: float = 0.0

    @property
    def age_days(self) -> int:
        """How old the day was when it was told before."""
        return (self.told_on - self.date_day).days

    @property
    def after(self) -> float:
        """The day's figure after the import, with sales that came to light where none can have been paid so late."""
        return self.now + (self.told_first if self.age_days >= LAST_PAYMENT_DAYS else 0.0)

    @property
    def size(self) -> float:
        """The larger of the figures before and after."""
        return max(abs(self.was), abs(self.after))

    @property
    def change(self) -> float:
        """The part of the larger figure that came or went, in [0, 1]."""
        return abs(self.after - self.was) / self.size if self.size else 0.0


def unusual(changes: Iterable[Restated]) -> list[Restated]:
    """Changes of settled days beyond what is usual for the account.

    Usual is the median change that all other imports made to settled days of the account, where they changed at least
    `FEWEST_DAYS`; three times that, and at least a tenth, is unusual. A change that is less than a tenth of the
    account's mean day is none, whatever part of a small day it is; of the ledger, whose days are less alike, `in_a_row`
    says which days count.
    """
    found = []
    figures: dict[tuple[str, str, str, str], list[Restated]] = {}
    for one in changes:
        if one.age_days >= SETTLED_DAYS[one.subject]:
            figures.setdefault((one.subject, one.told_by, one.account_id, one.kind), []).append(one)
    for settled in figures.values():
        mean = fmean(one.size for one in settled)
        bounds = {one.import_id: _bound(one.import_id, settled) for one in settled}
        found += [
            one
            for one in settled
            if one.change > bounds[one.import_id]
            and (one.subject == LEDGER or abs(one.after - one.was) >= USUAL_AT_LEAST * mean)
        ]
    return found


def _bound(import_id: str, settled: Sequence[Restated]) -> float:
    others = [one.change for one in settled if one.import_id != import_id]
    usual = median(others) if len(others) >= FEWEST_DAYS else 0.0
    return max(USUAL_AT_LEAST, TIMES_USUAL * usual)


def in_a_row(changes: Iterable[Restated], sold: Mapping[str, Sequence[date]]) -> list[Restated]:
    """Those of the ledger that an import made to at least `DAYS_IN_A_ROW` days of sales, and all others.

    Args:
        changes: Unusual ones.
        sold: By system the days on which it has sold, in order.
    """
    told = list(changes)
    made: dict[tuple[str, str], set[date]] = {}
    for one in told:
        if one.subject == LEDGER:
            made.setdefault((one.told_by, one.import_id), set()).add(one.date_day)
    rows = {(system, import_id): _rows(days, sold.get(system, ())) for (system, import_id), days in made.items()}
    return [one for one in told if one.subject != LEDGER or one.date_day in rows[one.told_by, one.import_id]]


def _rows(made: Collection[date], days: Sequence[date]) -> set[date]:
    stretches = [list(stretch) for changed, stretch in groupby(days, made.__contains__) if changed]
    return {day for stretch in stretches if len(stretch) >= DAYS_IN_A_ROW for day in stretch}


def name_unusual_days(engine: Engine, parameters: Mapping[str, Any]) -> None:
    """Name the days that were changed beyond what is usual, with the latest import that did."""
    for table in ("ad_spend", "claims"):
        name_changes(engine, table)
    name_step(engine, "restated_sales", parameters)
    sold: dict[str, list[date]] = {}
    for system, day in engine.rows("SELECT DISTINCT system, date_day FROM sales_told ORDER BY system, date_day"):
        sold.setdefault(system, []).append(day)
    latest: dict[tuple[str, str, str, date], str] = {}
    changes = (Restated(*row) for row in engine.rows(statement_of("restated_days").text))
    for one in in_a_row(unusual(changes), sold):
        place = (one.told_by, one.account_id, one.subject, one.date_day)
        latest[place] = max(one.import_id, latest.get(place, ""))
    rows = [(*place, import_id) for place, import_id in sorted(latest.items())]
    names = ("told_by", "account_id", "subject", "date_day", "import_id")
    kinds = (pa.string(), pa.string(), pa.string(), pa.date32(), pa.string())
    columns = {name: pa.array([row[at] for row in rows], kinds[at]) for at, name in enumerate(names)}
    engine.register("unusual_days", pa.table(columns))


CHECK = Check(
    name="restatements",
    title="Days that a later report changed beyond the usual",
    means=(
        "Platforms correct the last days' figures, and shops their last orders; these days had settled, and an import "
        "changed them by more than a tenth and by far more than this account's corrections usually do. What was "
        "decided by the earlier figures was decided by wrong ones, or the later ones are: another filter, currency, "
        "tax, account or attribution setting. Of a ledger, sales that are told again with another amount or currency "
        "count, and sales of days long past that come to light; payments and refunds, which always come late, do not."
    ),
    fix=(
        "Look at both imports of an example (`outturn imports --days`) and compare a day with the platform's or the "
        "shop's own page. Take the wrong one back with `outturn imports undo`, and export with the settings of the "
        "other: what is left then restates nothing."
    ),
    where=("source", "platform", "account_id", "subject"),
    opens="imports",
    least=3,
    critical_share=0.2,
    sure_share=0.1,
    implies=("over_claiming", "value_mismatch"),
    prepare=name_unusual_days,
)
