"""The step of a build that sums what trackers saw: pages and events by day and origin, by time, and by consent.

Visits are summed by place, and the few events that tell of an order or a lead are laid out one by one.
To read all events and take their addresses apart is most of what it costs to sum them, so that it is done once, here,
and not by everybody who asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outturn.store.sql import load, parameters_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from outturn.store.engine import Engine

HIT_ORDERS = {
    "hit_days": ("source", "date_day", "type", "page_host", "referrer_host"),
    "hit_quarters": ("source", "quarter_micros"),
    "consent_hits": ("source", "date_day", "page_host", "browser"),
    "conversion_events": ("occurred_at", "event_id"),
    "visit_days": ("place", "joined", "date_day"),
}
"""The tables that it makes, with the order in which their rows lie."""


def build_hits(engine: Engine, publish: Callable[..., object], *, time_zone: str) -> None:
    """Make the tables of `HIT_ORDERS` and hand them to `publish(name, statement, parameters, order=...)`.

    Args:
        engine: Knows `events` and `touches`.
        publish: Writes the rows of a statement as a table of the build.
        time_zone: The business's, which gives the day of a hit.
    """
    zone = {"zone": time_zone}
    for step in ("day_quarters", "common_site", "hit_sums"):
        statement = load(__package__, step)
        engine.table(step, statement, zone if parameters_of(statement) else {})
    for name, order in HIT_ORDERS.items():
        statement = load(__package__, name)
        publish(name, statement, zone if parameters_of(statement) else {}, order=order)
