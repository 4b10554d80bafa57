"""Tracking outages: hours or days in which a source went silent, or saw less than half of the usual."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from outturn.audit.check import Check
from outturn.audit.outage_losses import losses
from outturn.audit.outages import day_of, stretches, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outturn.store.engine import Engine

_COLUMNS = {
    "source": pa.string(), "subject": pa.string(), "first_day": pa.date32(), "last_day": pa.date32(),
    "expected": pa.int64(), "hits": pa.int64(), "example_id": pa.string(),
    **dict.fromkeys(("count_low", "count_high", "lost_micros", "lost_low_micros", "lost_high_micros"), pa.int64()),
}  # fmt: skip
_CENT = 10_000


def name_stretches(engine: Engine, parameters: Mapping[str, Any]) -> None:
    """Name the stretches of each source with the last event before them, and what they have cost."""
    sources: dict[str, list[tuple[int, int, int, str]]] = {}
    for source, *seen in engine.rows("SELECT source, hour, hits, sold_micros, example_id FROM hit_hours ORDER BY hour"):
        sources.setdefault(source, []).append(tuple(seen))
    rows = [row for source, seen in sorted(sources.items()) for row in _stretches_of(source, seen, parameters["zone"])]
    columns = {
        name: pa.array([row[at] for row in rows], kind) for at, (name, kind) in enumerate(_COLUMNS.items())
    }  # fmt: skip
    engine.register("outage_stretches", pa.table(columns))


def _stretches_of(source: str, seen: list[tuple[int, int, int, str]], zone_name: str) -> list[tuple[Any, ...]]:
    """Rows of a source's stretches, given its hours: hour since 1970 UTC, hits, micros sold, an event."""
    first = seen[0][0]
    counts, sold = np.zeros((2, seen[-1][0] - first + 1), dtype=np.int64)
    for hour, hits, micros, _ in seen:
        counts[hour - first], sold[hour - first] = hits, micros
    found = stretches(first, counts, zone_name)
    rows = []
    for one, loss in zip(found, losses(first, counts, sold, zone_name, found), strict=True):
        before = seen[bisect_left(seen, max(one.first, first + 1), key=lambda row: row[0]) - 1][-1]
        days = (day_of(one.first, zone_name), day_of(one.last, zone_name))
        lost = (_whole(loss.hits.low), _whole(loss.hits.high))
        money = (_whole(value, _CENT) for value in (loss.micros.value, loss.micros.low, loss.micros.high))
        rows.append(
            (source, text_of(one, zone_name), *days, one.seen + round(loss.hits.value), one.seen, before, *lost, *money)
        )
    return rows


def _whole(value: float | None, unit: int = 1) -> int | None:
    return None if value is None else round(value / unit) * unit


CHECK = Check(
    name="tracking_outage",
    title="Hours in which a tracker saw less than half of the usual",
    means=(
        "Given the hour, the weekday and the weeks around, far fewer events came than were to be expected; the count "
        "is what is missing, estimated, and so is the revenue that went unseen: both with an interval that holds the "
        "truth in nine of ten cases. Campaigns that ran then look worse than they were, and a comparison of weeks "
        "compares the tracker with itself."
    ),
    fix=(
        "Look at what was released, or expired, when the stretch begins: a tag manager's version, a consent banner, a "
        "certificate, a quota. The example is the last event before it. Leave these days out of comparisons."
    ),
    where=("source", "subject"),
    opens="events",
    least=20,
    critical_share=0.05,
    sure_share=0.01,
    implies=("orders_without_event", "revenue_without_touch", "spend_without_visits"),
    estimates=True,
    prepare=name_stretches,
)
