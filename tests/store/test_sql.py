"""Statement files and their headers, parameters, and the words that both engines share."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outturn.domain.errors import OutturnError, UsageError
from outturn.store.duckdb_engine import DuckDBEngine
from outturn.store.macros import MACROS
from outturn.store.sql import inline, literal, load, parameters_of, read

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LARGEST = 2**63 - 1
WHOLE = st.one_of(
    st.integers(-LARGEST - 1, LARGEST), st.integers(-100, 100), st.sampled_from([0, 1, -1, LARGEST, -LARGEST - 1])
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    engine = DuckDBEngine(threads=1)
    yield engine
    engine.close()


def test_a_header_says_what_a_statement_makes_of_what(tmp_path: Path) -> None:
    file = tmp_path / "counted.sql"
    file.write_text(
        "-- table: conversions\n-- grain: outcome_id, goal\n-- reads: outcomes,\n--   people\n"
        "-- takes: $kind text, since day\n-- says: what counts: once each\nSELECT 1 -- reads: nothing\n",
        encoding="utf-8",
    )
    statement = read(file)
    assert (statement.table, statement.grain) == ("conversions", "outcome_id, goal")
    assert statement.reads == ("outcomes", "people")
    assert statement.takes == {"kind": "text", "since": "day"}
    assert statement.says == "what counts: once each"
    assert statement.text.splitlines()[6].startswith("SELECT 1")


def test_a_header_that_lacks_a_line_is_refused_by_its_name(tmp_path: Path) -> None:
    file = tmp_path / "bare.sql"
    file.write_text("-- table: conversions\n-- says: something\nSELECT 1", encoding="utf-8")
    with pytest.raises(OutturnError, match=r"bare\.sql: the header lacks grain, reads"):
        read(file)


def test_a_room_loads_the_statement_beside_it() -> None:
    assert "SELECT" in load("outturn.store", "current_outcomes")


def test_parameters_are_found_outside_of_texts_and_comments() -> None:
    statement = """SELECT $kind, '$no', "$neither", 'it''s $not' -- $nor\n/* $this */ WHERE a = $goal AND b = $kind"""
    assert parameters_of(statement) == ["kind", "goal"]
    assert inline("SELECT $a, '$a' -- $a", {"a": "x'y"}) == "SELECT 'x''y', '$a' -- $a"


def test_a_misspelt_parameter_is_refused() -> None:
    with pytest.raises(UsageError, match=r"missing: \['kind'\], not used by it: \['knid'\]"):
        inline("SELECT $kind", {"knid": 1})


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(UsageError, match="has no time zone"):
        literal(datetime(2024, 1, 1))  # noqa: DTZ001 - the point


TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))


@settings(max_examples=100, deadline=None)
@given(
    value=st.one_of(
        st.none(),
        st.booleans(),
        WHOLE,
        st.floats(allow_nan=False, allow_infinity=False),
        TEXT,
        st.binary(),
        st.dates(),
    )
)
def test_a_literal_reads_back_as_its_value(engine: DuckDBEngine, value: object) -> None:
    assert engine.rows(f"SELECT {literal(value)}") == [(value,)]


INSTANTS = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def micros(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)


@settings(max_examples=100, deadline=None)
@given(at=INSTANTS)
def test_an_instant_is_its_microseconds(engine: DuckDBEngine, at: datetime) -> None:
    statement = f"SELECT outturn_micros({literal(at)}), outturn_micros(outturn_at($micros)), outturn_micros($at)"
    assert engine.rows(statement, {"micros": micros(at), "at": at}) == [(micros(at),) * 3]


@settings(max_examples=100, deadline=None)
@given(at=INSTANTS, zone=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia"]))
def test_a_day_is_the_zones_own(engine: DuckDBEngine, at: datetime, zone: str) -> None:
    expected: date = at.astimezone(ZoneInfo(zone)).date()
    assert engine.rows("SELECT outturn_day($at, $zone)", {"at": at, "zone": zone}) == [(expected,)]


@given(key=st.binary(min_size=1, max_size=32))
@settings(max_examples=100, deadline=None)
def test_a_bucket_is_the_keys_last_byte_modulo_64(engine: DuckDBEngine, key: bytes) -> None:
    assert engine.rows("SELECT outturn_bucket($key)", {"key": key}) == [(key[-1] % 64,)]


def half_even(a: int, b: int, c: int) -> int | None:
    """The product a * b over c to the nearest whole number, ties to the even one, by Python's exact integers."""
    if c == 0:
        return None
    whole, rest = divmod(abs(a * b), abs(c))
    whole += 2 * rest > abs(c) or (2 * rest == abs(c) and whole % 2 == 1)
    return whole if (a * b >= 0) == (c > 0) else -whole


@settings(max_examples=100, deadline=None)
@given(a=WHOLE, b=WHOLE, c=WHOLE)
def test_muldiv_is_exact_or_raises(engine: DuckDBEngine, a: int, b: int, c: int) -> None:
    expected = half_even(a, b, c)
    numbers = {"a": a, "b": b, "c": c}
    if expected is None or -LARGEST - 1 <= expected <= LARGEST:
        assert engine.rows("SELECT outturn_muldiv($a, $b, $c)", numbers) == [(expected,)]
    else:
        with pytest.raises(Exception, match="64 bits"):
            engine.rows("SELECT outturn_muldiv($a, $b, $c)", numbers)


def test_muldiv_of_nothing_is_nothing(engine: DuckDBEngine) -> None:
    assert engine.rows(
        "SELECT outturn_muldiv(NULL, 1, 1), outturn_muldiv(1, NULL, 1), outturn_muldiv(1, 1, NULL), "
        "outturn_muldiv(5, 1, 2)"
    ) == [(None, None, None, 2)]


def test_every_macro_says_what_it_means() -> None:
    assert all(macro.says and macro.name.startswith("outturn_") for macro in MACROS)
