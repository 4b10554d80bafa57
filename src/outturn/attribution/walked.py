"""The journeys of one goal over all buckets of people, as arrays: what is credited, and what came to nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from outturn.attribution.cells import Entries, number_cells
from outturn.attribution.journey import DAY_MICROS
from outturn.attribution.kernel import ENTRY_FIELDS, NOBODY, frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

Maturity: TypeAlias = "Literal['p90', 'none'] | int"
"""From which age of its last touch on a null journey counts: the 90th percentile of the conversion lag, at once,
or so many days."""

_MATURE_QUANTILE = 0.9
# Of splitmix64 (Steele, Lea and Flood 2014): a number's bits, well mixed.
_MIXERS = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_DAYS_APART = 1 << 24  # more days than there are


class NullJourneys(NamedTuple):
    """Null journeys of one bucket.

    Attributes:
        place: The places of all, one journey after the other.
        end: The place after each one's last.
        last_at: When its last touch was.
    """

    bucket: int
    place: npt.NDArray[np.int32]
    end: npt.NDArray[np.int64]
    last_at: npt.NDArray[np.int64]


class NullCounts(NamedTuple):
    """Null journeys of a goal: those that count, those too young to, and from how many days' age they do."""

    counted: int
    immature: int
    maturity_days: float


@dataclass(frozen=True)
class Journeys:
    """All journeys of one goal.

    Attributes:
        columns: By name of ENTRY_FIELDS, and `bucket`; owners together. `begin` and `end` are positions in `at`.
        at: When each kept touch was.
        place: Where.
        nulls: By bucket, in order.
        latest_at: When the last touch or conversion of the build was: how old what came to nothing is.
    """

    columns: dict[str, npt.NDArray[np.int64]]
    at: npt.NDArray[np.int64]
    place: npt.NDArray[np.int32]
    nulls: tuple[NullJourneys, ...]
    latest_at: int

    @classmethod
    def of(cls, rows: pa.Table, goal: int, latest_at: int = 0) -> Journeys:
        """Put together what the walk found in each bucket.

        Args:
            rows: As `kernel.RESULT`, of any goals.
            goal: Its number.
            latest_at: When the last conversion of any goal was.
        """
        parts: dict[str, list[npt.NDArray[np.int64]]] = {name: [] for name in (*ENTRY_FIELDS, "bucket")}
        at, place, nulls = [], [], []
        kept = 0
        for row in _rows(rows, goal):
            own = dict(zip(ENTRY_FIELDS, row["entries"].reshape(len(ENTRY_FIELDS), -1), strict=True))
            own["begin"], own["end"] = own["begin"] + kept, own["end"] + kept
            own["bucket"] = np.full(len(own["begin"]), row["bucket"], np.int64)
            for name, values in own.items():
                parts[name].append(values)
            kept += len(row["touch_at"])
            at.append(row["touch_at"])
            place.append(row["touch_place"])
            nulls.append(NullJourneys(row["bucket"], row["null_place"], row["null_end"], row["null_last_at"]))
        columns = {name: frozen(np.concatenate(values), np.int64) for name, values in parts.items()}
        latest_at = max(latest_at, *rows["latest_at"].to_pylist())
        return cls(
            columns,
            frozen(np.concatenate(at), np.int64),
            frozen(np.concatenate(place), np.int32),
            tuple(nulls),
            latest_at,
        )

    def sold_within(self, first_day: int, last_day: int) -> Journeys:
        """The same with only the sales, and their refunds, of some days since 1970, both included."""
        day = self.columns["date_day"]
        chosen = (day >= first_day) & (day <= last_day)
        return replace(self, columns={name: frozen(values[chosen], np.int64) for name, values in self.columns.items()})

    def maturity_micros(self, maturity: Maturity) -> int:
        """How old a null journey's last touch must be to say that no conversion came of it.

        The conversion lag is counted from a journey's first touch.
        """
        if maturity == "none":
            return 0
        if maturity != "p90":
            return maturity * DAY_MICROS
        begin, end = self.columns["begin"], self.columns["end"]
        led = (self.columns["counts"] == 1) & (end > begin)
        if not led.any():
            return 0
        lags = self.columns["converted_at"][led] - self.at[begin[led]]
        return int(np.quantile(lags, _MATURE_QUANTILE, method="higher"))

    def are_mature(self, nulls: NullJourneys, maturity_micros: int) -> npt.NDArray[np.bool_]:
        """Which null journeys are old enough to count."""
        return self.latest_at - nulls.last_at >= maturity_micros

    def null_counts(self, maturity_micros: int) -> NullCounts:
        """How many null journeys count."""
        mature = [self.are_mature(nulls, maturity_micros) for nulls in self.nulls]
        counted = sum(int(one.sum()) for one in mature)
        return NullCounts(counted, sum(map(len, mature)) - counted, maturity_micros / DAY_MICROS)

    def days(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """The pairs of date_day and cash_day that there are, sorted, as one number each, and each entry's pair."""
        pairs = self.columns["date_day"] * _DAYS_APART + (self.columns["cash_day"] + _DAYS_APART // 2)
        found: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]] = np.unique(pairs, return_inverse=True)
        return found

    def longest(self) -> int:
        """Touches of the longest journey."""
        return int((self.columns["end"] - self.columns["begin"]).max(initial=0))


@dataclass(frozen=True)
class Cells:
    """The cells of a goal's journeys.

    Attributes:
        entries: As the compiled pass takes them.
        place: By cell.
        date_day: By cell, days since 1970.
        cash_day: By cell.
    """

    entries: Entries
    place: npt.NDArray[np.int32]
    date_day: npt.NDArray[np.int32]
    cash_day: npt.NDArray[np.int32]


def lay_cells(journeys: Journeys, is_direct: npt.NDArray[np.bool_]) -> Cells:
    """Number the cells of some journeys; `is_direct` is by place."""
    columns = journeys.columns
    pairs, pair_of_entry = journeys.days()
    room = np.maximum(columns["end"] - columns["begin"], 1)
    first_cell = frozen(np.concatenate([[0], np.cumsum(room)[:-1]]) if len(room) else [], np.int64)
    cell = np.empty(int(room.sum()), np.int32)
    cell_place, cell_pair = np.empty(len(cell), np.int32), np.empty(len(cell), np.int32)
    cells = number_cells(
        columns["begin"],
        columns["end"],
        first_cell,
        frozen(np.argsort(pair_of_entry, kind="stable"), np.int64),
        frozen(pair_of_entry, np.int64),
        journeys.place,
        len(is_direct),
        cell,
        cell_place,
        cell_pair,
    )
    date_day, cash_day = np.divmod(pairs[cell_pair[:cells]], _DAYS_APART)
    cash_day -= _DAYS_APART // 2
    entries = Entries(
        begin=columns["begin"],
        end=columns["end"],
        first_cell=first_cell,
        cell=frozen(cell, np.int32),
        owner=columns["owner"],
        bucket=_spread(columns),
        converted_at=columns["converted_at"],
        lead_at=columns["lead_at"],
        opportunity_at=columns["opportunity_at"],
        counts=columns["counts"],
        kept=columns["kept"],
        value=columns["value_micros"],
        margin=columns["margin_micros"],
        margin_known=columns["margin_known"],
        new_customer=columns["new_customer"],
        at=journeys.at,
        place=journeys.place,
        is_direct=frozen(is_direct[journeys.place], np.bool_),
    )
    return Cells(entries, cell_place[:cells], date_day.astype(np.int32), cash_day.astype(np.int32))


def _spread(columns: dict[str, npt.NDArray[np.int64]]) -> npt.NDArray[np.int64]:
    """The bucket of each entry; of nobody known, who all lie in the first one, one by the entry's own figures.

    Else they would count as one sample of people, and `(none)` would look as if it hung on that.
    """
    mixed = columns["converted_at"].astype(np.uint64) * _MIXERS[0] + columns["value_micros"].astype(np.uint64)
    for mixer in _MIXERS:
        mixed = (mixed ^ (mixed >> np.uint64(31))) * mixer
    drawn = (mixed >> np.uint64(58)).astype(np.int64)
    return frozen(np.where(columns["owner"] == NOBODY, drawn, columns["bucket"]), np.int64)


def _rows(rows: pa.Table, goal: int) -> Iterator[dict[str, Any]]:
    """The goal's rows, lists as arrays without a copy."""
    for batch in rows.to_batches():
        for at in range(batch.num_rows):
            if batch["goal"][at].as_py() == goal:
                yield {
                    name: _array(batch[name], at)
                    if name not in {"goal", "bucket", "latest_at"}
                    else batch[name][at].as_py()
                    for name in batch.schema.names
                }


def _array(lists: Any, at: int) -> npt.NDArray[Any]:
    begin, end = lists.offsets[at].as_py(), lists.offsets[at + 1].as_py()
    values: npt.NDArray[Any] = lists.values.slice(begin, end - begin).to_numpy()
    return values
