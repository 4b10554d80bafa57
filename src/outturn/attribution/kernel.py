"""Credits of one bucket of people: the function that engines hand each bucket to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from outturn.attribution import rules, shares
from outturn.attribution.journey import DAY_MICROS
from outturn.attribution.shares import ENTRY_COLUMNS, Cells, Scratch, credit_cells
from outturn.attribution.walk import Spans, Touches, journey_spans, lay_out, lie_in_order

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Columns = Mapping[str, npt.NDArray[Any]]

DIRECT = "Direct"
RESULT = pa.schema(
    [
        pa.field("goal", pa.int32(), nullable=False),
        pa.field("model", pa.int32(), nullable=False),
        pa.field("date_day", pa.date32(), nullable=False),
        pa.field("cash_day", pa.date32(), nullable=False),
        pa.field("place", pa.int32(), nullable=False),
        pa.field("bucket", pa.int32(), nullable=False),
        pa.field("conversions", pa.float64(), nullable=False),
        pa.field("kept_conversions", pa.float64(), nullable=False),
        pa.field("revenue_micros", pa.int64(), nullable=False),
        pa.field("margin_micros", pa.int64()),
        pa.field("refunded_micros", pa.int64(), nullable=False),
        pa.field("new_customers", pa.float64()),
        pa.field("new_customer_revenue_micros", pa.int64()),
    ]
)
"""`credits` without its texts: goal and model are positions in what the kernel was made with."""

_LARGEST_SUM = 9.2e18  # int64, less what the check itself may lose as a float
_TOUCHES_AT_ONCE = 1 << 22  # of journeys laid out together: bounds memory where people convert daily


@dataclass(frozen=True)
class CreditsKernel:
    """Divides each conversion of a bucket over its touches, by every model in one go.

    A refund (counts 0, value < 0) has its sale's `occurred_at`, hence its journey and weights. A cell's
    margin is NULL where some conversion with credit in it has an unknown one; its new customers where
    some cannot be told. Cells without any figure are left out.

    Attributes:
        models: Their names.
        lookback_days: By goal number.
        channels: By place; place 0 is `(none)`, which what no touch led to is credited to.
    """

    models: tuple[str, ...]
    lookback_days: tuple[int, ...]
    channels: tuple[str, ...]

    result = RESULT

    def __call__(self, bucket: int, inputs: Mapping[str, Columns]) -> pa.Table:
        """The bucket's credits.

        Args:
            bucket: 0..63.
            inputs: `touches` (person_id, occurred_at, place) sorted by these, or in any order, which
                costs a sort; `conversions` as `conversions.sql` makes them, in any order.

        Returns:
            One row for each goal, model, date_day, cash_day and place with credit, in no order.

        Raises:
            OverflowError: The amounts could add up to more than 64 bits hold.
        """
        conversions = _by_person(inputs["conversions"])
        person, at, place = _in_order(inputs["touches"])
        lookbacks = np.array(self.lookback_days, np.int64)[conversions["goal"]] * DAY_MICROS
        spans = journey_spans(
            person,
            at,
            _frozen(conversions["person_id"], np.int64),
            _frozen(conversions["occurred_at"], np.int64),
            _frozen(lookbacks, np.int64),
        )
        order, group_ends = _groups(conversions)
        entries, spans = _entries(conversions)[order], spans[order]
        parts = []
        for some, groups in _portions(spans, group_ends):
            touches = self._laid_out(spans[some], at, place)
            ends = group_ends[groups] - some.start
            keys = {name: conversions[name][order[group_ends[groups] - 1]] for name in ("goal", "date_day", "cash_day")}
            parts.append(_table(bucket, self._cells(touches, _with_spans(entries[some], spans[some]), ends), keys))
        return pa.concat_tables(parts) if parts else RESULT.empty_table()

    def _laid_out(self, spans: Spans, at: npt.NDArray[np.int64], place: npt.NDArray[np.int32]) -> Touches:
        """The journeys' touches one after the other."""
        numbers = {channel: number for number, channel in enumerate(dict.fromkeys(self.channels))}
        channel = _frozen([numbers[channel] for channel in self.channels], np.int32)
        is_direct = _frozen([channel == DIRECT for channel in self.channels], np.bool_)
        touches = Touches.of(int((spans[:, 1] - spans[:, 0]).sum()))
        lay_out(_frozen(spans, np.int64), at, place, channel, is_direct, touches)
        return touches.frozen()

    def _cells(self, touches: Touches, entries: npt.NDArray[np.int64], group_ends: npt.NDArray[np.int64]) -> Cells:
        """What each model credits to each place, by group of entries."""
        lengths = entries[:, shares.END] - entries[:, shares.BEGIN]
        places = len(self.channels)
        most = np.minimum(np.add.reduceat(np.maximum(lengths, 1), _begins(group_ends)), places)
        cells = Cells.of(int(most.sum()) * len(self.models) + 1)
        scratch = Scratch.of(int(lengths.max()), places)
        written = 0
        for number, name in enumerate(self.models):
            written = credit_cells(
                rules.weights(name), number, touches, entries, _frozen(group_ends, np.int64), scratch, cells, written
            )
            if written < 0:
                touched = lengths[-1 - written]
                raise ValueError(f"{name} gave no weights in [0, 1] that add up to 1 to a journey of {touched} touches")
        return cells.first(written)


def _by_person(conversions: Columns) -> Columns:
    """The columns, persons ascending."""
    for name in ("value_micros", "margin_micros"):
        if np.abs(conversions[name].astype(np.float64)).sum() > _LARGEST_SUM:
            raise OverflowError(f"{name} of conversions may add up to more than 64 bits of micros")
    person = conversions["person_id"]
    if np.all(person[1:] >= person[:-1]):
        return conversions
    order = np.argsort(person, kind="stable")
    return {name: column[order] for name, column in conversions.items()}


def _in_order(
    touches: Columns,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """Person, instant and place of each touch, sorted by them."""
    person, at = _frozen(touches["person_id"], np.int64), _frozen(touches["occurred_at"], np.int64)
    place = _frozen(touches["place"], np.int32)
    if not lie_in_order(person, at, place):
        order = np.lexsort((place, at, person))
        person, at = _frozen(person[order], np.int64), _frozen(at[order], np.int64)
        place = _frozen(place[order], np.int32)
    return person, at, place


def _groups(conversions: Columns) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Conversions in order of (goal, date_day, cash_day), and the end of each such group."""
    keys = [conversions[name] for name in ("cash_day", "date_day", "goal")]
    order = np.lexsort(keys)
    changes = np.zeros(len(order), np.bool_)
    for key in keys:
        changes[1:] |= key[order][1:] != key[order][:-1]
    ends = np.append(np.flatnonzero(changes), len(order))
    return order, ends[ends > 0]


def _portions(spans: Spans, group_ends: npt.NDArray[np.int64]) -> Iterator[tuple[slice, slice]]:
    """Slices of entries and of groups that together have a bounded number of touches, or one group each."""
    laid = np.concatenate([[0], np.cumsum(spans[:, 1] - spans[:, 0])])
    begin = group = 0
    while group < len(group_ends):
        fitting = int(np.searchsorted(laid[group_ends], laid[begin] + _TOUCHES_AT_ONCE, side="right"))
        after = max(fitting, group + 1)
        end = int(group_ends[after - 1])
        yield slice(begin, end), slice(group, after)
        begin, group = end, after


def _entries(conversions: Columns) -> npt.NDArray[np.int64]:
    entries = np.empty((len(conversions["goal"]), ENTRY_COLUMNS), np.int64)
    for column, name in (
        (shares.CONVERTED_AT, "occurred_at"),
        (shares.LEAD_AT, "lead_at"),
        (shares.OPPORTUNITY_AT, "opportunity_at"),
        (shares.COUNTS, "counts"),
        (shares.KEPT, "kept"),
        (shares.VALUE, "value_micros"),
        (shares.MARGIN, "margin_micros"),
        (shares.MARGIN_KNOWN, "margin_known"),
        (shares.NEW_CUSTOMER, "new_customer"),
    ):
        entries[:, column] = conversions[name]
    return entries


def _with_spans(entries: npt.NDArray[np.int64], spans: Spans) -> npt.NDArray[np.int64]:
    """The entries with the spans that their journeys have once they are laid out."""
    ends = np.cumsum(spans[:, 1] - spans[:, 0])
    entries[:, shares.BEGIN] = _begins(ends)
    entries[:, shares.END] = ends
    return _frozen(entries, np.int64)


def _begins(ends: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return np.concatenate([[0], ends[:-1]])


def _table(bucket: int, cells: Cells, groups: Columns) -> pa.Table:
    conversions, kept, new = cells.counts
    revenue, margin, refunded, new_revenue = cells.micros
    no_margin, no_newness = cells.is_unknown
    columns = {
        "goal": groups["goal"].astype(np.int32)[cells.group],
        "model": cells.model,
        "date_day": groups["date_day"].astype(np.int32)[cells.group],
        "cash_day": groups["cash_day"].astype(np.int32)[cells.group],
        "place": cells.place,
        "bucket": np.full(len(cells.group), bucket, np.int32),
        "conversions": conversions,
        "kept_conversions": kept,
        "revenue_micros": revenue,
        "margin_micros": pa.array(margin, mask=no_margin),
        "refunded_micros": refunded,
        "new_customers": pa.array(new, mask=no_newness),
        "new_customer_revenue_micros": pa.array(new_revenue, mask=no_newness),
    }
    return pa.table([pa.array(columns[field.name]).view(field.type) for field in RESULT], schema=RESULT)


def _frozen(array: npt.ArrayLike, type_: type[np.generic]) -> npt.NDArray[Any]:
    """The array as compiled code expects it: of this type, in one piece, read only."""
    view = np.ascontiguousarray(array, dtype=type_).view()
    view.flags.writeable = False
    return view
