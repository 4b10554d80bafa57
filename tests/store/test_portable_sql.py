"""Every statement of the tree means the same on both engines, and says of itself what is true."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from outturn.domain import campaign_channels, channels, urls
from outturn.domain.errors import OutturnError
from outturn.domain.settings import Settings
from outturn.store.engine import open_engine
from outturn.store.sql import parameters_of, read
from outturn.store.tables import CLICK_ID_COLUMNS, TABLES
from outturn.store.translate import ordering, to_spark
from outturn.store.traps import TRAPS, find_traps, tables_read
from tests.store.portable import COMPOSED, GIVEN, Rehearsal, as_multiset, parameter_types, texts_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "outturn"
FILES = sorted(SOURCE.rglob("*.sql"))

each_file = pytest.mark.parametrize("file", FILES, ids=[str(file.relative_to(SOURCE)) for file in FILES])


@each_file
def test_a_statement_has_no_silent_trap(file: Path) -> None:
    found = [f"{file.relative_to(ROOT)} {finding}" for finding in find_traps(read(file).text)]
    assert not found, "\n".join(found)


@each_file
def test_a_header_names_what_is_read_and_taken(file: Path) -> None:
    statement = read(file)
    assert set(statement.reads) == tables_read(statement.text), f"{file}: correct the line '-- reads:'"
    if statement.takes:
        assert set(statement.takes) == set(parameters_of(statement.text)), f"{file}: correct the line '-- takes:'"
    beside = {other.stem for other in file.parent.glob("*.sql")}
    unknown = [name for name in statement.reads if name not in {*GIVEN, *COMPOSED, *beside}]
    where = "in store/tables.py nor by a statement beside it nor in tests/store/portable.py"
    assert not unknown, f"{file}: {unknown} are declared neither {where}"
    assert parameter_types(statement).keys() == set(parameters_of(statement.text))


@each_file
def test_a_statement_translates(file: Path) -> None:
    assert to_spark(read(file).text)


def test_statements_tell_the_click_id_that_counts_as_the_domain_does() -> None:
    cases = urls.click_id_kind_sql().removesuffix(" END")
    told = {file.stem: " ".join(read(file).text.split()) for file in FILES}
    assert {name for name, text in told.items() if cases in text} == {"hits", "landings", "hit_sums"}


def test_there_are_statements() -> None:
    assert FILES


# Expressions that the domain writes from its rules, over columns of text.
GENERATED = {
    "channel": channels.channel_sql(source="a", medium="b", campaign="c", referrer_host="d", click_id_kind="e"),
    "joined": channels.joined_sql("a"),
    "stated_channel": channels.stated_channel_sql("a"),
    "click_id_kind": urls.click_id_kind_sql(),
    **dict(
        zip(
            ("campaign_channel", "named_by"),
            campaign_channels.campaign_channel_sql(rules=(("*", "*b'r*", "Own"),)),
            strict=True,
        )
    ),
}

GENERATED_COLUMNS = (
    "a",
    "b",
    "c",
    "d",
    "e",
    "platform",
    "campaign_type",
    "campaign_name",
    "stated_channel",
    *CLICK_ID_COLUMNS,
)

each_generated = pytest.mark.parametrize("name", [*GENERATED, *COMPOSED])


def generated(name: str) -> str:
    return COMPOSED[name].text if name in COMPOSED else f"SELECT {GENERATED[name]} AS answer FROM texts"


@each_generated
def test_a_generated_expression_has_no_silent_trap(name: str) -> None:
    assert find_traps(generated(name)) == []
    assert to_spark(generated(name))


# A statement for each trap that must be caught, and its neighbour that must not.
CAUGHT = [
    ("decimal literal", "SELECT 1.0 / 3 AS x FROM t", "SELECT 1e0 / 3 AS x, '1.0' AS y FROM t"),
    ("clock arithmetic", "SELECT epoch(b) FROM t", "SELECT outturn_micros(b) - outturn_micros(a) FROM t"),
    ("clock arithmetic", "SELECT date_diff('hour', a, b) FROM t", "SELECT b > a + INTERVAL 1 HOUR FROM t"),
    ("fraction cut", "SELECT CAST(27e-1 AS INTEGER) FROM t", "SELECT CAST(ROUND(27e-1) AS INTEGER) FROM t"),
    (
        "fraction cut",
        "SELECT CAST(a / NULLIF(b, 0) AS BIGINT) FROM t",
        "SELECT CAST(FLOOR(a / NULLIF(b, 0)) AS BIGINT) FROM t",
    ),
    ("fraction cut", "SELECT CAST(kept_conversions AS INTEGER) FROM t", "SELECT CAST(clicks AS INTEGER) FROM t"),
    (
        "fraction cut",
        "SELECT CAST(CASE WHEN a THEN AVG(b) ELSE 0 END AS BIGINT) FROM t",
        "SELECT CAST(COUNT(*) AS INTEGER) FROM t",
    ),
    ("substring from 0", "SELECT SUBSTRING(s, 0, 2) FROM t", "SELECT SUBSTRING(s, 1, 2) FROM t"),
    ("last value", "SELECT LAST_VALUE(x) OVER (ORDER BY y) FROM t", "SELECT MAX(x) OVER (ORDER BY y) FROM t"),
    ("division", "SELECT x / y FROM t", "SELECT x / NULLIF(y, 0), x / 4, x % 2 FROM t"),
    ("division", "SELECT x % y FROM t", "SELECT x % NULLIF(y, 0) FROM t"),
    ("bare sum", "SELECT SUM(spend_micros) AS s FROM t", "SELECT CAST(SUM(spend_micros) AS BIGINT) AS s FROM t"),
    ("bare sum", "SELECT SUM(x) OVER (ORDER BY y) FROM t", "SELECT CAST(SUM(x) OVER (ORDER BY y) AS BIGINT) FROM t"),
    (
        "bare sum",
        "SELECT MAX(y) FROM t HAVING 1 = 1 ORDER BY CAST(SUM(x) AS VARCHAR)",
        "SELECT y FROM t GROUP BY y HAVING SUM(x) > 0",
    ),
    ("bare sum", "SELECT SUM(clicks) FROM t", "SELECT SUM(conversions) FROM t"),
    ("engine hash", "SELECT hash(k) FROM t", "SELECT outturn_bucket(k) FROM t"),
    ("first of several", "SELECT FIRST(x) FROM t", "SELECT MIN(x) FROM t"),
    ("first of several", "SELECT ANY_VALUE(x) FROM t", "SELECT MAX(x) FROM t"),
    ("ordered list", "SELECT list(x ORDER BY y) FROM t", "SELECT x FROM t ORDER BY y"),
    ("one replacement", "SELECT REGEXP_REPLACE(x, 'a', 'b') FROM t", "SELECT REGEXP_REPLACE(x, 'a', 'b', 'g') FROM t"),
    ("escaped LIKE", r"SELECT x LIKE 'a\_%' FROM t", r"SELECT x LIKE 'a\_%' ESCAPE '\' FROM t"),
    ("day of the week", "SELECT EXTRACT(DOW FROM d) FROM t", "SELECT EXTRACT(MONTH FROM d) FROM t"),
    ("star over USING", "SELECT * FROM a INNER JOIN b USING (c)", "SELECT a.x FROM a INNER JOIN b USING (c)"),
    ("clock or dice", "SELECT NOW() FROM t", "SELECT $now FROM t"),
    ("clock or dice", "SELECT RANDOM() FROM t", "SELECT $dice FROM t"),
]


@pytest.mark.parametrize(("name", "trap", "neighbour"), CAUGHT, ids=[trap for _, trap, _ in CAUGHT])
def test_a_trap_is_caught_and_its_neighbour_is_not(name: str, trap: str, neighbour: str) -> None:
    assert name in [finding.trap.name for finding in find_traps(trap)]
    assert find_traps(neighbour) == []


def test_every_trap_is_tried() -> None:
    assert {name for name, _, _ in CAUGHT} == {trap.name for trap in TRAPS}


def test_a_finding_says_line_reason_and_remedy() -> None:
    (finding,) = find_traps("-- table: t\nSELECT\n    a,\n    x / y AS ratio\nFROM t")
    assert str(finding) == "line 4: x / y: by zero, DuckDB gives NULL and Spark an error. Write x / NULLIF(y, 0)."


def test_a_statement_is_one_select() -> None:
    for statement in ("SELECT 1; SELECT 2", "CREATE TABLE t AS SELECT 1", "SELEC 1", ""):
        with pytest.raises(OutturnError, match=r"one SELECT|does not parse"):
            find_traps(statement)


def test_tables_read_are_those_that_are_no_steps_of_its_own() -> None:
    statement = (
        "WITH a AS (SELECT * FROM touches), b AS (SELECT * FROM a) SELECT * FROM b WHERE x IN (SELECT y FROM people)"
    )
    assert tables_read(statement) == {"touches", "people"}


def test_macros_are_written_out_for_spark_inside_each_other_too() -> None:
    assert to_spark("SELECT outturn_micros(outturn_at(n + 1)) AS m FROM t") == (
        "SELECT (UNIX_MICROS(((TIMESTAMP_MICROS((n + 1)))))) AS m FROM t"
    )
    # An argument named like another parameter stays itself.
    assert "(zone)" in to_spark("SELECT outturn_day(at_, zone) FROM t")
    with pytest.raises(OutturnError, match="outturn_day takes t, zone; it was given 1"):
        to_spark("SELECT outturn_day(x) FROM t")


def test_an_order_that_a_bucket_cannot_keep_is_refused() -> None:
    assert ordering("SELECT a, b FROM t ORDER BY a, b") == ("a", "b")
    assert ordering("SELECT a FROM (SELECT a FROM t ORDER BY b) AS s") == ()
    with pytest.raises(OutturnError, match="ORDER BY a DESC"):
        ordering("SELECT a FROM t ORDER BY a DESC")


# Both engines


@pytest.fixture(scope="module")
def rehearsals() -> Iterator[Callable[[str, Path], Rehearsal]]:
    """A rehearsal by engine and room, made once: what one statement reads, others read too."""
    made: dict[tuple[str, Path], Rehearsal] = {}

    def rehearsal(engine: str, room: Path) -> Rehearsal:
        if (engine, room) not in made:
            made[engine, room] = Rehearsal(open_engine(Settings({**Settings().values, "engine.name": engine})), room)
        return made[engine, room]

    yield rehearsal
    for one in made.values():
        one.engine.close()


@each_file
def test_a_statement_runs_on_random_tables(file: Path, rehearsals: Callable[[str, Path], Rehearsal]) -> None:
    statement = read(file)
    rows = rehearsals("duckdb", file.parent).rows(file.stem)
    if statement.table in TABLES and statement.table == file.stem:
        missing = {column.name for column in TABLES[statement.table].columns if column.needed} - set(rows.column_names)
        assert not missing, f"{file}: table {statement.table} needs the columns {sorted(missing)}"


def test_most_statements_find_rows_in_the_random_tables(rehearsals: Callable[[str, Path], Rehearsal]) -> None:
    empty = [file.stem for file in FILES if not rehearsals("duckdb", file.parent).rows(file.stem).num_rows]
    assert len(empty) < len(FILES) / 8, f"two engines agree on nothing too easily: {empty}"


@pytest.mark.spark
@each_file
def test_a_statement_gives_the_same_rows_on_both_engines(
    file: Path, rehearsals: Callable[[str, Path], Rehearsal]
) -> None:
    duckdb, spark = (rehearsals(engine, file.parent).rows(file.stem) for engine in ("duckdb", "spark"))
    assert duckdb.column_names == spark.column_names
    assert as_multiset(duckdb) == as_multiset(spark)


@pytest.mark.spark
@each_generated
def test_a_generated_expression_answers_alike_on_both_engines(
    name: str, rehearsals: Callable[[str, Path], Rehearsal]
) -> None:
    texts = texts_for(GENERATED_COLUMNS)
    answers = []
    for engine in ("duckdb", "spark"):
        rehearsal = rehearsals(engine, SOURCE / ("store" if "claims" in name else "journeys"))
        if name in COMPOSED:
            answers.append(rehearsal.rows(name))
        else:
            rehearsal.engine.register("texts", texts)
            answers.append(rehearsal.engine.query(generated(name)))
    duckdb, spark = answers
    assert as_multiset(duckdb) == as_multiset(spark)
