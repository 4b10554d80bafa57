"""Google Analytics 4: the traffic acquisition report as downloaded (CSV), by day or for its whole period.

It counts sessions and knows nobody, so that it feeds neither visits nor journeys nor sales: those come of the event
export to BigQuery. What it does feed are claims, apart from everything that is counted: key events and revenue as GA4
credits them to a session's source, campaign or channel, by day. They stand in `claims` as two kinds, which no KPI adds
up, and are dated by the day of the session. Sessions are shown in the import's totals and kept nowhere else.

Add the secondary dimension Date: a report without it covers the period that its lines `# Start date:` and `# End date:`
state, and is kept as that, on no day. The line without a source is the grand total; a second table below the first
(from its `#` line on) is another report and ignored, so download it alone. Days are in the property's zone and revenue
in its currency, neither of which the file states: pass --currency.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from outturn.sources.claimed import CLAIM_COLUMNS, NOT_COUNTED, NOT_VALUED, Claim, claims_of_spend
from outturn.sources.dates import days_of
from outturn.sources.source import Cell, Check, Kind, Layout, Preamble, Source, Total
from outturn.sources.total_rows import blank

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outturn.sources.dates import Order

_CAMPAIGN = ("Session campaign", "Session manual campaign name", "Session Google Ads campaign")
_SOURCE = ("Session source / medium", "Session source", "Session manual source / medium")
_CHANNEL = (
    "Session primary channel group (Default Channel Group)",
    "Session default channel group",
    "Session primary channel group (Default channel group)",
    "Session primary channel group",
)
_DAY = Cell("date_day", Kind.DAY, ("Date",), required=True, filled=True)
_FIGURES = (
    Cell("sessions", Kind.COUNT, ("Sessions",), required=True),
    Cell("engaged_sessions", Kind.COUNT, ("Engaged sessions",)),
    Cell("key_events", Kind.SHARE, ("Key events", "Conversions")),
    Cell("currency", Kind.CURRENCY, ("Currency",)),
    Cell("revenue_micros", Kind.MONEY, ("Total revenue ({currency})", "Total revenue", "Purchase revenue")),
)
# Both kinds always, so that neither alone is taken for the platform's one total.
_CLAIMS = claims_of_spend(
    Claim("key_events", "all", "session", "conversion", conversions="key_events", value=NOT_VALUED),
    Claim("total_revenue", "all", "session", "conversion", conversions=NOT_COUNTED, value="revenue_micros"),
    columns=CLAIM_COLUMNS.replace("campaign_name", "dimension AS campaign_name"),
    blank_too=True,
)
_OTHER = "starts_with(first_text, '#')"
_BELOW = f"COALESCE(line >= (SELECT MIN(line) FROM texts WHERE {_OTHER}), FALSE)"  # noqa: S608
# Of a large file `texts` is first no more than a sample. A line that it missed sends the file to the slower reading,
# where `texts` is all of it and no such line is left to refuse.
_MISSED = Check("COLUMN_SHIFT", _OTHER, "begins another table")
_PERIOD_LINE = re.compile(r"\W*(start|end) date:\s*(\d{8})\W*", re.IGNORECASE)


def _period(lines: Sequence[str], _order: Order = "") -> Preamble:
    """What the block above the table states; nothing where one of its two days is no day."""
    stated = {match[1].lower(): match[2] for line in lines if (match := _PERIOD_LINE.fullmatch(line))}
    days = days_of(sorted(set(stated.values())), given="month-first")
    start, end = days.get(stated.get("start", "")), days.get(stated.get("end", ""))
    return Preamble(period=(start, end) if start and end and start <= end else None)


def _report(name: str, level: str, headers: tuple[str, ...], without: tuple[str, ...] = ()) -> tuple[Layout, Layout]:
    """The report by day, and the one without days."""
    dimension = Cell("dimension", Kind.TEXT, headers, required=True)

    def layout(title: str, *cells: Cell, total: str, without: tuple[str, ...] = without, sample: str = "") -> Layout:
        return Layout(
            title,
            (*cells, *_FIGURES),
            outputs={"claims": _CLAIMS},
            without=without,
            checks=(_MISSED,),
            total=f"({total}) OR {_BELOW}",
            totals=(
                Total("sessions", "sessions"),
                Total("key_events", "key_events"),
                Total("revenue", "revenue_micros", money=True),
            ),
            level=f"'{level}'",
            number=".",
            preamble=_period,
            sample=sample,
        )

    return (
        layout(name, dimension, _DAY, total=blank("dimension_text", "date_day_text")),
        layout(
            f"{name}_of_period",
            dimension,
            total=blank("dimension_text"),
            without=(*without, *_DAY.headers),
            sample=f"# Start date: 20260901\n# End date: 20260930\n{headers[0]},Sessions,Key events\nautumn,12,2.5\n",
        ),
    )


SOURCE = Source(
    name="ga4-csv",
    title="Google Analytics 4 reports",
    platform="ga4",
    layouts=(
        *_report("traffic_by_campaign", "session_campaign", _CAMPAIGN),
        *_report("traffic_by_source", "session_source", _SOURCE, without=_CAMPAIGN),
        *_report("traffic_by_channel", "session_channel", _CHANNEL, without=(*_CAMPAIGN, *_SOURCE)),
    ),
    notes="The session's source, campaign or channel stands in `campaign_name`; `level` says which of them it is.",
)
