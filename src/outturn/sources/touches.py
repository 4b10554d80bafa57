"""The generic table of touches: any system's clicks, visits and views, in our own columns.

The channel is taken as it is stated. `cost` stays among the event's properties and is never spend: spend comes from the
platforms' own files. A touch without a `kind` is a visit.
"""

from __future__ import annotations

from outturn.sources.nameless import with_row_ids
from outturn.sources.source import Cell, Kind, Layout, Source

_CELLS = (
    Cell("user_key", Kind.KEY, ("user_id",), required=True, filled=True, identity="user"),
    Cell("occurred_at", Kind.AT, ("occurred_at",), required=True, filled=True),
    Cell("stated_channel", Kind.TEXT, ("channel",), required=True, filled=True),
    Cell("platform", Kind.TEXT, ("platform",)),
    Cell("campaign_id", Kind.ID, ("campaign_id",)),
    Cell("campaign_name", Kind.TEXT, ("campaign_name",)),
    Cell("ad_group_id", Kind.ID, ("ad_group_id",)),
    Cell("ad_id", Kind.ID, ("ad_id",)),
    Cell("touch_kind", Kind.TEXT, ("kind",), choices=("click", "visit", "view", "email")),
    Cell("touch_id", Kind.TEXT, ("touch_id",)),
    Cell("cost_micros", Kind.MONEY, ("cost",)),
)
_SAME = ("user_key", "epoch_us(occurred_at)", *(cell.name for cell in _CELLS[2:] if cell.name != "touch_id"))
_COST = "CAST(CAST(cost_micros AS DECIMAL(38, 6)) / 1000000 AS DECIMAL(38, 6))"
_EVENTS = f"""
    SELECT
        line, 'touches:' || row_id AS event_id, 'touches' AS source, 'touch' AS type, occurred_at,
        getvariable('now') AS received_at, user_key, 'file' AS trust, stated_channel, LOWER(platform) AS platform,
        campaign_id, campaign_name, ad_group_id, ad_id, COALESCE(touch_kind, 'visit') AS touch_kind,
        CASE WHEN cost_micros IS NOT NULL THEN '{{"cost":"' || CAST({_COST} AS VARCHAR) || '"}}' END AS properties
    FROM ({with_row_ids("touch_id", _SAME)})
"""  # noqa: S608

SOURCE = Source(
    name="touches",
    title="Generic touches",
    platform="",
    layouts=(Layout("touches", _CELLS, outputs={"events": _EVENTS}, without=("value",), priced=()),),
    notes=(
        "user_id may be text or whole numbers; times are ISO 8601 or whole microseconds, UTC. "
        "Costs of touches are kept and never added to spend."
    ),
)
