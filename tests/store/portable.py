"""Small random tables for any statement, so that two engines can be asked the same thing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from sqlglot import exp

from outturn.journeys import touches
from outturn.store import facts
from outturn.store.sql import Statement, parameters_of, read
from outturn.store.tables import FACTS, TABLES, Column, Table, Type
from outturn.store.translate import parse

if TYPE_CHECKING:
    from outturn.store.engine import Engine

ARROW = {
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


def _handed(name: str, grain: str, **columns: Type) -> Table:
    return Table(
        name,
        "derived",
        "a room's Python",
        grain,
        tuple(Column(column, kind, needed=True) for column, kind in columns.items()),
    )


def _credited(name: str, written: str, grain: str, **more: Type) -> Table:
    """What the attribution kernel hands over: a table's columns without its names, goal and model as numbers."""
    named = {"channel", "platform", "account_id", "campaign_key", "campaign_id", "campaign_name"}
    columns = tuple(
        Column(column.name, Type.SMALL if column.name in {"goal", "model"} else column.type, needed=column.needed)
        for column in TABLES[written].columns
        if column.name not in named
    )
    return Table(
        name, "derived", "attribution", grain, (*columns, *(Column(name, type_) for name, type_ in more.items()))
    )


# What rooms register or name from Python, for their statements to read: a new one is declared here, with its grain.
HANDED = {
    table.name: table
    for table in (
        _handed("loaded_imports", "import_id", import_id=Type.TEXT, file=Type.TEXT, partial=Type.FLAG),
        _handed("rated_days", "date_day, currency", date_day=Type.DAY, currency=Type.TEXT),
        _handed(
            "sale_rates",
            "date_day, currency",
            date_day=Type.DAY,
            currency=Type.TEXT,
            ours=Type.MICROS,
            theirs=Type.MICROS,
        ),
        _handed("given_hosts", "host", host=Type.TEXT),
        _handed("goal_kinds", "goal, kind", goal=Type.TEXT, kind=Type.TEXT),
        _handed("goal_statuses", "goal, status", goal=Type.TEXT, status=Type.TEXT),
        _handed("goal_systems", "goal, system", goal=Type.TEXT, system=Type.TEXT),
        _handed("goal_stages", "goal, stage", goal=Type.TEXT, stage=Type.TEXT),
        _handed(
            "goal_rules",
            "goal",
            goal=Type.TEXT,
            only_first=Type.FLAG,
            per_account=Type.FLAG,
            by_stage=Type.FLAG,
            of_openings=Type.FLAG,
        ),
        _handed("component_ties", "a, b", a=Type.KEY, b=Type.KEY),
        _handed("trusted_components", "identifier", identifier=Type.KEY, root=Type.KEY),
        _handed("claimed_components", "identifier", identifier=Type.KEY, root=Type.KEY),
        _handed("labels", "identifier", identifier=Type.KEY, root=Type.KEY),
        _handed("asked_keys", "kind, identifier", kind=Type.TEXT, identifier=Type.KEY),
        _handed("asked_texts", "kind, text", kind=Type.TEXT, text=Type.TEXT),
        _handed("erasure_keys", "identifier", identifier=Type.KEY),
        _handed("erasure_outcomes", "outcome_id", outcome_id=Type.TEXT),
        _handed("channel_words", "word", word=Type.TEXT, channel=Type.TEXT),
        _handed("platform_channels", "platform", platform=Type.TEXT, channel=Type.TEXT),
        _handed("source_platforms", "word", word=Type.TEXT, platform=Type.TEXT),
        _handed(
            "outage_stretches",
            "source, subject",
            source=Type.TEXT,
            subject=Type.TEXT,
            first_day=Type.DAY,
            last_day=Type.DAY,
            expected=Type.COUNT,
            hits=Type.COUNT,
            example_id=Type.TEXT,
            count_low=Type.COUNT,
            count_high=Type.COUNT,
            lost_micros=Type.MICROS,
            lost_low_micros=Type.MICROS,
            lost_high_micros=Type.MICROS,
        ),
        _handed(
            "consent_places",
            "source, subject",
            source=Type.TEXT,
            subject=Type.TEXT,
            first_day=Type.DAY,
            last_day=Type.DAY,
            hits=Type.COUNT,
            granted=Type.COUNT,
            example_id=Type.TEXT,
        ),
        _handed(
            "silences",
            "role, source, account_id",
            role=Type.TEXT,
            source=Type.TEXT,
            account_id=Type.TEXT,
            first_day=Type.DAY,
            last_day=Type.DAY,
            days=Type.COUNT,
            silent_days=Type.COUNT,
        ),
        _handed(
            "unusual_days",
            "told_by, account_id, subject, date_day",
            told_by=Type.TEXT,
            account_id=Type.TEXT,
            subject=Type.TEXT,
            date_day=Type.DAY,
            import_id=Type.TEXT,
        ),
        _handed(
            "spend_changes",
            "import_id, platform, account_id, first_day, last_day, by_day, level, currency",
            import_id=Type.TEXT,
            restates=Type.TEXT,
            platform=Type.TEXT,
            account_id=Type.TEXT,
            first_day=Type.DAY,
            last_day=Type.DAY,
            by_day=Type.FLAG,
            level=Type.TEXT,
            currency=Type.TEXT,
            spend_was=Type.MICROS,
            spend_now=Type.MICROS,
        ),
        _handed(
            "claim_changes",
            "import_id, platform, account_id, first_day, last_day, by_day, level, conversion_action, click_or_view, "
            "attribution_window, date_basis, currency",
            import_id=Type.TEXT,
            restates=Type.TEXT,
            platform=Type.TEXT,
            account_id=Type.TEXT,
            first_day=Type.DAY,
            last_day=Type.DAY,
            by_day=Type.FLAG,
            level=Type.TEXT,
            conversion_action=Type.TEXT,
            click_or_view=Type.TEXT,
            attribution_window=Type.TEXT,
            date_basis=Type.TEXT,
            currency=Type.TEXT,
            conversions_was=Type.SHARE,
            conversions_now=Type.SHARE,
        ),
        _handed(
            "claim_windows",
            "number",
            number=Type.COUNT,
            platform=Type.TEXT,
            conversion_action=Type.TEXT,
            click_or_view=Type.TEXT,
            attribution_window=Type.TEXT,
            date_basis=Type.TEXT,
            window_days=Type.COUNT,
            normal_ratio=Type.SHARE,
            first_day=Type.DAY,
            last_day=Type.DAY,
            reaches_day=Type.DAY,
        ),
        _handed("payment_hosts", "host", host=Type.TEXT),
        _handed("campaign_slips", "word", word=Type.TEXT, usual_word=Type.TEXT),
        _handed(
            "signed_days",
            "user_key, anonymous_key, source, browser, day_number",
            user_key=Type.KEY,
            anonymous_key=Type.KEY,
            source=Type.TEXT,
            browser=Type.TEXT,
            day_number=Type.COUNT,
            occurred_at=Type.AT,
        ),
        _handed(
            "landings",
            "platform, page",
            platform=Type.TEXT,
            page=Type.TEXT,
            bare=Type.COUNT,
            arrivals=Type.COUNT,
            first_day=Type.DAY,
            last_day=Type.DAY,
            example_id=Type.TEXT,
        ),
        _handed("ad_hosts", "host", host=Type.TEXT, platform=Type.TEXT),
        _handed("click_platforms", "click_id_kind", click_id_kind=Type.TEXT, platform=Type.TEXT),
        _handed("goals_to_credit", "goal", goal=Type.TEXT, number=Type.SMALL),
        _handed("models_to_credit", "model", model=Type.TEXT, number=Type.SMALL),
        _credited("credited_cells", "credits", "goal, model, date_day, cash_day, place"),
        _credited("credited_totals", "credit_totals", "goal, model, grain, place", place=Type.SMALL),
    )
}


def _as_spend(name: str) -> Statement:
    spend = name.replace("claims", "ad_spend")
    written = read(Path(facts.__file__).parent / f"{spend}.sql")
    reads = tuple(one.replace("ad_spend", "claims") for one in written.reads)
    return replace(written, table=name, reads=reads, text=facts.as_spend(spend, "claims"))


# Statements that rooms put together in Python, from rules of the domain or out of one another.
COMPOSED = {
    "classified": Statement(
        Path("classified"),
        "classified",
        "evidence",
        ("evidence",),
        {},
        "evidences with their channel and platform",
        touches._classified(),
    ),
    **{name: _as_spend(name) for name in ("claims_placed", "current_claims")},
}
# What `Facts.expose` names beside the declared tables.
# Whatever a table's own grain: what was ever written may say the same thing twice.
WRITTEN = {f"{name}_rows": replace(TABLES[name], name=f"{name}_rows", grain="import_id, line, state") for name in FACTS}
GIVEN: dict[str, Table] = {**TABLES, **HANDED, **WRITTEN}
TYPE_OF = {column.name: column.type for table in (*TABLES.values(), *HANDED.values()) for column in table.columns}
ROWS = 300
ROWS_WRITTEN = 400
SEED = 20_240_331
LONGEST_WORD = 20
NULL_SHARE = 0.2
WORDS = ("", "a", "B", "Größe 'x'", "日本", "a b\\c")
ZONES = ("UTC", "Europe/Berlin", "America/New_York")
CURRENCIES = ("EUR", "USD", "JPY")
JSONS = ('{"analytics": true, "ad_storage": "granted"}', '{"plan": "pro", "n": 3}', "{}")


# Columns whose words come from a short list: few, so that joins and filters meet.
VOCABULARY = {
    "import_id": ("i1", "i2", "i3"),
    "restates": ("i1", "i2"),
    "state": ("loaded", "loaded", "undone"),
    "status": ("counted", "counted", "pending"),
    "kind": ("purchase", "purchase", "won", "refund", "lead", "opportunity", "subscription_start", "churn"),
    "stage": ("", "", "won"),
    "goal": ("sale", "lead"),
    "system": ("shopify", "ga4", "generic"),
    "outcome_id": tuple(f"shopify:{number}" for number in range(100)),
    "parent_outcome_id": tuple(f"shopify:{number}" for number in range(100)),
    "event_id": tuple(f"ga4:{number}" for number in range(200)),
    "text": tuple(f"{system}:{number}" for system in ("ga4", "shopify") for number in range(8)),
    "model": ("linear", "last_touch"),
    "basis": ("conversion_day", "cash_day"),
    "grain": ("campaign", "channel"),
    "level": ("campaign", "campaign", "ad_group", "ad", "account"),
    "channel": ("Paid Search", "Email", "(none)"),
    "platform": ("google_ads", "meta_ads", ""),
    "account_id": ("1", "2", "(unnamed)", ""),
    "campaign_key": ("c1", "name:Größe", ""),
    "campaign_id": ("c1", "c2"),
    "campaign_name": ("Größe", "brand"),
    # As the numbers of `outcome_id`, so that trackers and ledger know the same orders.
    "order_id": tuple(str(number) for number in range(100)),
    "source": ("ga4", "ga4", "segment"),
    "utm_source": ("google", "facebook", "Google", ""),
    "utm_medium": ("cpc", "email", ""),
    "subject": ("spend", "claims", "ledger"),
    "told_by": ("google_ads", "meta_ads", "shopify", ""),
    "role": ("tracker", "spend"),
    "word": ("google", "facebook", "email"),
    "click_id_kind": ("gclid", "fbclid", "msclkid"),
    "name": ("Order Completed", "purchase", "Form Submitted"),
    "deal_id": ("d1", "d2", "d3", "d4"),
    "type": ("page", "track", "identify", "touch"),
    "trust": ("secret", "public", "file"),
    "conversion_action": ("all", "Kauf"),
    "click_or_view": ("all", "click"),
}


@dataclass(slots=True)
class World:
    """Rows for tables: texts come from the statements' own words, so that filters and joins meet something."""

    words: tuple[str, ...]
    rng: np.random.Generator
    made: dict[str, pa.Table] = field(default_factory=dict)

    def table(self, name: str) -> pa.Table:
        """Random rows of a given table, with its grain kept and NULL where it may be."""
        if name not in self.made:
            table = GIVEN[name]
            many = ROWS_WRITTEN if name in WRITTEN else ROWS
            rows = [{column.name: self._cell(column, line) for column in table.columns} for line in range(1, many + 1)]
            grain = [part.strip() for part in table.grain.split(";")[0].split("(")[0].split(",")]
            key = [part for part in grain if part in table.names]
            unique = {tuple(row[part] for part in key) if key else line: row for line, row in enumerate(rows)}
            schema = pa.schema([(column.name, ARROW[column.type]) for column in table.columns])
            self.made[name] = pa.Table.from_pylist(list(unique.values()), schema)
        return self.made[name]

    def _cell(self, column: Column, line: int) -> object:
        if column.name == "line":
            return line
        if not column.needed and self.rng.random() < NULL_SHARE:
            return None
        return self.value(column.name, column.type)

    def value(self, name: str, kind: Type) -> object:
        """One value that such a column or parameter may have."""
        small = int(self.rng.integers(0, 8))
        if kind is Type.TEXT:
            return self._pick(self._texts(name))
        if kind is Type.MICROS:
            return int(self.rng.integers(-(10**9), 10**12))
        if kind is Type.AT:
            microseconds = int(self.rng.integers(0, 8 * 86_400 * 10**6))
            return datetime(2024, 3, 28, tzinfo=UTC) + timedelta(microseconds=microseconds)
        plain: dict[Type, object] = {
            Type.COUNT: small,
            Type.SMALL: small,
            Type.SHARE: small / 4,
            Type.FLAG: small % 2 == 0,
            Type.DAY: date(2024, 3, 28) + timedelta(days=small),
            Type.KEY: bytes([17 * small]) * 32,
        }
        return plain[kind]

    def _texts(self, name: str) -> tuple[str, ...]:
        if "zone" in name:
            return ZONES
        if "currency" in name:
            return CURRENCIES
        if name in {"consent", "properties", "summary", "options"}:
            return JSONS
        return VOCABULARY.get(name, self.words)

    def _pick(self, texts: tuple[str, ...]) -> str:
        return texts[int(self.rng.integers(0, len(texts)))]


def parameter_types(statement: Statement) -> dict[str, Type]:
    """The types of a statement's parameters: as its header says, else as the tree lets one guess."""
    tree = parse(statement.text)
    types = {}
    for name in parameters_of(statement.text):
        if name in statement.takes:
            types[name] = Type(statement.takes[name])
        else:
            uses = [use for use in tree.find_all(exp.Placeholder) if use.name == name]
            types[name] = next((guess for use in uses if (guess := _guess(use))), Type.TEXT)
    return types


def _guess(use: exp.Expr) -> Type | None:
    parent = use.parent
    if isinstance(parent, exp.Cast):
        return {
            "DATE": Type.DAY,
            "BIGINT": Type.COUNT,
            "INT": Type.SMALL,
            "BOOLEAN": Type.FLAG,
            "DOUBLE": Type.SHARE,
        }.get(parent.to.this.name, Type.AT if "TIMESTAMP" in parent.to.this.name else None)
    if isinstance(parent, exp.And | exp.Or | exp.Not | exp.If | exp.Where):
        return Type.FLAG
    if isinstance(parent, exp.Predicate | exp.Between | exp.Coalesce):
        columns = [column.name for column in parent.find_all(exp.Column) if column.name in TYPE_OF]
        return TYPE_OF[columns[0]] if columns else None
    return None


class Rehearsal:
    """One room's statements on one engine, over tables that are random and the same for every engine."""

    def __init__(self, engine: Engine, room: Path) -> None:
        """Read the room's statements; their words become the texts in the tables."""
        self.engine = engine
        self.statements = {**COMPOSED, **{file.stem: read(file) for file in sorted(room.glob("*.sql"))}}
        literals = {
            literal.name
            for statement in self.statements.values()
            for literal in parse(statement.text).find_all(exp.Literal)
            if literal.is_string and len(literal.name) < LONGEST_WORD
        }
        words = (*WORDS, *sorted(literals))
        # Each from a seed of its own: a new column of one table leaves the others' rows as they were.
        self._tables = {
            name: World(words, np.random.default_rng([SEED, *name.encode()])).table(name) for name in sorted(GIVEN)
        }
        self._named: set[str] = set()

    def rows(self, name: str) -> pa.Table:
        """What a statement gives."""
        statement = self.statements[name]
        for read_name in statement.reads:
            self._make(read_name)
        return self.engine.query(statement.text, parameters(statement))

    def _make(self, name: str) -> None:
        """Name what a statement reads: the rows of the room's own statement of that name, else random ones."""
        if name in self._named:
            return
        self._named.add(name)
        if name not in self.statements:
            self.engine.register(name, self._tables[name])
        else:
            statement = self.statements[name]
            for read_name in statement.reads:
                self._make(read_name)
            self.engine.table(name, statement.text, parameters(statement))


# So that ranges hold something and every branch is asked.
CHOSEN: dict[str, object] = {
    "first_day": date(2024, 3, 28),
    "last_day": date(2024, 4, 30),
    "since": date(2024, 3, 28),
    "as_of_micros": 2**61,
    "history_days": 0,
    "cap": 1,
    "grain": 2,
    "by_time": "date_day",
    "currency": "EUR",
    "basis": "conversion_day",
    "goal": "sale",
    "outcome_id": "shopify:7",
    "sale_goal": "sale",
    "lead_goal": "lead",
    "model": "linear",
    "level": "campaign",
    "session_micros": 1_800_000_000,
    "lookback_days": 30,
    "longest_days": 90,
}


def parameters(statement: Statement) -> dict[str, object]:
    """The same values for a statement's parameters on every engine; flags are true, other texts filter nothing."""
    world = World(("",), np.random.default_rng(SEED))
    return {
        name: CHOSEN[name] if name in CHOSEN else _chosen(world, name, kind)
        for name, kind in parameter_types(statement).items()
    }


def _chosen(world: World, name: str, kind: Type) -> object:
    if kind is Type.TEXT and "zone" not in name:
        return ""
    return True if kind is Type.FLAG else world.value(name, kind)


def as_multiset(table: pa.Table) -> list[str]:
    """The rows, sorted; numbers by their value whatever their width, floats to 12 digits."""
    return sorted(repr([_plain(value) for value in row.values()]) for row in table.to_pylist())


def _plain(value: object) -> object:
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, list):
        return [_plain(member) for member in value]
    return value


AWKWARD = (
    None,
    "",
    " ",
    "google",
    "Google ",
    "GOOGLE.com",
    "cpc",
    "PPC",
    "paid_search",
    "Paid Search",
    "(not set)",
    "(direct)",
    "facebook",
    "meta_ads",
    "google_ads",
    "PERFORMANCE_MAX",
    "SEARCH",
    "email",
    "news.google.com",
    "İstanbul",
    "STRASSE ß",
    "brand'r",
    "a\tb",
    "b\\'r",
    "xb'ry",
    "shopping",
    "youtube",
    "affiliate",
    "gclid",
    "fbclid",
    "display",
    "日本",
    "\u00a0x\u00a0",
)


def texts_for(columns: tuple[str, ...]) -> pa.Table:
    """Texts that folding, quoting and rules trip over, in columns of these names."""
    rng = np.random.default_rng(SEED)
    picked = {column: [AWKWARD[index] for index in rng.integers(0, len(AWKWARD), 300)] for column in columns}
    return pa.table({column: pa.array(values, pa.string()) for column, values in picked.items()})
