"""A small world typed out by hand or drawn by hypothesis: people, touches, a ledger, and what models credit."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from outturn.attribution import models as registry
from outturn.attribution.credits import OWNED, Credited, Places, Question, credit
from outturn.attribution.journey import UNKNOWN_AT
from outturn.attribution.kernel import WalkKernel
from outturn.attribution.tables import cells_table
from outturn.attribution.walked import Journeys

if TYPE_CHECKING:
    from collections.abc import Sequence

HOUR = 3_600_000_000
CHANNELS = ("(none)", "Direct", "Email", "Paid Search", "Paid Search", "Paid Social")
MEASURES = (
    "conversions",
    "kept_conversions",
    "revenue_micros",
    "margin_micros",
    "refunded_micros",
    "new_customers",
    "new_customer_revenue_micros",
)


@dataclass(frozen=True)
class Touch:
    """One touch, its time in hours."""

    person: int
    hour: int
    place: int


@dataclass(frozen=True)
class Entry:
    """One row of conversions, its times in hours; days follow from them."""

    person: int
    hour: int
    value: int = 0
    goal: int = 0
    refund_day: int | None = None
    kept: int = 1
    margin: int | None = 0
    new_customer: bool | None = False
    lead_hour: int | None = None
    opportunity_hour: int | None = None

    @property
    def counts(self) -> int:
        """0 for a refund."""
        return 1 if self.refund_day is None else 0

    @property
    def date_day(self) -> int:
        """The sale's day."""
        return self.hour // 24

    @property
    def cash_day(self) -> int:
        """The entry's own day."""
        return self.date_day if self.refund_day is None else self.refund_day


@dataclass(frozen=True)
class World:
    """Touches and a ledger; `buckets` says over how many the people are spread."""

    touches: Sequence[Touch] = ()
    entries: Sequence[Entry] = ()
    lookback_days: tuple[int, ...] = (30, 2)
    channels: tuple[str, ...] = CHANNELS
    buckets: int = 8
    keeps_owned: tuple[bool, ...] = (True, True)
    keep_order: bool = field(default=False)

    def with_(self, **changes: Any) -> World:
        """The same world but for some attributes."""
        return replace(self, **changes)

    def walked(self) -> list[Journeys]:
        """Each goal's journeys."""
        owned = tuple(channel == OWNED for channel in self.channels)
        kernel = WalkKernel(self.lookback_days, self.keeps_owned, (False,) * len(self.lookback_days), owned)
        rows = []
        for bucket in range(self.buckets):
            nothing = {name: values[:0] for name, values in self.touches_of(bucket).items()}
            inputs = {"touches": self.touches_of(bucket), "company_touches": nothing}
            rows.append(kernel(bucket, {**inputs, "conversions": self.conversions_of(bucket)}))
            assert rows[-1].schema == kernel.result
        return [Journeys.of(pa.concat_tables(rows), goal) for goal in range(len(self.lookback_days))]

    def credited(self, question: Question) -> list[Credited]:
        """Each goal's credits."""
        places = Places.of(self.channels)
        return [credit(journeys, places, question) for journeys in self.walked()]

    def cells(self, *models: str, **asked: Any) -> dict[tuple[Any, ...], tuple[Any, ...]]:
        """By (goal, model, date_day, cash_day, place), the measures over all buckets; None where a part is unknown."""
        names = models or registry.names()
        question = Question(names, **{"intervals": False, "maturity": "none", **asked})
        cells: dict[tuple[Any, ...], tuple[Any, ...]] = {}
        for goal, found in enumerate(self.credited(question)):
            for at, one in enumerate(found.credits):
                for row in cells_table(goal, at, found.cells, one.sums).to_pylist():
                    days = [(row[name] - _EPOCH).days for name in ("date_day", "cash_day")]
                    cells[goal, names[at], *days, row["place"]] = tuple(row[name] for name in MEASURES)
        return cells

    def by_place(self, model: str, measure: str = "revenue_micros") -> dict[int, Any]:
        """One measure by place, over all goals and days."""
        at = MEASURES.index(measure)
        sums: dict[int, Any] = {}
        for key, measures in self.cells(model).items():
            sums[key[-1]] = _plus((sums.get(key[-1], 0),), (measures[at],))[0]
        return sums

    def _bucket(self, person: int) -> int:
        return max(person, 0) % self.buckets

    def touches_of(self, bucket: int) -> dict[str, npt.NDArray[Any]]:
        """The touches of one bucket."""
        rows = [touch for touch in self.touches if self._bucket(touch.person) == bucket]
        if not self.keep_order:
            rows.sort(key=lambda touch: (touch.person, touch.hour, touch.place))
        return {
            "bucket": np.full(len(rows), bucket, np.int32),
            "owner": np.array([touch.person for touch in rows], np.int64),
            "occurred_at": np.array([touch.hour * HOUR for touch in rows], np.int64),
            "place": np.array([touch.place for touch in rows], np.int32),
        }

    def conversions_of(self, bucket: int) -> dict[str, npt.NDArray[Any]]:
        """The ledger of one bucket, as `conversions_to_credit.sql` gives it."""
        rows = [entry for entry in self.entries if self._bucket(entry.person) == bucket]
        columns: dict[str, list[int]] = {
            "goal": [entry.goal for entry in rows],
            "owner": [entry.person for entry in rows],
            "occurred_at": [entry.hour * HOUR for entry in rows],
            "lead_at": [_instant(entry.lead_hour) for entry in rows],
            "opportunity_at": [_instant(entry.opportunity_hour) for entry in rows],
            "date_day": [entry.date_day for entry in rows],
            "cash_day": [entry.cash_day for entry in rows],
            "counts": [entry.counts for entry in rows],
            "kept": [entry.kept * entry.counts for entry in rows],
            "value_micros": [entry.value for entry in rows],
            "margin_micros": [entry.margin or 0 for entry in rows],
            "margin_known": [int(entry.margin is not None) for entry in rows],
            "new_customer": [-1 if entry.new_customer is None else int(entry.new_customer) for entry in rows],
        }
        return {name: np.array(values, np.int64) for name, values in columns.items()}


_EPOCH = np.datetime64("1970-01-01").astype(object)


def _instant(hour: int | None) -> int:
    return UNKNOWN_AT if hour is None else hour * HOUR


def _plus(one: tuple[Any, ...], other: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(None if a is None or b is None else a + b for a, b in zip(one, other, strict=True))
