"""A small world, typed by hand: events, outcomes, spend and rates, and what the journeys make of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from outturn.domain.identifiers import bucket_of, identity_key
from outturn.journeys import (
    CompaniesFound,
    ConversionsFound,
    JourneyContext,
    PeopleFound,
    TouchesFound,
    build_campaigns,
    build_companies,
    build_conversions,
    build_people,
    build_touches,
)
from outturn.store.duckdb_engine import DuckDBEngine
from outturn.store.tables import TABLES, Table, Type

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from outturn.domain.identifiers import IdentityKind
    from outturn.store.engine import Engine

SECRET = b"world"
START = datetime(2025, 3, 1, tzinfo=UTC)
FACTS_READ = ("events", "outcomes", "ad_spend", "ad_entities", "accounts", "fx_rates", "refused_rows")
CLICKED_FROM = "https://shop.example/"

_ARROW = {
    Type.TEXT: pa.string(),
    Type.COUNT: pa.int64(),
    Type.SMALL: pa.int32(),
    Type.MICROS: pa.int64(),
    Type.SHARE: pa.float64(),
    Type.FLAG: pa.bool_(),
    Type.DAY: pa.date32(),
    Type.AT: pa.timestamp("us", "UTC"),
    Type.KEY: pa.binary(),
}


def schema_of(table: Table) -> pa.Schema:
    return pa.schema([(column.name, _ARROW[column.type]) for column in table.columns])


def key(kind: IdentityKind, text: str) -> bytes:
    return identity_key(SECRET, kind, text)


def micros(amount: str | None) -> int | None:
    return None if amount is None else int(Decimal(amount) * 1_000_000)


def instant(at: float) -> datetime:
    """Minutes after the first of March 2025, UTC."""
    return START + timedelta(minutes=at)


def days(count: float) -> float:
    return count * 24 * 60


def _keys(who: Mapping[str, str]) -> dict[str, bytes]:
    return {f"{kind}_key": key(kind, text) for kind, text in who.items()}  # type: ignore[arg-type]


@dataclass
class World:
    """Facts by table. Whoever is meant is told as `{"anonymous": "a1", "user": "ana"}`."""

    context: JourneyContext = field(default_factory=lambda: JourneyContext("EUR"))
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {name: [] for name in FACTS_READ})

    def event(self, type_: str, who: Mapping[str, str], *, at: float = 0, **columns: Any) -> str:
        """One event, at so many minutes; returns its id."""
        line = len(self.rows["events"]) + 1
        event_id = columns.pop("event_id", f"test:{line:04d}")
        given = {"source": "test", "trust": "file", "is_bot": False, **columns}
        self._add(
            "events",
            {
                "event_id": event_id,
                "type": type_,
                "occurred_at": instant(at),
                "received_at": instant(at),
                **_keys(who),
                **given,
            },
        )
        return str(event_id)

    def page(self, who: Mapping[str, str], *, at: float = 0, **columns: Any) -> str:
        """A page view of the shop."""
        return self.event("page", who, at=at, **{"url": "https://shop.example/", **columns})

    def touch(self, user: str, channel: str, *, at: float = 0, **columns: Any) -> str:
        """A stated touch."""
        return self.event(
            "touch", {"user": user}, at=at, **{"stated_channel": channel, "touch_kind": "click", **columns}
        )

    def outcome(
        self, outcome_id: str, who: Mapping[str, str], kind: str = "purchase", *, at: float | None = 0, **columns: Any
    ) -> None:
        """Amounts (`gross`, `tax`, `shipping`, `margin`, ...) are decimals as text."""
        amounts = {
            f"{name}_micros": micros(columns.pop(name))
            for name in ("gross", "tax", "shipping", "fees", "cogs", "margin")
            if name in columns
        }
        given = {"system": "shopify", "tracker": False, "stage": "", "status": "counted", "currency": "EUR", **columns}
        self._add(
            "outcomes",
            {
                "outcome_id": outcome_id, "kind": kind, "occurred_at": None if at is None else instant(at),
                "imported_at": instant(days(300)), **_keys(who), **amounts, **given,
            },
        )  # fmt: skip

    def refund(self, outcome_id: str, parent: str | None, gross: str, *, at: float | None = 0, **columns: Any) -> None:
        """What an outcome takes back; `gross` is negative."""
        self.outcome(outcome_id, {}, "refund", at=at, gross=gross, parent_outcome_id=parent, **columns)

    def spend(self, platform: str, *, account: str = "1", **columns: Any) -> None:
        """One day of a campaign."""
        given = {
            "date_day": date(2025, 3, 1), "level": "campaign", "currency": "EUR", "time_zone": "UTC",
            "time_zone_assumed": False, "spend_micros": 1_000_000, "imported_at": START,
        }  # fmt: skip
        self._add("ad_spend", {"platform": platform, "account_id": account, **given, **columns})

    def entity(self, platform: str, id_: str, name: str, **columns: Any) -> None:
        """A campaign as an entity table names it."""
        self._add("ad_entities", {"platform": platform, "id": id_, "name": name, "level": "campaign", **columns})

    def rate(self, currency: str, day: date, units: str) -> None:
        """What one euro cost on a day."""
        self._add("fx_rates", {"currency": currency, "date_day": day, "units_per_euro_micros": micros(units)})

    def having(self, **changes: Any) -> World:
        """The same facts under other settings."""
        return World(replace(self.context, **changes), self.rows)

    def built(self) -> Built:
        """Build it."""
        return Built(self)

    def _add(self, table: str, row: dict[str, Any]) -> None:
        rows = self.rows[table]
        rows.append({"import_id": "i1", "line": len(rows) + 1, **row})


class Built:
    """What a build's journeys made of a world, in memory. Tests may ask it for anything."""

    def __init__(
        self,
        world: World,
        *,
        steps: Sequence[str] = ("people", "campaigns", "touches", "conversions"),
        engine: Engine | None = None,
    ) -> None:
        self.world = world
        # Nothing here spills; a folder of the engine's own would have to be removed by a `close` in every test.
        self.engine = engine or DuckDBEngine(
            memory_limit_mb=400, threads=1, temp_directory=str(Path(gettempdir(), "outturn-tests"))
        )
        for name in FACTS_READ:
            table = pa.Table.from_pylist(world.rows[name], schema=schema_of(TABLES[name]))
            assert set().union(*map(set, world.rows[name])) <= set(TABLES[name].names) if world.rows[name] else True
            self.engine.register(name, table)
        context = world.context
        if "people" in steps:
            self.people_found: PeopleFound = build_people(self.engine, context, self.publish)
        if "campaigns" in steps:
            build_campaigns(self.engine, context, self.publish)
        if "touches" in steps:
            self.touches_found: TouchesFound = build_touches(self.engine, context, self.publish)
        else:
            self.engine.relation("touches", [], TABLES["touches"])
        if "conversions" in steps:
            self.companies_found: CompaniesFound = build_companies(self.engine, context, self.publish)
            self.conversions_found: ConversionsFound = build_conversions(self.engine, context, self.publish)

    def publish(
        self,
        name: str,
        statement: str,
        parameters: Mapping[str, object] = {},
        *,
        order: Sequence[str] = (),
    ) -> None:
        """Keep it in memory, with the very columns and types that are declared."""
        table = TABLES[name]
        self.engine.table("unsorted", statement, parameters)
        assert self.engine.query("SELECT * FROM unsorted LIMIT 0").schema.names == list(table.names), name
        columns = ", ".join(f"CAST({column.name} AS {column.type.duckdb}) AS {column.name}" for column in table.columns)
        self.engine.table(name, f"SELECT {columns} FROM unsorted ORDER BY {', '.join(order)}")
        for column in table.columns:
            if column.needed:
                ((nulls,),) = self.engine.rows(f"SELECT COUNT(*) FROM {name} WHERE {column.name} IS NULL")
                assert nulls == 0, f"{name}.{column.name}"

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Ask anything."""
        return self.engine.rows(statement)

    def persons(self) -> set[frozenset[bytes]]:
        """Who is whom: the identifiers of each person."""
        groups: dict[int, set[bytes]] = {}
        for identifier, person_key, person_id, bucket in self.rows(
            "SELECT identifier, person_key, person_id, bucket FROM people"
        ):
            groups.setdefault(person_id, set()).add(identifier)
            assert bucket == bucket_of(person_key)
        return {frozenset(group) for group in groups.values()}

    def touches(self, *columns: str) -> list[tuple[Any, ...]]:
        """Touches in order of time, by default (minute, channel)."""
        wanted = (
            ", ".join(columns)
            or f"CAST((outturn_micros(occurred_at) - {_micros(START)}) / 60000000 AS BIGINT), channel"
        )
        return self.rows(f"SELECT {wanted} FROM touches INNER JOIN places USING (place) ORDER BY occurred_at, touch_id")

    def conversions(self, *columns: str) -> list[tuple[Any, ...]]:
        """Conversions by goal and outcome, by default (outcome_id, value_micros)."""
        wanted = ", ".join(columns) or "outcome_id, value_micros"
        return self.rows(f"SELECT {wanted} FROM conversions ORDER BY goal, outcome_id")


def _micros(at: datetime) -> int:
    return int(at.timestamp()) * 1_000_000
