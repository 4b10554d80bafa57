"""Consent gap: a banner that does not ask, or does not take the answer, loses visitors who would have agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from outturn.audit.check import Check
from outturn.audit.consent import Cell, broken_places
from outturn.domain.consent import PURPOSES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outturn.store.engine import Engine

_COLUMNS = {
    "source": pa.string(), "subject": pa.string(), "first_day": pa.date32(), "last_day": pa.date32(),
    "hits": pa.int64(), "granted": pa.int64(), "example_id": pa.string(),
}  # fmt: skip


def name_places(engine: Engine, _parameters: Mapping[str, Any]) -> None:
    """Name the places of each source where consent falls, by the first purpose that most of its hits state."""
    rows = engine.rows(
        f"SELECT source, date_day, page_host, browser, hits, example_id, {', '.join(PURPOSES)} FROM consent_hits "  # noqa: S608
        "ORDER BY source, date_day, page_host, browser, example_id"
    )
    sources: dict[str, list[tuple[Any, ...]]] = {}
    for row in rows:
        sources.setdefault(row[0], []).append(row[1:])
    found = []
    for source, mine in sources.items():
        hits = sum(row[3] for row in mine)
        for at in range(len(PURPOSES)):
            stated = sum(row[3] for row in mine if row[5 + at])
            if stated * 2 >= hits:
                cells = [Cell(row[0], row[1], row[2], row[5 + at] == "granted", row[3], row[4]) for row in mine]
                found += [
                    (source, one.subject, one.first_day, one.last_day, one.hits, one.granted, one.example_id)
                    for one in broken_places(cells, stated=stated)
                ]
                break
    columns = {name: pa.array([row[at] for row in found], kind) for at, (name, kind) in enumerate(_COLUMNS.items())}
    engine.register("consent_places", pa.table(columns))


CHECK = Check(
    name="consent_gap",
    title="Places where far fewer visitors consent than elsewhere",
    means=(
        "On this host, in this browser or on these days less than half as many hits carry a yes as in the rest of the "
        "source. People do not differ so much: the banner is not shown there, or its answer does not reach the "
        "tracker. Those visitors are nobody's, their sales have no touch, and nothing may be sent to ad platforms for "
        "them. The consent rate and the gap of each source stand above the findings."
    ),
    fix=(
        "Open a page of that place in a fresh browser: does the banner come, and what does the tag send after a yes? "
        "Look at what was released when the days begin: a new version of the banner, a policy that hides it, a tag "
        "that runs before the answer."
    ),
    where=("source", "subject"),
    opens="events",
    normal_share=0.05,
    least=50,
    critical_share=0.3,
    sure_share=0.1,
    prepare=name_places,
)
