"""One protocol, two engines: the same statements, kernels and files give the same answers."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from outturn.domain.errors import OutturnError, UnknownName, UsageError
from outturn.domain.settings import Settings
from outturn.store.engine import BUCKETS, ENGINES, Columns, Engine, open_engine
from outturn.store.people import in_order
from outturn.store.tables import Column, Table, Type

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

VISITS = Table(
    "visits",
    "derived",
    "nobody",
    "bucket, person_id, occurred_at",
    (
        Column("bucket", Type.SMALL),
        Column("person_id", Type.COUNT),
        Column("occurred_at", Type.AT),
        Column("date_day", Type.DAY),
        Column("place", Type.SMALL),
        Column("note", Type.TEXT),
        Column("key", Type.KEY),
        Column("kept", Type.FLAG),
        Column("share", Type.SHARE),
        Column("spend_micros", Type.MICROS),
    ),
)
NOON = datetime(2024, 3, 31, 12, 0, 0, 123_456, tzinfo=UTC)


def with_engine(name: str) -> Settings:
    return Settings({**Settings().values, "engine.name": name})


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=[pytest.mark.spark] if name == "spark" else []) for name in ENGINES],
)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    engine = open_engine(with_engine(request.param))
    yield engine
    engine.close()


def visits(rows: int = 400) -> pa.Table:
    """People in buckets 0 to 7, later ones first within each."""
    numbers = np.arange(rows)
    return pa.table(
        {
            "bucket": pa.array(numbers % 8, pa.int32()),
            "person_id": pa.array(numbers % 40, pa.int64()),
            "occurred_at": pa.array(1_711_886_400_000_000 - numbers * 1_000_001, pa.timestamp("us", "UTC")),
            "date_day": pa.array([date(2024, 3, 31)] * rows),
            "place": pa.array(numbers % 3, pa.int32()),
            "note": pa.array([None if number % 5 == 0 else f"Größe '{number % 4}'\\n" for number in numbers]),
            "key": pa.array([bytes([number % 256]) * 32 for number in numbers]),
            "kept": pa.array(numbers % 2 == 0),
            "share": pa.array(numbers / 4),
            "spend_micros": pa.array(numbers * 10**14 + 1, pa.int64()),
        }
    )


def test_rows_are_python_values(engine: Engine) -> None:
    statement = (
        "SELECT $text AS a, $whole AS b, $day AS c, $flag AS d, outturn_micros($at) AS e, CAST(NULL AS VARCHAR) AS f"
    )
    values: dict[str, object] = {
        "text": "it's \\ Ü\n",
        "whole": -(2**63),
        "day": date(2024, 2, 29),
        "flag": True,
        "at": NOON,
    }
    micros = 1_711_886_400_123_456
    assert engine.rows(statement, values) == [("it's \\ Ü\n", -(2**63), date(2024, 2, 29), True, micros, None)]


def test_a_query_is_an_arrow_table_with_instants_in_utc(engine: Engine) -> None:
    table = engine.query(
        "SELECT $at AS at, CAST($n AS BIGINT) AS n, $key AS key", {"at": NOON, "n": 2**62, "key": b"\x00\xff"}
    )
    assert table.schema.field("at").type == pa.timestamp("us", "UTC")
    assert table.column("at").cast(pa.int64()).to_pylist() == [1_711_886_400_123_456]
    assert (table.column("n").to_pylist(), table.column("key").to_pylist()) == ([2**62], [b"\x00\xff"])


def test_a_view_holds_its_parameters_and_a_table_its_rows(engine: Engine) -> None:
    engine.view("chosen", "SELECT $word AS word, $at AS seen_at", {"word": "it's", "at": NOON})
    assert engine.rows(
        "SELECT COUNT(*) FROM chosen WHERE word = $word AND seen_at = $at", {"word": "it's", "at": NOON}
    ) == [(1,)]
    engine.table("steps", "SELECT 1 AS step")
    for _ in range(3):
        engine.table("steps", "SELECT step + 1 AS step FROM steps")
    assert engine.rows("SELECT step FROM steps") == [(4,)]


def test_a_name_may_pass_from_table_to_view_and_back(engine: Engine) -> None:
    engine.table("either", "SELECT 1 AS n")
    engine.view("either", "SELECT 2 AS n")
    assert engine.rows("SELECT n FROM either") == [(2,)]
    engine.register("either", pa.table({"n": pa.array([3, None], pa.int64())}))
    assert engine.rows("SELECT n FROM either ORDER BY n") == [(3,), (None,)]


def test_a_parameter_that_is_missing_or_unused_is_an_error(engine: Engine) -> None:
    with pytest.raises(Exception, match="kind"):
        engine.rows("SELECT $kind")
    with pytest.raises(Exception, match="other"):
        engine.rows("SELECT $kind", {"kind": 1, "other": 2})


def test_files_written_in_order_read_back_exactly(engine: Engine, tmp_path: Path) -> None:
    engine.register("made", visits())
    files = engine.write(
        "SELECT * FROM made", tmp_path / "[visits] {1}", order=("bucket", "person_id", "occurred_at"), table=VISITS
    )
    assert files == sorted(files)
    lying = pa.concat_tables([pq.read_table(file) for file in files])
    assert lying.schema.names == list(VISITS.names)
    expected = visits().sort_by([("bucket", "ascending"), ("person_id", "ascending"), ("occurred_at", "ascending")])
    assert lying.cast(expected.schema).equals(expected)
    engine.relation("visits", [str(file) for file in files], VISITS)
    assert engine.rows("SELECT COUNT(*), CAST(SUM(spend_micros) AS BIGINT) FROM visits") == [
        (400, 79_800 * 10**14 + 400)
    ]


def test_written_rows_sort_null_last(engine: Engine, tmp_path: Path) -> None:
    engine.register("made", pa.table({"n": pa.array([2, None, 1], pa.int64())}))
    files = engine.write(
        "SELECT n FROM made WHERE n > $least OR n IS NULL", tmp_path, parameters={"least": 0}, order=("n",)
    )
    assert pa.concat_tables([pq.read_table(file) for file in files])["n"].to_pylist() == [1, 2, None]


def test_no_rows_still_make_a_file_with_the_tables_types(engine: Engine, tmp_path: Path) -> None:
    engine.relation("visits", [], VISITS)
    files = engine.write("SELECT * FROM visits", tmp_path, order=("place",), table=VISITS)
    engine.relation("visits", [str(file) for file in files], VISITS)
    nothing = engine.query("SELECT * FROM visits")
    assert nothing.num_rows == 0
    assert nothing.schema.field("occurred_at").type == pa.timestamp("us", "UTC")


def test_a_written_table_has_the_declared_types(engine: Engine, tmp_path: Path) -> None:
    table = Table("counts", "derived", "nobody", "n", (Column("n", Type.SMALL), Column("total", Type.MICROS)))
    files = engine.write("SELECT CAST(7 AS SMALLINT) AS total, COUNT(*) AS n, 'x' AS other", tmp_path, table=table)
    (row,) = pa.concat_tables([pq.read_table(file) for file in files]).to_pylist()
    assert row == {"n": 1, "total": 7}
    assert pq.read_schema(files[0]).types == [pa.int32(), pa.int64()]
    with pytest.raises(Exception, match="total"):
        engine.write("SELECT 1 AS n", tmp_path / "less", table=table)


@dataclass(frozen=True)
class Sums:
    """Per bucket: rows, sums, and whether rows came in order of person and time."""

    result = pa.schema(
        [
            ("bucket", pa.int32()),
            ("rows", pa.int64()),
            ("micros", pa.int64()),
            ("days", pa.int64()),
            ("kept", pa.int64()),
            ("in_order", pa.bool_()),
            ("others", pa.int64()),
        ]
    )

    def __call__(self, bucket: int, inputs: Mapping[str, Columns]) -> pa.Table:
        """One row; two of bucket 5."""
        seen, others = inputs["visits"], inputs["others"]
        key = seen["person_id"] * 10**17 + seen["occurred_at"]
        row = {
            "bucket": bucket,
            "rows": len(key),
            "micros": int(seen["occurred_at"].sum()),
            "days": int(seen["date_day"].sum()),
            "kept": int(seen["kept"].sum()),
            "in_order": bool((key[1:] >= key[:-1]).all()),
            "others": int(others["n"].sum()),
        }
        types = (seen["occurred_at"].dtype, seen["date_day"].dtype, seen["kept"].dtype)
        assert len(key) == 0 or types == (np.dtype(np.int64), np.dtype(np.int32), np.dtype(np.bool_))
        return pa.Table.from_pylist([row] if bucket != 5 else [row, row], self.result)


SEEN = "SELECT bucket, person_id, occurred_at, date_day, kept FROM made"
OTHERS = "SELECT CAST(63 AS INTEGER) AS bucket, CAST(7 AS BIGINT) AS n"


def expected_sums() -> list[dict[str, Any]]:
    rows = []
    for bucket in range(BUCKETS):
        mine = visits().filter(pa.compute.equal(visits()["bucket"], bucket))
        row = {
            "bucket": bucket,
            "rows": mine.num_rows,
            "micros": sum(mine["occurred_at"].cast(pa.int64()).to_pylist()),
            "days": mine.num_rows * (date(2024, 3, 31) - date(1970, 1, 1)).days,
            "kept": sum(mine["kept"].to_pylist()),
            "in_order": True,
            "others": 7 if bucket == BUCKETS - 1 else 0,
        }
        rows += [row, row] if bucket == 5 else [row]
    return rows


def test_every_bucket_goes_to_the_kernel_once_sorted_as_asked(engine: Engine) -> None:
    engine.register("made", visits())
    order = {"visits": ("person_id", "occurred_at")}
    result = engine.map_people(Sums(), {"visits": SEEN, "others": OTHERS}, order=order)
    assert result.schema == Sums.result
    assert result.to_pylist() == expected_sums()


def test_a_statements_own_order_counts_too(engine: Engine) -> None:
    engine.register("made", visits())
    result = engine.map_people(Sums(), {"visits": f"{SEEN} ORDER BY person_id, occurred_at", "others": OTHERS})
    assert result.to_pylist() == expected_sums()


def test_null_and_texts_and_stray_buckets_never_reach_a_kernel(engine: Engine) -> None:
    engine.register("made", visits())
    with pytest.raises(Exception, match=r"NULL in column 'place'.*COALESCE\(place"):
        engine.map_people(Sums(), {"visits": "SELECT bucket, NULLIF(place, 0) AS place FROM made", "others": OTHERS})
    with pytest.raises(OutturnError, match="'note' as"):
        engine.map_people(Sums(), {"visits": "SELECT bucket, note FROM made", "others": OTHERS})
    with pytest.raises(OutturnError, match="has no column 'bucket'"):
        engine.map_people(Sums(), {"visits": "SELECT person_id FROM made", "others": OTHERS})
    with pytest.raises(OutturnError, match=r"400 rows whose bucket is not in 0\.\.63"):
        engine.map_people(Sums(), {"visits": "SELECT bucket + 64 AS bucket FROM made", "others": OTHERS})


@pytest.mark.parametrize("lie", ["bucket, person_id, occurred_at", "note"])
def test_a_large_input_is_read_bucket_by_bucket_whether_or_not_it_lies_so(
    monkeypatch: pytest.MonkeyPatch, lie: str
) -> None:
    monkeypatch.setattr("outturn.store.duckdb_people.STREAMED_ROWS", 1)
    engine = open_engine()
    engine.register("visits", visits())
    engine.table("made", f"SELECT * FROM visits ORDER BY {lie}")
    order = {"visits": ("person_id", "occurred_at")}
    for rows in (1, 7, 1000):
        monkeypatch.setattr("outturn.store.duckdb_people._BATCH_ROWS", rows)
        result = engine.map_people(Sums(), {"visits": SEEN, "others": OTHERS}, order=order)
        assert result.to_pylist() == expected_sums()
        with pytest.raises(OutturnError, match=r"rows whose bucket is not in 0\.\.63"):
            engine.map_people(Sums(), {"visits": SEEN.replace("bucket", "bucket + 60 AS bucket"), "others": OTHERS})
        with pytest.raises(OutturnError, match="NULL in column 'place'"):
            engine.map_people(
                Sums(), {"visits": SEEN.replace("kept", "kept, NULLIF(place, 0) AS place"), "others": OTHERS}
            )
    engine.close()


@dataclass(frozen=True)
class Fails:
    """A kernel with a bug."""

    result = pa.schema([("n", pa.int64())])

    def __call__(self, bucket: int, inputs: Mapping[str, Columns]) -> pa.Table:
        """Never returns."""
        raise ZeroDivisionError(f"in bucket {bucket} of {sorted(inputs)}")


def test_a_kernels_error_comes_out(engine: Engine) -> None:
    with pytest.raises(Exception, match="in bucket"):
        engine.map_people(Fails(), {"others": OTHERS})


def test_in_order_sorts_stably_and_only_where_needed() -> None:
    columns = {"a": np.array([2, 1, 2, 1]), "b": np.array([1, 1, 0, 1]), "row": np.arange(4)}
    assert in_order(columns, ("a", "b"))["row"].tolist() == [1, 3, 2, 0]
    assert in_order(columns, ()) is columns
    sorted_already = {"a": np.array([1, 1, 2]), "b": np.array([0, 5, 0])}
    assert in_order(sorted_already, ("a", "b")) is sorted_already
    assert in_order({"a": np.array([], np.int64)}, ("a",))["a"].size == 0


def test_labels_spread_in_sql_until_nothing_changes(engine: Engine) -> None:
    """Connected components by iteration: 1-2-3 and 5-6, as the journeys do on Spark."""
    engine.register("ties", pa.table({"a": [1, 2, 3, 2, 5, 6], "b": [2, 1, 2, 3, 6, 5]}))
    engine.table("labels", "SELECT a AS node, MIN(a) AS label FROM ties GROUP BY a")
    for _ in range(4):
        engine.table(
            "labels",
            "SELECT labels.node, LEAST(labels.label, MIN(near.label)) AS label FROM labels "
            "INNER JOIN ties ON ties.a = labels.node INNER JOIN labels AS near ON near.node = ties.b "
            "GROUP BY labels.node, labels.label",
        )
    assert engine.rows("SELECT node, label FROM labels ORDER BY node") == [(1, 1), (2, 1), (3, 1), (5, 5), (6, 5)]


def test_wide_sums_are_refused_with_the_cast_to_write() -> None:
    engine = open_engine()
    with pytest.raises(OutturnError, match=r"total have 128 bits.*CAST\(SUM\(x\) AS BIGINT\)"):
        engine.query("SELECT SUM(1) AS total")
    engine.close()


def test_a_misspelt_table_is_no_python_variable() -> None:
    visitz = visits()
    engine = open_engine()
    with pytest.raises(Exception, match="visitz does not exist"):
        engine.query("SELECT * FROM visitz")
    engine.close()
    assert visitz.num_rows


def test_an_unknown_engine_is_named_with_the_known_ones() -> None:
    with pytest.raises(UnknownName, match=r"No engine named 'sprak'\. Did you mean 'spark'\? Known: duckdb, spark"):
        open_engine(with_engine("sprak"))


def test_without_pyspark_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "outturn.store.spark_engine", raising=False)
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(UsageError, match=r"pip install 'outturn\[spark\]'.*Java 17"):
        open_engine(with_engine("spark"))


def test_an_engine_bound_to_folders_reads_nothing_else(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    for folder in (inside, outside):
        folder.mkdir()
        pq.write_table(visits(8), folder / "visits.parquet")
    engine = open_engine(only_folders=[str(inside)])
    engine.relation("visits", [str(inside / "visits.parquet")], VISITS)
    assert engine.rows("SELECT COUNT(*) FROM visits") == [(8,)]
    with pytest.raises(Exception, match="disabled"):
        engine.rows(f"SELECT COUNT(*) FROM read_parquet('{outside / 'visits.parquet'}')")
    with pytest.raises(Exception, match="locked"):
        engine.rows("SET enable_external_access = true")
    engine.close()


def test_a_query_of_rows_loads_no_arrow_numpy_or_sqlglot() -> None:
    program = (
        "import sys; from outturn.store.engine import open_engine; from outturn.store.tables import TABLES; "
        "e = open_engine(); e.relation('touches', [], TABLES['touches']); "
        "e.view('v', 'SELECT place, $a AS a FROM touches', {'a': 'x'}); e.table('t', 'SELECT * FROM v'); "
        "e.rows('SELECT COUNT(*), $a FROM t', {'a': 1}); e.close(); "
        "print([name for name in ('pyarrow', 'numpy', 'sqlglot', 'pandas', 'pyspark', 'pytz') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env={"PYTHONPATH": "src"}
    )
    assert done.stdout.strip() == "[]"
