"""Faults of campaigns and reports: what ad accounts, exports and cost tables leave out or name otherwise."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from outturn.domain.time import zone
from outturn.simulator.aurora import AURORA
from outturn.simulator.fault_files import COSTS, GOOGLE, ORDERS, cents
from outturn.simulator.faults_visits import query_of, set_query
from outturn.simulator.planted import Fault, Planted, chosen

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from outturn.simulator.fault_files import Files, Message, Row

_PREAMBLE = 2
_NAME = "Generic | Lamps, EU"
_WHERE = {"platform": "google_ads", "campaign": _NAME}


def _strip_campaign(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """The landing page of one campaign redirects, and loses the whole query: for tracker and shop alike."""
    messages = files.messages()
    mine = [one for one in messages if one["type"] == "page" and query_of(one).get("utm_campaign") == _NAME]
    for one in chosen(mine, share, rng):
        set_query(one, {})
    files.write_messages(messages)
    orders = files.orders()
    for order in orders:
        if f"utm_campaign: {_NAME}" in order["Note Attributes"]:
            order["Note Attributes"] = ""
    files.write_table(ORDERS, orders)
    left = sum(one["type"] == "page" and query_of(one).get("utm_campaign") == _NAME for one in messages)
    billed = [row for row in _rows(files) if row["Campaign"] == _NAME]
    clicks = sum(int(row["Clicks"].replace(",", "")) for row in billed)
    # Only of a campaign of which nothing arrives any more is it certain which days' spend is lost.
    money = None if left else sum(cents(row["Cost"]) * 10_000 for row in billed if int(row["Clicks"]))
    return Planted(clicks - left, money, _WHERE)


def _lose_campaign(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """The report was filtered: on the last days it lacks one campaign."""
    del rng
    rows = files.table(GOOGLE, preamble=_PREAMBLE)
    mine = [row for row in rows if row["Campaign"] == _NAME]
    lost = mine[len(mine) - max(2, round(share * len(mine))) :]
    files.write_table(GOOGLE, [row for row in rows if row not in lost], preamble=_PREAMBLE)
    pages = [one for one in files.messages() if one["type"] == "page" and query_of(one).get("utm_campaign") == _NAME]
    # A visit on the day after a billed one may be late; from then on it is free.
    visits = sum(shop_day(one) > lost[0]["Day"] for one in pages)
    return Planted(visits, where=_WHERE)


def shop_day(message: Message) -> str:
    """The shop's day of a message."""
    return datetime.fromisoformat(message["timestamp"]).astimezone(zone(AURORA.shop_zone)).date().isoformat()


def _lose_days(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """The connector stood still for some days in a row."""
    rows = files.table(GOOGLE, preamble=_PREAMBLE)
    days = sorted({row["Day"] for row in rows if row["Day"] != " --"})
    count = max(1, round(share * len(days)))
    first = int(rng.integers(7, len(days) - 7 - count))
    lost = set(days[first : first + count])
    files.write_table(GOOGLE, [row for row in rows if row["Day"] not in lost], preamble=_PREAMBLE)
    span = (date.fromisoformat(days[-1]) - date.fromisoformat(days[0])).days + 1
    return Planted(span - len(set(days) - lost), where={"platform": "google_ads", "subject": "gap"})


def _rename_campaign(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """Somebody writes a name of their own into the ads' links."""
    messages = files.messages()
    mine = [one for one in messages if one["type"] == "page" and query_of(one).get("utm_campaign") == _NAME]
    renamed = chosen(mine, share, rng)
    for one in renamed:
        set_query(one, {**query_of(one), "utm_campaign": "lamps_eu_always_on"})
    files.write_messages(messages)
    return Planted(len(renamed), where={"platform": "google_ads", "campaign": "lamps_eu_always_on"})


def _forget_costs(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """Nobody books what the partners get."""
    rows = files.table(COSTS)
    lost = chosen([row for row in rows if row["channel"] == "Affiliates"], share, rng)
    files.write_table(COSTS, [row for row in rows if row not in lost])
    visits = [one for one in files.messages() if one["type"] == "page" and _of_partner(query_of(one))]
    return Planted(len(visits), where={"channel": "Affiliates"})


def _of_partner(query: Mapping[str, str]) -> bool:
    return "awc" in query or query.get("utm_medium") == "affiliate"


def _rows(files: Files) -> list[Row]:
    return [row for row in files.table(GOOGLE, preamble=_PREAMBLE) if row["Day"] != " --"]


FAULTS: Mapping[str, Fault] = {
    "spend_without_visits": _strip_campaign,
    "visits_without_spend": _lose_campaign,
    "missing_days": _lose_days,
    "unjoined_campaigns": _rename_campaign,
    "channels_without_cost": _forget_costs,
}
