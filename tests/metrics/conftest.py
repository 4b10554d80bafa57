"""A small world: facts and derived rows typed by hand, and an engine that knows them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from outturn.domain.goals import DEFAULT_GOAL, Goal
from outturn.domain.money import Money
from outturn.domain.settings import SETTINGS, Settings
from outturn.metrics.channel_day import build_channel_day
from outturn.metrics.hits import build_hits
from outturn.metrics.query import kpis
from outturn.metrics.told_outcomes import build_told_outcomes
from outturn.store.duckdb_engine import DuckDBEngine
from outturn.store.tables import TABLES, Table, Type

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from outturn.metrics.table import KpiTable

FIRST_DAY = date(2026, 3, 2)  # a Monday
MODEL = "last_non_direct"

_PLACE = ("channel", "platform", "account_id", "campaign_key")
_ARROW = {
    Type.TEXT: pa.string(),
    Type.COUNT: pa.int64(),
    Type.SMALL: pa.int32(),
    Type.MICROS: pa.int64(),
    Type.SHARE: pa.float64(),
    Type.FLAG: pa.bool_(),
    Type.DAY: pa.date32(),
    Type.AT: pa.timestamp("us", tz="UTC"),
    Type.KEY: pa.binary(),
}
_NEUTRAL: dict[Type, object] = {
    Type.TEXT: "",
    Type.COUNT: 0,
    Type.SMALL: 0,
    Type.MICROS: 0,
    Type.SHARE: 0.0,
    Type.FLAG: False,
    Type.DAY: FIRST_DAY,
    Type.AT: datetime(2026, 3, 2, tzinfo=UTC),
}


def day(number: int) -> date:
    """The first, second, ... day of the world."""
    return FIRST_DAY + timedelta(days=number - 1)


def at(number: int, hour: int = 12) -> datetime:
    """An hour of a day, UTC."""
    moment = day(number)
    return datetime(moment.year, moment.month, moment.day, hour, tzinfo=UTC)


def micros(amount: str | None, currency: str = "EUR") -> int | None:
    """Text money in micros; None stays unknown."""
    return None if amount is None else Money.parse(amount, currency).micros


class World:
    """Rows by table; `kpis` builds `channel_day` of them and asks."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
        self.currency = "EUR"
        self.time_zone = "UTC"
        self.goals: tuple[Goal, ...] = (DEFAULT_GOAL,)
        self._shown: set[str] = set()
        self.engine = DuckDBEngine(threads=1)
        self.place("(none)")

    def add(self, table: str, **values: object) -> None:
        """One row; columns that are not given are NULL, or neutral where the table needs them."""
        self.rows[table].append(values)

    def spend(self, amount: str | None, *, level: str = "campaign", on: int | None = 1, **values: Any) -> None:
        """One row of ad spend on Google unless told otherwise; a campaign is named by its id."""
        values.setdefault("currency", "EUR")
        self.add(
            "ad_spend",
            **{
                "import_id": "i1",
                "line": len(self.rows["ad_spend"]) + 2,
                "platform": "google_ads",
                "account_id": "a1",
                "level": level,
                "date_day": None if on is None else day(on),
                "time_zone": "UTC",
                "spend_micros": micros(amount, values["currency"]),
                **values,
            },
        )

    def campaign(
        self, key: str, channel: str, *, platform: str = "google_ads", account_id: str = "a1", name: str | None = None
    ) -> None:
        """A campaign that journeys know, with its channel."""
        identity = {"platform": platform, "account_id": account_id, "campaign_key": key}
        named = key.removeprefix("name:") if key.startswith("name:") else name
        campaign_id = None if key.startswith("name:") else key
        self.add(
            "campaigns", **identity, campaign_id=campaign_id, campaign_name=named, channel=channel, channel_by="rule"
        )

    def place(self, channel: str, platform: str = "", account_id: str = "", campaign_key: str = "") -> int:
        """The number of a place, made where it is new."""
        identity = {"channel": channel, "platform": platform, "account_id": account_id, "campaign_key": campaign_key}
        for number, row in enumerate(self.rows["places"]):
            if identity.items() <= row.items():
                return number
        campaign_id = campaign_key if campaign_key and not campaign_key.startswith("name:") else None
        self.add("places", place=len(self.rows["places"]), **identity, campaign_id=campaign_id)
        return len(self.rows["places"]) - 1

    def touch(
        self, channel: str, *place: str, on: int = 1, hour: int = 12, kind: str = "visit", **values: object
    ) -> None:
        """Somebody comes by."""
        number = self.place(channel, *place)
        self.add(
            "touches",
            occurred_at=at(on, hour),
            place=number,
            touch_kind=kind,
            **{"touch_id": str(len(self.rows["touches"])), **values},
        )

    def sale(  # noqa: PLR0913 - a sale, spelt out
        self,
        value: str,
        *,
        on: int = 1,
        credit: Mapping[str | tuple[str, ...], float] | None = None,
        margin: str | None = None,
        new: bool | None = None,
        goal: str = "sale",
        kind: str = "purchase",
        kept: int = 1,
        refund_of: int | None = None,
        person: int = -1,
        company: int = -1,
        lead_on: int | None = None,
        currency: str = "EUR",
    ) -> int:
        """A conversion, or a refund of one (its number), with the places that get its credit."""
        number = len(self.rows["conversions"])
        worth, profit = micros(value) or 0, micros(margin)
        counts = int(refund_of is None)
        sale_day = day(on) if refund_of is None else self.rows["conversions"][refund_of]["date_day"]
        self.add(
            "conversions",
            goal=goal, outcome_id=f"o{number}", kind=kind if counts else "refund", person_id=person,
            company_id=company, currency=currency,
            lead_at=None if lead_on is None else at(lead_on),
            parent_outcome_id=None if refund_of is None else f"o{refund_of}", occurred_at=at(on), date_day=sale_day,
            cash_day=day(on), counts=counts, kept=kept if counts else 0, value_micros=worth, margin_micros=profit,
            new_customer=new,
        )  # fmt: skip
        for where, share in (credit or {"(none)": 1.0}).items():
            place = (where,) if isinstance(where, str) else where
            self.add(
                "credits", goal=goal, model=MODEL, date_day=sale_day, cash_day=day(on), place=self.place(*place),
                **dict(zip(_PLACE, (*place, "", "", "")[:4], strict=True)),
                conversions=counts * share, kept_conversions=counts * kept * share, revenue_micros=round(worth * share),
                margin_micros=None if profit is None else round(profit * share),
                refunded_micros=0 if counts else -round(worth * share),
                new_customers=None if new is None else counts * new * share,
                new_customer_revenue_micros=None if new is None else round(worth * share) * new,
            )  # fmt: skip
        return number

    def outcome(
        self,
        outcome_id: str,
        kind: str,
        *,
        on: int = 1,
        status: str = "counted",
        tracker: bool = False,
        **values: object,
    ) -> None:
        """An entry of the ledger; its system is the first part of its id."""
        given = {
            "outcome_id": outcome_id,
            "system": outcome_id.partition(":")[0],
            "kind": kind,
            "status": status,
            "tracker": tracker,
        }
        self.add("outcomes", **{"occurred_at": at(on), **given, **values})

    def deal(
        self, outcome_id: str, expected: str | None, *, on: int = 1, amount: str | None = "1000.00", **values: object
    ) -> None:
        """A deal that was opened, and what it is expected to bring."""
        self.add(
            "deals",
            **{
                "deal_key": f"outcome:{outcome_id}", "system": "crm", "outcome_id": outcome_id, "opened_at": at(on),
                "opened_day": day(on), "stands_by": outcome_id, "kind": "opportunity", "value_day": day(on),
                "currency": "EUR", "amount_micros": micros(amount), "expected_micros": micros(expected), **values,
            },
        )  # fmt: skip

    def rate(self, currency: str, per_euro: str, *, on: int = 1) -> None:
        """One line of the ECB's table."""
        self.add(
            "fx_rates",
            import_id="fx",
            line=1,
            date_day=day(on),
            currency=currency,
            units_per_euro_micros=micros(per_euro),
        )

    @property
    def settings(self) -> Settings:
        """The workspace's settings."""
        values = {setting.key: setting.default for setting in SETTINGS}
        given = {"workspace.currency": self.currency, "workspace.time_zone": self.time_zone}
        return Settings({**values, **given}, self.goals)

    def build(self) -> None:
        """Show all rows to the engine and make `channel_day`, and what is made of hits and outcomes."""
        for name, table in TABLES.items():
            if self.rows[name]:
                self.engine.register(name, _arrow(table, self.rows[name]))
            elif name not in self._shown:
                self.engine.relation(name, [], table)
            self._shown -= {name}
            self._shown |= set() if self.rows[name] else {name}
        build_channel_day(self.engine, self._publish, currency=self.currency, time_zone=self.time_zone)
        if self.rows["events"]:
            build_hits(self.engine, self._publish, time_zone=self.time_zone)
        if self.rows["outcomes"]:
            build_told_outcomes(self._publish, time_zone=self.time_zone)

    def kpis(self, *by: str, **asked: Any) -> KpiTable:
        """Build and ask."""
        self.build()
        return kpis(self.engine, self.settings, by=by, **asked)

    def figures(self, *by: str, kpi: str | tuple[str, ...], **asked: Any) -> dict[Any, Any]:
        """One KPI, or several as a tuple, by the last column of each dimension."""
        wanted = (kpi,) if isinstance(kpi, str) else kpi
        table = self.kpis(*by, kpi=wanted, **asked).as_dict()["rows"]
        answer: dict[Any, Any] = {}
        for row in table:
            key = tuple(row[name] for name in by)
            values = tuple(row[name] for name in wanted)
            answer[key[0] if len(by) == 1 else key] = values[0] if isinstance(kpi, str) else values
        return answer

    def _publish(self, name: str, statement: str, parameters: Mapping[str, object], *, order: tuple[str, ...]) -> None:
        assert set(order) <= set(TABLES[name].names)
        rows = self.engine.query(statement, parameters)
        assert tuple(rows.column_names) == TABLES[name].names
        self.engine.register(name, rows)


def _arrow(table: Table, rows: list[dict[str, Any]]) -> pa.Table:
    schema = pa.schema([(column.name, _ARROW[column.type]) for column in table.columns])
    unknown = {name for row in rows for name in row} - set(table.names)
    assert not unknown, f"{table.name} has no {unknown}"
    neutral = {
        column.name: _NEUTRAL[column.type] for column in table.columns if column.needed and column.type is not Type.KEY
    }
    return pa.Table.from_pylist([{**neutral, **row} for row in rows], schema=schema)


@pytest.fixture
def world() -> Iterator[World]:
    """An empty world in euros and UTC with one goal, `sale`."""
    made = World()
    yield made
    made.engine.close()
