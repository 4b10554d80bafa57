"""Tracking outages: hours or days in which a source went silent, or saw less than half of the usual."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from outturn.audit.check import Check
from outturn.audit.outages import day_of, stretches, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outturn.store.engine import Engine

_COLUMNS = {
    "source": pa.string(), "subject": pa.string(), "first_day": pa.date32(), "last_day": pa.date32(),
    "expected": pa.int64(), "hits": pa.int64(), "example_id": pa.string(),
}  # fmt: skip


def name_stretches(engine: Engine, parameters: Mapping[str, Any]) -> None:
    """Name the stretches of each source with the last event before them."""
    zone_name = parameters["zone"]
    sources: dict[str, list[tuple[int, int, str]]] = {}
    for source, hour, hits, example in engine.rows(
        "SELECT source, hour, hits, example_id FROM hit_hours ORDER BY hour"
    ):
        sources.setdefault(source, []).append((hour, hits, example))
    rows = []
    for source, seen in sorted(sources.items()):
        first = seen[0][0]
        counts = np.zeros(seen[-1][0] - first + 1, dtype=np.int64)
        counts[[hour - first for hour, _, _ in seen]] = [hits for _, hits, _ in seen]
        for one in stretches(first, counts, zone_name):
            before = max((row for row in seen if row[0] <= max(one.first - 1, first)), key=lambda row: row[0])
            days = (day_of(one.first, zone_name), day_of(one.last, zone_name))
            rows.append((source, text_of(one, zone_name), *days, round(one.expected), one.seen, before[2]))
    columns = {
        name: pa.array([row[at] for row in rows], kind) for at, (name, kind) in enumerate(_COLUMNS.items())
    }  # fmt: skip
    engine.register("outage_stretches", pa.table(columns))


CHECK = Check(
    name="tracking_outage",
    title="Hours in which a tracker saw less than half of the usual",
    means=(
        "Given the hour, the weekday and the weeks around, far fewer events came than were to be expected; the count "
        "is what is missing, estimated. Visits and purchases of these hours are lost: campaigns that ran then look "
        "worse than they were, and a comparison of weeks compares the tracker with itself."
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
    prepare=name_stretches,
)
