"""What came in, day by day, and how long browsers keep the ids that they are given.

The consent gap: what people had said about each purpose at each hit. Who said no to `analytics_storage` is
counted as a hit of nobody and is in no journey, so figures by channel know only the others.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from outturn.domain.consent import PURPOSES
from outturn.domain.money import MAX_MICROS
from outturn.domain.time import Days, end_of_day, micros_of
from outturn.store.engine import open_engine
from outturn.store.facts import Facts
from outturn.store.sql import load

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from outturn.store.engine import Engine
    from outturn.store.workspace import Workspace

AGAIN_DAYS = (1, 7, 30, 90)
"""Ages at which an id was seen again, or could have been."""

COUNTS = ("hits", "of_nobody", "views", "bots", "late", "old", "future", "refused", "lost")
_DAY = 86_400 * 1_000_000
_FEW = 20


def collected(workspace: Workspace, days: Days = Days()) -> dict[str, Any]:  # noqa: B008 - frozen
    """What the collector has taken; loaded rows only.

    Args:
        workspace: Its zone gives the days.
        days: When it was received.

    Returns:
        `days`: `COUNTS` and, under `consent`, hits by purpose and what was said; `totals`: their sums;
        `browsers`: lives of ids; `says`: what those mean, in sentences.
    """
    with closing(open_engine(workspace.settings)) as engine:
        Facts(workspace.lake).expose(engine, only=("events", "refused_rows"))
        return collected_of(engine, days, time_zone=workspace.settings.time_zone)


def collected_of(engine: Engine, days: Days, *, time_zone: str) -> dict[str, Any]:
    """As `collected`, of an engine that knows `events` and `refused_rows`."""
    rows = engine.query(load(__package__, "collected_days"), {"zone": time_zone}).to_pylist()
    shown = [_day(row) for row in rows if row["date_day"] in days]
    span = {"first_micros": _before(days.first, time_zone), "last_micros": _after(days.last, time_zone)}
    browsers = [_lives(row) for row in engine.query(load(__package__, "id_lives"), span).to_pylist()]
    totals = {name: sum(one[name] for one in shown) for name in COUNTS}
    totals["consent"] = {
        purpose: {
            said: sum(one["consent"][purpose][said] for one in shown) for said in ("granted", "denied", "unknown")
        }
        for purpose in PURPOSES
    }
    return {"days": shown, "totals": totals, "browsers": browsers, "says": [*_gap(totals), *_windows(browsers)]}


def _before(day: Any, time_zone: str) -> int:
    """The first microsecond of a day; without one, of all time."""
    return 0 if day is None else micros_of(end_of_day(day, time_zone)) - _DAY


def _after(day: Any, time_zone: str) -> int:
    return MAX_MICROS if day is None else micros_of(end_of_day(day, time_zone))


def _day(row: Mapping[str, Any]) -> dict[str, Any]:
    consent = {}
    for purpose in PURPOSES:
        granted, denied = row[f"{purpose}_granted"], row[f"{purpose}_denied"]
        consent[purpose] = {"granted": granted, "denied": denied, "unknown": row["hits"] - granted - denied}
    return {"date_day": row["date_day"].isoformat(), **{name: row[name] for name in COUNTS}, "consent": consent}


def _lives(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "browser": row["browser"],
        "ids": row["ids"],
        # Of ids that are old enough to have been seen then: the others cannot tell.
        "seen_again": {str(days): {"could": row[f"could_{days}"], "were": row[f"again_{days}"]} for days in AGAIN_DAYS},
        "median_age_days": round(row["median_micros"] / _DAY, 2),
        "p90_age_days": round(row["p90_micros"] / _DAY, 2),
    }


def _gap(totals: Mapping[str, Any]) -> list[str]:
    hits, lost = totals["hits"], totals["of_nobody"]
    if not lost:
        return []
    share = f"{lost:,} of {hits:,} hits ({lost / hits:.0%})"
    return [f"{share} are nobody's, without consent to analytics: they count here, and are in no journey."]


def _windows(browsers: Sequence[Mapping[str, Any]]) -> list[str]:
    """What the ages mean for a lookback: whoever comes back under a new id is a new person to every model."""
    says = [
        f"{one['browser']}: nine in ten ids were at most {one['p90_age_days']:,.1f} days old when last seen. A touch "
        "that lies further back is rarely joined to what it led to, whatever the lookback, unless the person signed in."
        for one in browsers
        if one["ids"] >= _FEW
    ]
    few = sum(one["ids"] for one in browsers if one["ids"] < _FEW)
    return says + ([f"Of rarer browsers there are too few ids ({few:,}) to say."] if few else [])
