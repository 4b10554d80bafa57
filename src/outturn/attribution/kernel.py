"""The walk over one bucket of people: the function that engines hand each bucket to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from outturn.attribution.journey import DAY_MICROS
from outturn.attribution.walk import Walked, lie_in_order, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Columns = Mapping[str, npt.NDArray[Any]]
    Touches = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int32]]

ENTRY_FIELDS = (
    "begin",
    "end",
    "owner",
    "converted_at",
    "lead_at",
    "opportunity_at",
    "date_day",
    "cash_day",
    "counts",
    "kept",
    "value_micros",
    "margin_micros",
    "margin_known",
    "new_customer",
)
"""Columns of an entry, one row of `conversions`: its span of touches, whose it is, what it is worth."""

NOBODY = -1
FIRST_COMPANY = -2
"""Owners are people by their person_id, NOBODY, and companies: FIRST_COMPANY less their company_id."""

RESULT = pa.schema(
    [
        pa.field("goal", pa.int32(), nullable=False),
        pa.field("bucket", pa.int32(), nullable=False),
        pa.field("entries", pa.list_(pa.int64()), nullable=False),
        pa.field("touch_at", pa.list_(pa.int64()), nullable=False),
        pa.field("touch_place", pa.list_(pa.int32()), nullable=False),
        pa.field("null_place", pa.list_(pa.int32()), nullable=False),
        pa.field("null_end", pa.list_(pa.int64()), nullable=False),
        pa.field("null_last_at", pa.list_(pa.int64()), nullable=False),
        pa.field("latest_at", pa.int64(), nullable=False),
    ]
)
"""One row for each goal and kind of owner; entries field by field, in order of ENTRY_FIELDS."""


@dataclass(frozen=True)
class WalkKernel:
    """Finds the journeys of a bucket, converting and null ones, for every goal.

    A refund (counts 0, value < 0) has its sale's `occurred_at`, hence its journey.

    Attributes:
        lookback_days: By goal number.
        keeps_owned: By goal number, whether a customer's owned e-mail still makes a null journey; not
            for goals that each person reaches once.
        per_account: By goal number, whether journeys are companies': then what came to nothing is theirs, too, and
            a person's touches count only where they have led to a conversion of somebody without a company.
        is_owned: By place, whether it is owned e-mail.
    """

    lookback_days: tuple[int, ...]
    keeps_owned: tuple[bool, ...]
    per_account: tuple[bool, ...]
    is_owned: tuple[bool, ...]

    result = RESULT

    def __call__(self, bucket: int, inputs: Mapping[str, Columns]) -> pa.Table:
        """The bucket's journeys.

        Args:
            bucket: 0..63.
            inputs: `touches` (owner, occurred_at, place) sorted by these, or in any order, which costs a
                sort; `company_touches` likewise; `conversions` as `conversions_to_credit.sql` makes them,
                in any order.
        """
        conversions = inputs["conversions"]
        owner = conversions["owner"]
        rows: list[pa.Table] = []
        for of, is_theirs in (("touches", owner > FIRST_COMPANY), ("company_touches", owner <= FIRST_COMPANY)):
            touches = _in_order(inputs[of])
            if of == "touches" or len(touches[0]) or is_theirs.any():
                rows += self._walked(bucket, touches, conversions, is_theirs, of_companies=of == "company_touches")
        return pa.concat_tables(rows)

    def _walked(
        self,
        bucket: int,
        touches: Touches,
        conversions: Columns,
        is_theirs: npt.NDArray[np.bool_],
        *,
        of_companies: bool,
    ) -> Iterator[pa.Table]:
        for goal, lookback_days in enumerate(self.lookback_days):
            chosen = np.flatnonzero(is_theirs & (conversions["goal"] == goal))
            order = chosen[_sorting(conversions["owner"][chosen], conversions["occurred_at"][chosen])]
            owner = frozen(conversions["owner"][order], np.int64)
            at = frozen(conversions["occurred_at"][order], np.int64)
            passed_over = frozen(np.array(self.is_owned, np.bool_) & (not self.keeps_owned[goal]), np.bool_)
            walked = Walked.of(len(order), len(touches[0]))
            walk(*touches, owner, at, lookback_days * DAY_MICROS, passed_over, walked)
            if self.per_account[goal] != of_companies:
                walked.filled[1:] = 0
            latest_at = max(int(times.max(initial=0)) for times in (touches[1], at))
            yield _row(goal, bucket, _entries(conversions, order, walked), walked, latest_at)


def _in_order(touches: Columns) -> Touches:
    """Owner, instant and place of each touch, sorted by them."""
    owner, at = frozen(touches["owner"], np.int64), frozen(touches["occurred_at"], np.int64)
    place = frozen(touches["place"], np.int32)
    if not lie_in_order(owner, at, place):
        order = np.lexsort((place, at, owner))
        owner, at = frozen(owner[order], np.int64), frozen(at[order], np.int64)
        place = frozen(place[order], np.int32)
    return owner, at, place


def _sorting(owner: npt.NDArray[np.int64], at: npt.NDArray[np.int64]) -> npt.NDArray[np.int64] | slice:
    """What sorts conversions by owner and time: nothing where they lie so, as the table does."""
    later = owner[1:] > owner[:-1]
    if (later | ((owner[1:] == owner[:-1]) & (at[1:] >= at[:-1]))).all():
        return slice(None)
    return np.lexsort((at, owner))


def _entries(conversions: Columns, order: npt.NDArray[np.int64], walked: Walked) -> npt.NDArray[np.int64]:
    entries = np.empty((len(ENTRY_FIELDS), len(order)), np.int64)
    entries[:2] = walked.begin, walked.end
    for row, name in enumerate(ENTRY_FIELDS[2:], 2):
        entries[row] = conversions["occurred_at" if name == "converted_at" else name][order]
    return entries


def _row(goal: int, bucket: int, entries: npt.NDArray[np.int64], walked: Walked, latest_at: int) -> pa.Table:
    touches, null_places, nulls = walked.filled
    lists = (
        entries.reshape(-1),
        # Copies, so that the next bucket is given the same room again.
        walked.at[:touches].copy(),
        walked.place[:touches].copy(),
        walked.null_place[:null_places].copy(),
        walked.null_end[:nulls].copy(),
        walked.null_last_at[:nulls].copy(),
    )
    columns = [pa.ListArray.from_arrays(pa.array([0, len(values)], pa.int32()), pa.array(values)) for values in lists]
    known = [pa.array([value], type_) for value, type_ in ((goal, pa.int32()), (bucket, pa.int32()))]
    return pa.table([*known, *columns, pa.array([latest_at], pa.int64())], schema=RESULT)


def frozen(array: npt.ArrayLike, type_: type[np.generic]) -> npt.NDArray[Any]:
    """The array as compiled code expects it: of this type, in one piece, read only."""
    view = np.ascontiguousarray(array, dtype=type_).view()
    view.flags.writeable = False
    return view
