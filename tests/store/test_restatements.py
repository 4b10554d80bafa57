"""What imports changed of what was known before, against replaying them one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outturn.store.duckdb_engine import DuckDBEngine
from outturn.store.facts import as_spend
from outturn.store.restatements import name_changes
from outturn.store.sql import load
from outturn.store.tables import AD_ENTITIES, AD_SPEND, CLAIMS, Table
from tests.store.portable import ARROW

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# (account, day of September or None for the month as a period, level)
Scope = tuple[str, int | None, str]


@dataclass(frozen=True)
class Import:
    """One file's rows: (scope, campaign, currency, spend, impressions, clicks); spend may be unknown."""

    partial: bool
    loaded: bool
    rows: tuple[tuple[Scope, str, str, int | None, int, int], ...]


SCOPES: st.SearchStrategy[Scope] = st.tuples(
    st.sampled_from(["1", "2"]), st.sampled_from([1, 2, None]), st.sampled_from(["campaign", "ad"])
)
ROWS = st.tuples(
    SCOPES,
    st.sampled_from("ABC"),
    st.sampled_from(["EUR", "USD"]),
    st.none() | st.integers(-5, 9),
    st.integers(0, 3),
    st.integers(0, 2),
)
IMPORTS = st.lists(
    st.builds(
        Import, partial=st.booleans(), loaded=st.integers(0, 3).map(bool), rows=st.lists(ROWS, max_size=6).map(tuple)
    ),
    min_size=1,
    max_size=5,
)


def replayed(imports: Sequence[Import]) -> tuple[list[tuple[Any, ...]], dict[tuple[Any, ...], list[int | None]]]:
    """What every loaded import changed, and the sums that stand at the end, by plain dictionaries."""
    state: dict[Scope, dict[str, list[tuple[str, int | None, int, int]]]] = {}
    said: dict[Scope, str] = {}
    changes = []
    for number, one in enumerate(imports):
        if not one.loaded:
            continue
        for scope in sorted({row[0] for row in one.rows}, key=str):
            rows: dict[str, list[tuple[str, int | None, int, int]]] = {}
            for row in one.rows:
                if row[0] == scope:
                    rows.setdefault(row[1], []).append(row[2:])
            before = state.get(scope, {})
            after = {**before, **rows} if one.partial else rows
            for currency in sorted({line[0] for day in (before, after) for told in day.values() for line in told}):
                was, now = ([_sums(told.get(name, ()), currency) for name in "ABC"] for told in (before, after))
                changed = sum(
                    any((a or 0) != (b or 0) for a, b in zip(x, y, strict=True)) for x, y in zip(was, now, strict=True)
                )
                if scope in said and changed:
                    sides = [_added(side) for side in (was, now)]
                    changes.append((f"i{number}", said[scope], *scope, currency, changed, *sides[0], *sides[1]))
            state[scope] = after
            said[scope] = f"i{number}"
    stands = {
        (*scope, currency): _added([_sums(told, currency) for told in day.values()])
        for scope, day in state.items()
        for currency in ("EUR", "USD")
        if any(line[0] == currency for told in day.values() for line in told)
    }
    return changes, stands


def _sums(lines: Sequence[tuple[str, int | None, int, int]], currency: str) -> list[int | None]:
    return _added([list(line[1:]) for line in lines if line[0] == currency])


def _added(sums: Sequence[Sequence[int | None]]) -> list[int | None]:
    """Unknown where nothing is known."""
    columns = [[one[at] for one in sums if one[at] is not None] for at in range(3)]
    return [sum(x for x in column if x is not None) if column else None for column in columns]


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    opened = DuckDBEngine(threads=1)
    yield opened
    opened.close()


def expose(engine: DuckDBEngine, imports: Sequence[Import]) -> None:
    """The facts as `Facts.expose` names them."""
    names = [f"i{number}" for number, one in enumerate(imports) if one.loaded]
    partial = [one.partial for one in imports if one.loaded]
    engine.register(
        "loaded_imports",
        pa.table(
            {
                "import_id": pa.array(names, pa.string()),
                "file": pa.array(names, pa.string()),
                "partial": pa.array(partial, pa.bool_()),
            }
        ),
    )
    spend, claims = [], []
    for number, one in enumerate(imports):
        for line, ((account, day, level), campaign, currency, micros, impressions, clicks) in enumerate(one.rows):
            common = {
                "import_id": f"i{number}", "line": line, "platform": "google_ads", "account_id": account,
                "date_day": date(2026, 9, day) if day else None,
                "period_start": None if day else date(2026, 9, 1), "period_end": None if day else date(2026, 9, 30),
                # The same campaign by its id, by its name, and by both.
                "level": level, "campaign_id": None if line % 3 == 1 and campaign != "B" else f"id-{campaign}",
                "campaign_name": None if line % 3 == 2 and campaign != "B" else f"Name {campaign}",
                "currency": currency,
            }  # fmt: skip
            figures = {"spend_micros": micros, "impressions": impressions, "clicks": clicks}
            spend.append({**common, **figures})
            claimed = {"claimed_conversions": impressions / 2, "claimed_value_micros": micros}
            kinds = {"conversion_action": "all", "click_or_view": "all", "attribution_window": "7d", "date_basis": "x"}
            claims.append({**common, **kinds, **claimed})
    # Each name has one id somewhere, so that rows of a name alone are known for what they are.
    spend += [
        {
            "import_id": "i-names", "line": 1, "platform": "google_ads", "account_id": account,
            "date_day": date(2026, 8, 1), "level": "campaign", "campaign_id": f"id-{campaign}",
            "campaign_name": f"Name {campaign}", "currency": "EUR",
        }
        for campaign in "ABC" for account in ("1", "2")
    ]  # fmt: skip
    engine.table(
        "loaded_imports_of_files", "SELECT * FROM loaded_imports UNION ALL SELECT 'i-names', 'names.csv', FALSE"
    )
    engine.table("loaded_imports", "SELECT * FROM loaded_imports_of_files")
    _register(engine, AD_SPEND, spend)
    _register(engine, CLAIMS, claims)
    engine.register("ad_entities", pa.Table.from_pylist([], _schema(AD_ENTITIES)))
    for step in ("account_adopters", "ad_parents", "spend_bearers"):
        engine.table(step, load("outturn.store", step))
    for name in ("ad_spend", "claims"):
        engine.view(f"{name}_placed", as_spend("ad_spend_placed", name))
        engine.view(name, as_spend("current_ad_spend", name))


def _register(engine: DuckDBEngine, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    filled = [{name: row.get(name) for name in table.names} for row in rows]
    engine.register(f"{table.name}_rows", pa.Table.from_pylist(filled, _schema(table)))


def _schema(table: Table) -> pa.Schema:
    return pa.schema([(column.name, ARROW[column.type]) for column in table.columns])


@settings(max_examples=max(25, settings().max_examples // 4))
@given(imports=IMPORTS)
def test_changes_are_those_of_replaying_the_imports_that_count(engine: DuckDBEngine, imports: list[Import]) -> None:
    expected, stands = replayed(imports)
    expose(engine, imports)
    name_changes(engine, "ad_spend")
    scope = "account_id, CASE WHEN by_day THEN CAST(EXTRACT(DAY FROM first_day) AS INTEGER) END, level, currency"
    found = engine.rows(
        f"SELECT import_id, restates, {scope}, campaigns, spend_was, impressions_was, clicks_was, "
        "spend_now, impressions_now, clicks_now FROM spend_changes"
    )
    assert sorted(found, key=str) == sorted(expected, key=str)
    current = engine.rows(
        "SELECT account_id, CAST(EXTRACT(DAY FROM date_day) AS INTEGER), level, currency, "
        "CAST(SUM(spend_micros) AS BIGINT), CAST(SUM(impressions) AS BIGINT), CAST(SUM(clicks) AS BIGINT) "
        "FROM ad_spend WHERE import_id <> 'i-names' GROUP BY ALL"
    )
    assert {row[:4]: list(row[4:]) for row in current} == stands
    name_changes(engine, "claims")
    claimed = engine.rows(
        f"SELECT import_id, restates, {scope}, value_was, conversions_was * 2, value_now, conversions_now * 2 "
        "FROM claim_changes"
    )
    # Claims are told by the day alone: campaigns that even out leave it as it was.
    sums = [(*row[:6], *(row[at] or 0 for at in (7, 8, 10, 11))) for row in expected]
    assert sorted(claimed, key=str) == sorted((row for row in sums if row[6:8] != row[8:]), key=str)
