"""Numbers are read exactly, in the style that the file proves, or not at all."""

from __future__ import annotations

import re
from decimal import Decimal

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outturn.domain.errors import FileRefused
from outturn.sources.number_styles import PLAIN, Style, settle, shape, value
from outturn.sources.source import Kind


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def _style(columns: dict[str, tuple[Kind, list[str]]], connection: duckdb.DuckDBPyConnection, given: str = "") -> Style:
    table = pa.table({name: texts for name, (_kind, texts) in columns.items()})
    connection.register("column_texts", table)

    def evidence(aggregates: str) -> tuple[int | None, ...]:
        found: tuple[int | None, ...] = connection.execute(f"SELECT {aggregates} FROM column_texts").fetchall()[0]
        return found

    return settle([(name, kind) for name, (kind, _texts) in columns.items()], evidence, given=given)[0]


@pytest.mark.parametrize(
    ("money", "decimal"),
    [
        (["1,234.56", "5"], "."),
        (["1.234,56", "5"], ","),
        (["1 234,56", "12"], ","),
        (["12,34,567.00", "1"], "."),
        (["0.123", "1"], "."),
        (["1,234,567", "1"], "."),
        (["12", "7"], "."),
        (["€ 1.234,50", "(3,5)"], ","),
        (["1'234.50", "2-"], "."),
    ],
)
def test_the_style_is_what_one_style_alone_can_read(
    connection: duckdb.DuckDBPyConnection, money: list[str], decimal: str
) -> None:
    assert _style({"cost": (Kind.MONEY, money)}, connection).decimal == decimal


def test_a_grouped_count_settles_the_money_beside_it(connection: duckdb.DuckDBPyConnection) -> None:
    assert _style({"cost": (Kind.MONEY, ["1,234"]), "clicks": (Kind.COUNT, ["2,345"])}, connection).decimal == "."
    assert _style({"cost": (Kind.MONEY, ["1,234"]), "clicks": (Kind.COUNT, ["2.345"])}, connection).decimal == ","


@pytest.mark.parametrize(
    ("money", "code"),
    [
        (["1,234", "5,678"], "AMBIGUOUS_NUMBER"),
        (["1.234"], "AMBIGUOUS_NUMBER"),
        (["1.50", "1,50"], "MIXED_NUMBER_STYLE"),
    ],
)
def test_an_amount_is_never_guessed(connection: duckdb.DuckDBPyConnection, money: list[str], code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        _style({"cost": (Kind.MONEY, money)}, connection)
    assert refused.value.code == code
    assert refused.value.needs == (("decimal",) if code == "AMBIGUOUS_NUMBER" else ())
    if code == "AMBIGUOUS_NUMBER":
        assert _style({"cost": (Kind.MONEY, money)}, connection, given=",").decimal == ","


@pytest.mark.parametrize(
    ("text", "kind", "style", "expected"),
    [
        ("1,234.56", Kind.MONEY, ".", 1_234_560_000),
        ("1.234,56", Kind.MONEY, ",", 1_234_560_000),
        ("0.1234567", Kind.MONEY, ".", None),
        ("0.1234560", Kind.MONEY, ".", 123_456),
        ("-.5", Kind.MONEY, ".", -500_000),
        ("(1,000.00)", Kind.MONEY, ".", -1_000_000_000),
        ("$12.5", Kind.MONEY, ".", 12_500_000),
        ("12.5-", Kind.MONEY, ".", -12_500_000),
        ("1.2e3", Kind.MONEY, ".", None),
        ("12,50", Kind.MONEY, ".", None),
        ("99999999999999", Kind.MONEY, ".", None),
        ("1,234", Kind.COUNT, ".", 1234),
        ("12.0", Kind.COUNT, ".", 12),
        ("12.5", Kind.COUNT, ".", None),
        ("-3", Kind.COUNT, ".", None),
        ("12,34,567", Kind.COUNT, ".", 1_234_567),
        ("1_000", Kind.COUNT, ".", None),
        ("36150000", Kind.MICROS, ".", 36_150_000),
        ("1.16%", Kind.SHARE, ".", 1.16),
        ("< 10%", Kind.SHARE, ".", None),
        ("4.416667", Kind.SHARE, ".", 4.416667),
    ],
)
def test_texts_and_what_they_are(
    connection: duckdb.DuckDBPyConnection, text: str, kind: Kind, style: str, expected: float | None
) -> None:
    sql = value("x", kind, Style(style, decorated=True))
    assert connection.execute(f"SELECT {sql} FROM (SELECT $text AS x)", {"text": text}).fetchall() == [(expected,)]


@given(
    micros=st.integers(-(10**17), 10**17),
    style=st.builds(Style, st.sampled_from(".,"), st.booleans()),
    mark=st.sampled_from(["", ","]),
)
def test_no_micro_is_lost(connection: duckdb.DuckDBPyConnection, micros: int, style: Style, mark: str) -> None:
    text = format(Decimal(micros).scaleb(-6), f"{mark}.6f")
    if style.decimal == ",":
        text = text.translate(str.maketrans(",.", ".,"))
    sql = value("x", Kind.MONEY, style)
    assert connection.execute(f"SELECT {sql} FROM (SELECT $text AS x)", {"text": text}).fetchall() == [(micros,)]


@given(
    text=st.text("0123456789.,-eE+_ ", max_size=14) | st.from_regex(r"-?[0-9]{1,13}(\.[0-9]{2})?", fullmatch=True),
    kind=st.sampled_from([Kind.COUNT, Kind.MONEY, Kind.MICROS]),
)
def test_what_has_the_shape_is_read_and_nothing_else(
    connection: duckdb.DuckDBPyConnection, text: str, kind: Kind
) -> None:
    expected = None
    if re.fullmatch(shape(PLAIN, kind), text, re.ASCII):
        exact = Decimal(text.replace(",", "")) * (1_000_000 if kind is Kind.MONEY else 1)
        expected = int(exact) if -(2**63) <= exact < 2**63 else None
    sql = value("x", kind, PLAIN)
    assert connection.execute(f"SELECT {sql} FROM (SELECT $text AS x)", {"text": text}).fetchall() == [(expected,)]
