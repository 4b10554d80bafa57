"""Google Analytics 4: the traffic acquisition report as downloaded (CSV), by day.

It counts sessions and knows nobody, so that it feeds neither visits nor journeys nor sales: those come of the event
export to BigQuery. What it does feed are claims, apart from everything that is counted: key events and revenue as GA4
credits them to a session's source, campaign or channel, by day. They stand in `claims` as two kinds, which no KPI adds
up, and are dated by the day of the session. Sessions are shown in the import's totals and kept nowhere else.

Add the secondary dimension Date: a report without it covers a period and is not taken. The line without a source is the
grand total; a second table below the first (from its `#` line on) is another report and ignored, so download it alone.
Days are in the property's zone and revenue in its currency, neither of which the file states: pass --currency.
"""

from __future__ import annotations

from outturn.sources.claimed import CLAIM_COLUMNS
from outturn.sources.source import Cell, Kind, Layout, Source, Total

_CAMPAIGN = ("Session campaign", "Session manual campaign name", "Session Google Ads campaign")
_SOURCE = ("Session source / medium", "Session source", "Session manual source / medium")
_CHANNEL = (
    "Session primary channel group (Default Channel Group)",
    "Session default channel group",
    "Session primary channel group (Default channel group)",
    "Session primary channel group",
)
_FIGURES = (
    Cell("date_day", Kind.DAY, ("Date",), required=True, filled=True),
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
_TOTAL = """
    (TRIM(COALESCE(dimension_text, '')) = '' AND TRIM(COALESCE(date_day_text, '')) = '')
    OR COALESCE(line >= MIN(CASE WHEN starts_with(first_text, '#') THEN line END) OVER (), FALSE)
"""


def _report(name: str, level: str, headers: tuple[str, ...], without: tuple[str, ...] = ()) -> Layout:
    return Layout(
        name,
        (Cell("dimension", Kind.TEXT, headers, required=True), *_FIGURES),
        outputs={"claims": _CLAIMS},
        without=without,
        total=_TOTAL,
        totals=(
            Total("sessions", "sessions"),
            Total("key_events", "key_events"),
            Total("revenue", "revenue_micros", money=True),
        ),
        level=f"'{level}'",
        number=".",
    )


SOURCE = Source(
    name="ga4-csv",
    title="Google Analytics 4 reports",
    platform="ga4",
    layouts=(
        _report("traffic_by_campaign", "session_campaign", _CAMPAIGN),
        _report("traffic_by_source", "session_source", _SOURCE, without=_CAMPAIGN),
        _report("traffic_by_channel", "session_channel", _CHANNEL, without=(*_CAMPAIGN, *_SOURCE)),
    ),
    notes="The session's source, campaign or channel stands in `campaign_name`; `level` says which of them it is.",
)
