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

from outturn.sources.claimed import CLAIM_COLUMNS
from outturn.sources.dates import days_of
from outturn.sources.source import Cell, Kind, Layout, Preamble, Source, Total

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
_COLUMNS = CLAIM_COLUMNS.replace("campaign_name", "dimension AS campaign_name")
# Both kinds always, so that neither alone is taken for the platform's one total.
_CLAIMS = f"""
    SELECT
        {_COLUMNS}, 'key_events' AS conversion_action, 'all' AS click_or_view, 'session' AS attribution_window,
        'conversion' AS date_basis, key_events AS claimed_conversions
    FROM accepted
    UNION ALL BY NAME
    SELECT
        {_COLUMNS}, 'total_revenue' AS conversion_action, 'all' AS click_or_view, 'session' AS attribution_window,
        'conversion' AS date_basis, CASE WHEN revenue_micros IS NOT NULL THEN currency END AS currency,
        revenue_micros AS claimed_value_micros
    FROM accepted
"""  # noqa: S608
_BELOW = "COALESCE(line >= MIN(CASE WHEN starts_with(first_text, '#') THEN line END) OVER (), FALSE)"
_BLANK = "TRIM(COALESCE({0}_text, '')) = ''"
_PERIOD_LINE = re.compile(r"\W*(start|end) date:\s*(\d{8})\W*", re.IGNORECASE)


def _period(lines: Sequence[str], _order: Order = "") -> Preamble:
    """What the block above the table states; nothing where one of its two days is no day."""
    stated = {match[1].lower(): match[2] for line in lines if (match := _PERIOD_LINE.fullmatch(line))}
    days = days_of(sorted(set(stated.values())), given="month-first")
    start, end = days.get(stated.get("start", "")), days.get(stated.get("end", ""))
    return Preamble(period=(start, end) if start and end and start <= end else None)


def _report(name: str, level: str, headers: tuple[str, ...], without: tuple[str, ...] = ()) -> tuple[Layout, Layout]:
    """The report by day, and the one without days."""
    dimension, blank = Cell("dimension", Kind.TEXT, headers, required=True), _BLANK.format("dimension")

    def layout(title: str, *cells: Cell, total: str, without: tuple[str, ...] = without, sample: str = "") -> Layout:
        return Layout(
            title,
            (*cells, *_FIGURES),
            outputs={"claims": _CLAIMS},
            without=without,
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
        layout(name, dimension, _DAY, total=f"{blank} AND {_BLANK.format('date_day')}"),
        layout(
            f"{name}_of_period",
            dimension,
            total=blank,
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
