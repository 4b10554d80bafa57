"""What every source obeys, unasked: nothing of a file vanishes, nothing is counted twice, nothing is guessed."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from outturn.domain.identifiers import identity_key
from outturn.sources.frame import open_frame
from outturn.sources.importer import ImportOptions, import_files
from outturn.sources.recognition import recognise
from outturn.sources.registry import sources
from outturn.sources.source import Cell, Kind, Layout, Source
from outturn.store.book import Book
from outturn.store.fact_files import Selected
from outturn.store.facts import Facts
from outturn.store.tables import TABLES, Type
from tests.sources.samples import CURRENCY, ROWS, as_csv, as_json_lines, header_of, rows_of
from tests.sources.worlds import NOW, World

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outturn.domain.identifiers import IdentityKind
    from outturn.sources.report import FileReport
    from outturn.store.import_records import ImportRecord
    from outturn.store.workspace import Workspace

ALL = [(source, layout) for source in sources().values() for layout in source.layouts]
FLAT = [(source, layout) for source, layout in ALL if not layout.sample]
TEXT_TABLES = [(source, layout) for source, layout in FLAT if layout.shape == "any"]
PERSONAL = [
    (source, layout) for source, layout in FLAT if any(cell and cell.kind is Kind.KEY for _, cell in header_of(layout))
]
SPEND = [(source, layout) for source, layout in FLAT if "ad_spend" in layout.tables]


def _columns(source: Source, layout: Layout) -> list[tuple[str, Cell | None]]:
    """All of the layout's columns, or where another layout would then fit better, only those that it requires."""
    return _columns_by_name(source.name, layout.name)


@cache
def _columns_by_name(source_name: str, layout_name: str) -> list[tuple[str, Cell | None]]:
    (source, layout) = next((s, one) for s, one in ALL if (s.name, one.name) == (source_name, layout_name))
    for only_required in (False, True):
        columns = header_of(layout, only_required=only_required)
        with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as probe:
            probe.write(_text(layout, rows_of(columns)))
            probe.flush()
            found = recognise(open_frame(Path(probe.name)))
        if (found.source.name, found.layout.name) == (source.name, layout.name):
            return columns
    raise AssertionError(f"{source.name}:{layout.name} is taken for {found.source.name}:{found.layout.name}")


def _text(layout: Layout, rows: list[dict[str, str]]) -> str:
    return as_csv(rows) if layout.shape == "any" else as_json_lines(rows)


def _facts(world: World, layout: Layout) -> dict[str, list[tuple[object, ...]]]:
    """The rows of the layout's tables, without what tells one import from another."""
    told_apart = {"import_id", "imported_at", "received_at"}
    found = {}
    for table in layout.tables:
        names = ", ".join(f"CAST({name} AS VARCHAR)" for name in TABLES[table].names if name not in told_apart)
        found[table] = world.rows(f"SELECT {names} FROM {table} ORDER BY ALL")
    return found


def test_what_stands_seldom_are_columns_of_the_one_output() -> None:
    seldom = [layout for _source, layout in ALL if layout.seldom]
    assert seldom
    for layout in seldom:
        (table,) = layout.tables
        assert {name for names in layout.seldom.values() for name in names} < set(TABLES[table].names), layout.name


def test_sources_and_layouts_say_who_they_are() -> None:
    for name, source in sources().items():
        assert name == source.name
        assert source.title
        assert len({layout.name for layout in source.layouts}) == len(source.layouts)
        for layout in source.layouts:
            assert set(layout.tables) <= set(TABLES)
            assert not layout.spend or layout.level


@dataclass(frozen=True)
class Imported:
    """A small file of a layout, with a broken line at its end, in a workspace of its own: for laws that only look."""

    source: Source
    layout: Layout
    world: World
    text: str
    report: FileReport


@pytest.fixture(scope="module", params=ALL, ids=lambda one: f"{one[0].name}-{one[1].name}")
def imported(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Imported:
    source, layout = request.param
    text = layout.sample or _text(layout, rows_of(_columns(source, layout)))
    broken = '{"broken": \n' if layout.shape == "records" or text.startswith("{") else ",".join(["x"] * 300) + "\n"
    world = World(tmp_path_factory.mktemp("contract"))
    text += "\n" + broken
    return Imported(source, layout, world, text, world.text("sample.txt", text, currency=CURRENCY))


def test_every_row_is_accepted_refused_or_ignored(imported: Imported) -> None:
    layout, report = imported.layout, imported.report
    assert report.source == imported.source.name
    assert report.layout == layout.name
    assert report.rows_read == report.accepted + report.refused + report.ignored
    if not layout.used:
        assert (report.accepted, report.refused) == (0, 0)
        return
    assert report.verdict in {"accept", "period_only"}
    if not layout.sample:
        assert (report.rows_read, report.accepted, report.ignored) == (ROWS + 2, ROWS, 1)
    assert report.reasons == ({"TRUNCATED": 1} if '{"broken"' in imported.text else {"COLUMN_SHIFT": 1})
    (refused,) = imported.world.rows("SELECT line, reason FROM refused_rows")
    assert refused == (imported.text.count("\n"), next(iter(report.reasons)))


def test_a_line_tells_a_stage_of_an_outcome_once(imported: Imported) -> None:
    # By line, outcome and stage the store knows which word on an outcome a later one has replaced.
    if "outcomes" not in imported.layout.tables:
        return
    told = imported.world.rows(
        "SELECT COUNT(*), COUNT(DISTINCT (import_id, line, outcome_id, stage)) FROM outcomes_rows"
    )
    assert told[0][0] == told[0][1]


def test_importing_a_file_again_changes_nothing(imported: Imported) -> None:
    first, before = imported.report, _facts(imported.world, imported.layout)
    again = imported.world.text("renamed.txt", imported.text, currency=CURRENCY)
    assert (again.verdict, again.import_id) == ("unchanged", first.import_id)
    assert (again.rows_read, again.accepted, again.totals) == (first.rows_read, first.accepted, first.totals)
    assert _facts(imported.world, imported.layout) == before


@pytest.mark.parametrize(("source", "layout"), SPEND, ids=lambda one: one.name)
def test_spend_is_exact_placed_and_restated(world: World, source: Source, layout: Layout) -> None:
    columns = _columns(source, layout)
    rows = rows_of(columns)
    world.text("first.txt", _text(layout, rows), currency="EUR", account="1234567890")
    assert world.rows("SELECT SUM(spend_micros) FROM ad_spend")[0][0] == _spend(rows, columns)
    unplaced = "account_id IS NULL OR currency IS NULL OR time_zone IS NULL OR level IS NULL OR platform IS NULL"
    assert world.rows(f"SELECT COUNT(*) FROM ad_spend WHERE {unplaced}") == [(0,)]
    (column,) = [name for name, cell in columns if cell and cell.name == "spend_micros"]
    rows[1][column] = "99"
    report = world.text("second.txt", _text(layout, rows), currency="EUR", account="1234567890")
    assert report.verdict in {"accept", "period_only"}
    assert world.rows("SELECT SUM(spend_micros) FROM ad_spend")[0][0] == _spend(rows, columns)
    assert len(report.summary["restated"]) == 1


def _spend(rows: list[dict[str, str]], columns: list[tuple[str, Cell | None]]) -> Decimal:
    """By independent arithmetic, in micros."""
    (name, kind) = next((name, cell.kind) for name, cell in columns if cell and cell.name == "spend_micros")
    return sum((Decimal(row[name].replace(",", "")) for row in rows), Decimal()) * (
        1 if kind is Kind.MICROS else 1_000_000
    )


@pytest.mark.parametrize(("source", "layout"), TEXT_TABLES, ids=lambda one: one.name)
def test_the_same_rows_in_any_clothing_are_the_same_facts(
    nothing_kept: Handed, tmp_path: Path, source: Source, layout: Layout
) -> None:
    rows = rows_of(_columns(source, layout))
    clothes: dict[str, bytes] = {
        "csv": as_csv(rows).encode(),
        "crlf_bom_semicolon": b"\xef\xbb\xbf" + as_csv(rows, delimiter=";", line_end="\r\n").encode(),
        "utf16_tab": as_csv(rows, delimiter="\t", line_end="\r\n").encode("utf-16"),
    }
    if not any("." in name for name in rows[0]):
        clothes["json"] = as_json_lines(rows).encode()
        written = pa.BufferOutputStream()
        pq.write_table(pa.Table.from_pylist(rows), written)
        clothes["parquet"] = written.getvalue().to_pybytes()
    found = {}
    for name, content in clothes.items():
        path = tmp_path / name
        path.write_bytes(content)
        report, found[name] = nothing_kept.by_importing(path)
        assert report.layout == layout.name, name
        assert set(found[name]) == set(layout.tables), name
    for name, facts in found.items():
        assert facts == found["csv"], f"{name} and csv differ"


@dataclass
class Handed:
    """What imports would have written: seven times as fast as writing and reading it."""

    workspace: Workspace
    tables: dict[str, list[tuple[object, ...]]]

    def by_importing(self, path: Path) -> tuple[FileReport, dict[str, list[tuple[object, ...]]]]:
        """The report, and the rows by table."""
        self.tables = {}
        (report,) = import_files(self.workspace, [path], ImportOptions(currency=CURRENCY), now=NOW)
        return report, self.tables

    def load(self, _record: ImportRecord, tables: Mapping[str, Selected | pa.Table]) -> None:
        """Instead of `Facts.load`; without the line, as a header takes one in one kind of file and none in another."""
        for name, selected in tables.items():
            assert isinstance(selected, Selected), f"rows of {name} were refused"
            texts = "SELECT CAST(COLUMNS(* EXCLUDE (line)) AS VARCHAR)"
            found = selected.connection.execute(f"{texts} FROM ({selected.statement}) ORDER BY ALL")
            columns = tuple(column[0] for column in found.description)
            self.tables[name] = [columns, *found.fetchall()]


@pytest.fixture(scope="module")
def workspace_of_nothing(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return World(tmp_path_factory.mktemp("clothes")).workspace


@pytest.fixture
def nothing_kept(workspace_of_nothing: Workspace, monkeypatch: pytest.MonkeyPatch) -> Handed:
    handed = Handed(workspace_of_nothing, {})
    monkeypatch.setattr(Facts, "load", lambda _facts, *given, **_replaced: handed.load(*given))
    return handed


@pytest.mark.parametrize(("source", "layout"), PERSONAL, ids=lambda one: one.name)
def test_no_identifier_is_kept_and_the_forgotten_stay_so(world: World, source: Source, layout: Layout) -> None:
    columns = _columns(source, layout)
    rows = rows_of(columns)
    (name, cell) = next((name, cell) for name, cell in columns if cell and cell.kind is Kind.KEY)
    book = Book(world.workspace.book)
    forgotten = identity_key(world.workspace.secret(), cast("IdentityKind", cell.identity), rows[1][name])
    book.suppress([forgotten], NOW)
    book.close()
    report = world.text("sample.txt", _text(layout, rows), currency="EUR")
    if layout.suppressed == "refuse":
        assert (report.accepted, report.reasons) == (3, {"SUPPRESSED": 1})
    else:
        assert (report.accepted, report.summary["stripped"]) == (4, 1)
    texts = {row[name] for row in rows for name, cell in columns if cell and cell.kind is Kind.KEY}
    for table in (*layout.tables, "refused_rows"):
        kept = " ".join(str(row) for row in _all(world, table))
        assert not [text for text in texts if text in kept]
        assert forgotten.hex() not in kept


def _all(world: World, table: str) -> list[tuple[object, ...]]:
    shown = [
        f"hex({column.name})" if column.type is Type.KEY else f"CAST({column.name} AS VARCHAR)"
        for column in TABLES[table].columns
    ]
    return world.rows(f"SELECT {', '.join(shown)} FROM {table}")
