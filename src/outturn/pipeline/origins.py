"""The imported rows behind one conversion, of its touches and of the ledger, without what names a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outturn.domain.masking import masked
from outturn.domain.money import decimal_text
from outturn.domain.time import instant_of
from outturn.store.lake import Lake
from outturn.store.sql import load
from outturn.store.tables import EVENTS, OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from outturn.pipeline.read import Reading

Row = dict[str, Any]

OUTCOME_TOUCH = "outcome:"
"""How the id of a touch begins that a shop noted with its order: the rest is the order's outcome id."""

_TOUCH = (
    "event_id", "file", "import_id", "line", "source", "type", "name", "at", "url", "referrer", "utm_source",
    "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id", "click_ids", "stated_channel", "platform",
    "campaign_id", "campaign_name", "ad_group_id", "ad_id", "device",
)  # fmt: skip
_LEDGER = (
    "outcome_id", "file", "import_id", "line", "system", "tracker", "kind", "stage", "status", "at",
    "parent_outcome_id", "currency", "gross", "tax", "shipping", "discount", "fees", "cogs", "margin", "order_id",
    "deal_id", "payment_id", "new_customer", "landing_url", "referrer", "utm_source", "utm_medium", "utm_campaign",
    "utm_id", "identifiers", "names_company", "names_click",
)  # fmt: skip
_MONEY = ("gross", "tax", "shipping", "discount", "fees", "cogs", "margin")
_ADDRESSES = ("url", "referrer", "landing_url")
_TAGS = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id", "campaign_name")


def name_rows(reading: Reading) -> None:
    """Name every event and outcome ever written, and the imports that the build has read.

    Not the current tables: to work those out, the ids of all events are compared, for the few that are asked for.
    """
    reading.name_facts(())
    lake = Lake(reading.workspace.lake)
    for table in (EVENTS, OUTCOMES):
        reading.engine.relation(f"{table.name}_rows", [str(file) for file in lake.files(table)], table)


def touch_rows(reading: Reading, touch_ids: Sequence[str]) -> dict[str, Row]:
    """The events behind touches, by touch id; those that an order noted are rows of the ledger."""
    if not touch_ids:
        return {}
    _ask(reading, [("event", touch_id) for touch_id in touch_ids])
    found = (_row(_TOUCH, row) for row in reading.engine.rows(load(__package__, "touch_rows")))
    return {row["event_id"]: {**row, "click_ids": row["click_ids"].split()} for row in found}


def ledger_rows(reading: Reading, outcome_ids: Iterable[str], deals: Iterable[str] = ()) -> list[Row]:
    """The rows of some outcomes, and all rows of some deals (`<system>:<deal id>`)."""
    _ask(reading, [*(("outcome", one) for one in outcome_ids), *(("deal", one) for one in deals)])
    found = [_row(_LEDGER, row) for row in reading.engine.rows(load(__package__, "ledger_rows"))]
    return [{**row, "identifiers": _listed(row["identifiers"]), **_money(row)} for row in found]


def nearest_outcomes(reading: Reading, outcome_id: str) -> tuple[list[str], list[str]]:
    """The outcomes that bear an id as their native, order, deal or payment id, and those whose ids come nearest."""
    found = reading.engine.rows(load(__package__, "nearest_outcomes"), {"outcome_id": outcome_id})
    return [known for known, apart in found if not apart], [known for known, _ in found]


def _ask(reading: Reading, asked: Sequence[tuple[str, str]]) -> None:
    import pyarrow as pa  # noqa: PLC0415 - a question without rows needs no Arrow

    kinds, texts = zip(*asked, strict=True)
    reading.engine.register("asked_texts", pa.table({"kind": pa.array(kinds), "text": pa.array(texts)}))


def _row(names: Sequence[str], values: Sequence[Any]) -> Row:
    row = dict(zip(names, values, strict=True))
    row["at"] = None if row["at"] is None else instant_of(row["at"]).isoformat()
    for name in (*_ADDRESSES, *_TAGS):
        if row.get(name):
            row[name] = _shown(row[name], is_address=name in _ADDRESSES)
    return row


def _shown(text: str, *, is_address: bool) -> str:
    """A text of the open web without what it may say of a person: addresses lose their query, e-mails are masked."""
    return masked(text.partition("?")[0] if is_address else text, personal=False)


def _money(row: Row) -> Row:
    currency = row["currency"]
    return {
        name: None if row[name] is None or currency is None else decimal_text(row[name], currency) for name in _MONEY
    }


def _listed(text: str) -> list[str]:
    return [part for part in text.split(", ") if part]
