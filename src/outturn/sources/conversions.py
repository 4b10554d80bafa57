"""The generic table of conversions: sales of any system that has no source of its own, in our own columns."""

from __future__ import annotations

from outturn.domain.goals import OUTCOME_KINDS
from outturn.sources.ledger import entries
from outturn.sources.nameless import with_row_ids
from outturn.sources.source import Cell, Kind, Layout, Source, Total

_CELLS = (
    Cell("user_key", Kind.KEY, ("user_id",), required=True, filled=True, identity="user"),
    Cell("occurred_at", Kind.AT, ("occurred_at",), required=True, filled=True),
    Cell("gross", Kind.MONEY, ("value",), required=True, filled=True),
    Cell("currency", Kind.CURRENCY, ("currency",)),
    Cell("native_id", Kind.ID, ("outcome_id",)),
    Cell("stated_kind", Kind.TEXT, ("kind",), choices=OUTCOME_KINDS),
    Cell("margin", Kind.MONEY, ("margin",)),
    Cell("order_id", Kind.ID, ("order_id",)),
    Cell("new_customer", Kind.FLAG, ("new_customer",)),
)
_SAME = ("user_key", "epoch_us(occurred_at)", *(cell.name for cell in _CELLS[2:] if cell.name != "native_id"))
_ROWS = f"""
    SELECT *, COALESCE(stated_kind, 'purchase') AS kind, CAST(NULL AS VARCHAR) AS deal_id
    FROM ({with_row_ids("native_id", _SAME)})
"""  # noqa: S608
_COLUMNS = "'' AS stage, occurred_at, user_key, new_customer"

SOURCE = Source(
    name="conversions",
    title="Generic conversions",
    platform="",
    layouts=(
        Layout(
            "conversions",
            _CELLS,
            outputs={"outcomes": entries(_ROWS, _COLUMNS)},
            totals=(Total("conversions", "1"), Total("value", "gross", money=True)),
            suppressed="strip",
        ),
    ),
    notes="A row without kind is a purchase. A refund names its sale by order_id or outcome_id (`<sale>:refund`).",
)
