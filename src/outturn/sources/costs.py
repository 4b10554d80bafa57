"""The generic table of other costs of a channel: agency fees, commission, production."""

from __future__ import annotations

from outturn.sources.source import Cell, Kind, Layout, Source, Total

SOURCE = Source(
    name="costs",
    title="Generic costs",
    platform="",
    layouts=(
        Layout(
            "costs",
            (
                Cell("date_day", Kind.DAY, ("date_day",), required=True, filled=True),
                Cell("channel", Kind.TEXT, ("channel",), required=True, filled=True),
                Cell(
                    "kind",
                    Kind.TEXT,
                    ("kind",),
                    required=True,
                    filled=True,
                    choices=("fee", "commission", "production", "other"),
                ),
                Cell("cost_micros", Kind.MONEY, ("cost",), required=True, filled=True),
                Cell("currency", Kind.CURRENCY, ("currency",)),
                Cell("campaign_id", Kind.ID, ("campaign_id",)),
                Cell("note", Kind.TEXT, ("note",)),
            ),
            table="costs",
            totals=(Total("cost", "cost_micros", money=True),),
        ),
    ),
    notes="Costs are added to spend only where a KPI says fully loaded; they are never media spend.",
)
