"""What models credit, as Arrow tables without texts: by day and place, and in all with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from outturn.attribution.cells import (
    CREDITED,
    CREDITED_KEPT,
    CREDITED_MARGIN,
    NEW,
    NEW_REVENUE,
    ONE_CONVERSION,
    ONE_NEW_UNKNOWN,
    REFUNDED,
    REVENUE,
    UNKNOWN,
    Sums,
)
from outturn.attribution.intervals import jackknife

if TYPE_CHECKING:
    from outturn.attribution.credits import Credit, Places
    from outturn.attribution.walked import Cells

CREDITED_CELLS = pa.schema(
    [
        pa.field("goal", pa.int32(), nullable=False),
        pa.field("model", pa.int32(), nullable=False),
        pa.field("date_day", pa.date32(), nullable=False),
        pa.field("cash_day", pa.date32(), nullable=False),
        pa.field("place", pa.int32(), nullable=False),
        pa.field("conversions", pa.float64(), nullable=False),
        pa.field("kept_conversions", pa.float64(), nullable=False),
        pa.field("revenue_micros", pa.int64(), nullable=False),
        pa.field("margin_micros", pa.int64()),
        pa.field("refunded_micros", pa.int64(), nullable=False),
        pa.field("new_customers", pa.float64()),
        pa.field("new_customer_revenue_micros", pa.int64()),
    ]
)
"""`credits` without its texts: goal and model are numbers."""

CREDITED_TOTALS = pa.schema(
    [
        pa.field("goal", pa.int32(), nullable=False),
        pa.field("model", pa.int32(), nullable=False),
        pa.field("grain", pa.string(), nullable=False),
        pa.field("place", pa.int32(), nullable=False),
        pa.field("people", pa.int64(), nullable=False),
        pa.field("conversions", pa.float64(), nullable=False),
        pa.field("conversions_ci_low", pa.float64()),
        pa.field("conversions_ci_high", pa.float64()),
        pa.field("kept_conversions", pa.float64(), nullable=False),
        pa.field("revenue_micros", pa.int64(), nullable=False),
        pa.field("revenue_ci_low_micros", pa.int64()),
        pa.field("revenue_ci_high_micros", pa.int64()),
        pa.field("removal_effect", pa.float64()),
    ]
)
"""`credit_totals` without its texts; `place` of a channel's row is the first of its places."""


def cells_table(goal: int, model: int, cells: Cells, sums: Sums) -> pa.Table:
    """The cells with any figure, in conversions and micros; unknown where part of a cell is."""
    chosen = np.flatnonzero(sums.cells.any(axis=1))
    figures = sums.cells[chosen].T
    columns: dict[str, Any] = {
        "goal": np.full(len(chosen), goal, np.int32),
        "model": np.full(len(chosen), model, np.int32),
        "date_day": cells.date_day[chosen],
        "cash_day": cells.cash_day[chosen],
        "place": cells.place[chosen],
        "conversions": figures[CREDITED] / ONE_CONVERSION,
        "kept_conversions": figures[CREDITED_KEPT] / ONE_CONVERSION,
        "revenue_micros": figures[REVENUE],
        "margin_micros": pa.array(figures[CREDITED_MARGIN], mask=figures[UNKNOWN] % ONE_NEW_UNKNOWN > 0),
        "refunded_micros": figures[REFUNDED],
        "new_customers": pa.array(figures[NEW] / ONE_CONVERSION, mask=figures[UNKNOWN] >= ONE_NEW_UNKNOWN),
        "new_customer_revenue_micros": pa.array(figures[NEW_REVENUE], mask=figures[UNKNOWN] >= ONE_NEW_UNKNOWN),
    }
    return _table(columns, CREDITED_CELLS)


def totals_table(goal: int, model: int, cells: Cells, credit: Credit, places: Places) -> pa.Table:
    """One row for each campaign and for each channel that the model gives anything, `(none)` included."""
    sums, channels = credit.sums, len(places.channels)
    conversions, revenue = sums.by_bucket.sum(axis=0).T
    kept = np.zeros(len(places.channel), np.int64)
    np.add.at(kept, cells.place, sums.cells[:, CREDITED_KEPT])
    whole = np.stack([conversions, kept, revenue])
    by_channel = np.zeros((channels, len(places.channel)), np.int64)
    by_channel[places.channel, np.arange(len(places.channel))] = 1
    firsts = by_channel.argmax(axis=1)
    is_by_channel = credit.effect is None or len(credit.effect) == channels
    effects = credit.effect if credit.effect is not None else np.full(channels, np.nan)
    of_channel = effects if is_by_channel else np.full(channels, np.nan)
    of_campaign = effects[places.channel] if is_by_channel else effects
    left_out = credit.left_out
    grains = [
        ("campaign", np.arange(len(places.channel)), whole, left_out, sums.people, of_campaign),
        (
            "channel",
            firsts,
            whole @ by_channel.T,
            None if left_out is None else left_out @ by_channel.T,
            sums.channel_people,
            of_channel,
        ),
    ]
    return pa.concat_tables([_totals(goal, model, *grain) for grain in grains])


def _totals(  # noqa: PLR0913, PLR0917 (one row's parts)
    goal: int,
    model: int,
    grain: str,
    place: npt.NDArray[np.int64],
    whole: npt.NDArray[np.int64],
    left_out: npt.NDArray[np.float64] | None,
    people: npt.NDArray[np.int64],
    effect: npt.NDArray[np.float64],
) -> pa.Table:
    chosen = np.flatnonzero((whole != 0).any(axis=0) | (people > 0))
    conversions, kept, revenue = whole[:, chosen]
    conversions, kept = conversions / ONE_CONVERSION, kept / ONE_CONVERSION
    nothing = np.full(len(chosen), np.nan)
    bounds = [(nothing, nothing)] * 2
    if left_out is not None:
        figures = ((conversions, left_out[0][:, chosen]), (revenue, left_out[1][:, chosen]))
        bounds = [jackknife(estimate, without, people[chosen]) for estimate, without in figures]
    columns: dict[str, Any] = {
        "goal": np.full(len(chosen), goal, np.int32),
        "model": np.full(len(chosen), model, np.int32),
        "grain": pa.array([grain] * len(chosen), pa.string()),
        "place": place[chosen].astype(np.int32),
        "people": people[chosen],
        "conversions": conversions,
        "conversions_ci_low": _known(bounds[0][0]),
        "conversions_ci_high": _known(bounds[0][1]),
        "kept_conversions": kept,
        "revenue_micros": revenue,
        "revenue_ci_low_micros": _whole(bounds[1][0]),
        "revenue_ci_high_micros": _whole(bounds[1][1]),
        "removal_effect": _known(effect[chosen]),
    }
    return _table(columns, CREDITED_TOTALS)


def _known(values: npt.NDArray[np.float64]) -> pa.Array:
    return pa.array(values, mask=np.isnan(values))


def _whole(values: npt.NDArray[np.float64]) -> pa.Array:
    unknown = np.isnan(values)
    return pa.array(np.rint(np.where(unknown, 0.0, values)).astype(np.int64), mask=unknown)


def _table(columns: dict[str, Any], schema: pa.Schema) -> pa.Table:
    arrays = [pa.array(columns[field.name]) for field in schema]
    typed = [
        array if array.type == field.type else array.view(field.type)
        for array, field in zip(arrays, schema, strict=True)
    ]
    return pa.table(typed, schema=schema)
