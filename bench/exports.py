"""Large files of every platform, made by DuckDB out of what a layout says of its cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from outturn.sources.registry import source_named
from outturn.sources.source import Cell, Kind, Layout
from tests.sources.samples import header_of

if TYPE_CHECKING:
    from pathlib import Path

EXPORTS = {
    "ad-spend": "by_channel", "amazon-ads": "campaign_report", "apple-search-ads": "campaign_report",
    "conversions": "conversions", "costs": "costs", "ga4-csv": "traffic_by_campaign", "google-ads": "campaign_report",
    "hubspot": "deals_export", "linkedin-ads": "campaign_report", "meta-ads": "campaign_export",
    "microsoft-ads": "campaign_report", "mntn": "creative", "outcomes": "outcomes",
    "pinterest-ads": "campaign_report_export", "reddit-ads": "campaign_report", "salesforce": "opportunity_report",
    "shopify": "orders_export", "snapchat-ads": "campaign_export", "stripe": "payments_export",
    "tiktok-ads": "campaign_report", "touches": "touches", "woocommerce": "orders_analytics",
    "x-ads": "campaign_export",
}  # fmt: skip
"""The layout of each source that people hold the largest files of. GA4's event export and archives are no CSV."""

_CAMPAIGNS = 1000
_PERSON = "(i * 7919 % 300000)"
_KEYS = {"email": f"'person' || {_PERSON} || '@example.com'", "phone": f"'+1650' || (5550000 + {_PERSON} % 9999)"}
_NAMES = "['Brand, DE', 'Generic | Lamps', 'Shopping - All', 'PMax \"Autumn\"'][1 + i % 4]"
_REPEATING = ("campaign", "ad_group", "ad_id", "ad_name", "portfolio", "creative", "stage")


def write_export(path: Path, name: str, *, rows: int) -> Layout:
    """Write the source's file: a thousand campaigns of one account a day, or one sale a line."""
    layout = source_named(name).layout(EXPORTS[name])
    columns = ", ".join(f'{_value(cell, layout)} AS "{header}"' for header, cell in header_of(layout))
    duckdb.execute(f"COPY (SELECT {columns} FROM range({rows}) AS t(i)) TO '{path}' (HEADER)")
    return layout


def _value(cell: Cell | None, layout: Layout) -> str:
    if cell is None:
        return "''"
    if cell.choices:
        return f"{list(cell.choices)}[1 + i % {len(cell.choices)}]"
    if cell.kind is Kind.KEY:
        return _KEYS.get(cell.identity, f"'person-' || {_PERSON}")
    if cell.kind is Kind.TEXT:
        return _text(cell)
    if cell.kind is Kind.ID:
        return _id(cell)
    return _OF_KIND[cell.kind].replace("{group}", "" if layout.number else ",")


def _id(cell: Cell) -> str:
    if cell.name.startswith("account"):
        return "'1234567890'"
    return f"12021000000000 + i % {_CAMPAIGNS}" if _repeats(cell) else "4500000000 + i"


def _text(cell: Cell) -> str:
    if cell.name.startswith("account"):
        return "'Acme'"
    named = _repeats(cell) or cell.name.endswith("name")
    return f"{_NAMES} || ' ' || (i % {_CAMPAIGNS})" if named else f"'{cell.name} ' || (i % 50)"


def _repeats(cell: Cell) -> bool:
    return cell.name.startswith(_REPEATING)


_DAY = f"(date '2023-01-01' + (i // {_CAMPAIGNS})::INTEGER)"
_AT = f"({_DAY} + to_seconds(i * 61 % 86400))"
_OF_KIND = {
    Kind.ACCOUNT: "'1234567890'", Kind.COUNT: "format('{:{group}}', i * 91 % 20000)",
    Kind.MONEY: "printf('%.2f', (i * 37 % 100000) / 100.0)", Kind.MICROS: "i * 37 % 100000 * 10000",
    Kind.SHARE: "printf('%.2f', (i % 80) / 10.0)", Kind.DAY: f"strftime({_DAY}, '%Y-%m-%d')",
    Kind.AT: f"strftime({_AT}, '%Y-%m-%dT%H:%M:%SZ')", Kind.AT_LOCAL: f"strftime({_AT}, '%Y-%m-%d %H:%M:%S +0200')",
    Kind.VERSION: f"strftime({_AT}, '%Y-%m-%dT%H:%M:%SZ')", Kind.FLAG: "['true', 'false'][1 + i % 2]",
    Kind.CURRENCY: "'EUR'", Kind.ZONE: "'Europe/Madrid'",
}  # fmt: skip
_GOOGLE_REPORT = """
COPY (
    SELECT ['Brand, DE', 'Generic | Lamps', 'Shopping - All', 'PMax "Autumn"'][1 + i % 4] || ' ' || (i % 1000)
            AS "Campaign",
        strftime(date '2023-01-01' + (i // $a_day)::INTEGER, '%Y-%m-%d') AS "Day", 'EUR' AS "Currency code",
        printf('%.2f', (i * 37 % 100000) / 100.0) AS "Cost", format('{:,}', i * 91 % 20000) AS "Impr.",
        i % 300 AS "Clicks", printf('%.2f', (i % 80) / 10.0) AS "Conversions",
        format('{:,.2f}', (i * 3 % 900000) / 7.0) AS "Conv. value"
    FROM range($rows) AS t(i)
) TO '$file' (HEADER)
"""


def write_google_report(path: Path, *, rows: int) -> None:
    """A thousand days of campaigns as a person downloads them, without the lines above the header."""
    statement = _GOOGLE_REPORT.replace("$a_day", str(rows // 1000))
    duckdb.execute(statement.replace("$rows", str(rows)).replace("$file", str(path)))
