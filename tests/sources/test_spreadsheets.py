"""Spreadsheets: days, formulas, sheets, and files that mean harm."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest
from python_calamine import load_workbook

from outturn.domain.errors import UnknownName
from outturn.sources import sheet_reader, sheets
from tests.sources.workbooks import Formula, Spoilt, Value, serial, workbook

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sources.worlds import World

HEADER: list[Value] = ["Campaign", "Campaign ID", "Day", "Currency code", "Cost", "Impr.", "Clicks"]


def _row(name: str, day: Value, cost: Value, identifier: Value = "7001") -> list[Value]:
    return [name, identifier, day, "EUR", cost, 1234, 5]


def test_days_formulas_and_fractions_are_what_the_sheet_shows(world: World) -> None:
    rows: list[list[Value]] = [
        ["Campaign report"], [], HEADER,
        _row("day", date(2026, 9, 1), 12.5),
        _row("moment", datetime(2026, 9, 1, 13, 30), 1.234),  # noqa: DTZ001 (a sheet knows no zone)
        _row("formula", "2026-09-02", Formula("SUM(A1:A2)", 0.1 + 0.2)),
        _row("text", "2026-09-02", "1.50", 12021100000001),
        [], ["Exported by hand"],
    ]  # fmt: skip
    report = world.text("book.xlsx", workbook({"Data": rows}))
    assert (report.verdict, report.accepted, report.refused, report.ignored) == ("accept", 4, 0, 2)
    assert world.rows("SELECT campaign_name, CAST(date_day AS VARCHAR), spend_micros FROM ad_spend ORDER BY line") == [
        ("day", "2026-09-01", 12_500_000), ("moment", "2026-09-01", 1_234_000),
        ("formula", "2026-09-02", 300_000), ("text", "2026-09-02", 1_500_000),
    ]  # fmt: skip
    assert world.rows("SELECT campaign_id, line FROM ad_spend WHERE campaign_name = 'text'") == [("12021100000001", 7)]


@pytest.mark.parametrize("from_1904", [False, True])
def test_serial_days_that_nobody_formatted(world: World, from_1904: bool) -> None:  # noqa: FBT001 (pytest names it)
    rows = [HEADER, _row("A", serial(date(2026, 9, 1), from_1904=from_1904), 1), _row("B", 46_000_000, 2)]
    report = world.text("book.xlsx", workbook({"Data": rows}, from_1904=from_1904))
    assert report.reasons == {"BAD_DATE": 1}
    assert world.rows("SELECT CAST(date_day AS VARCHAR), spend_micros FROM ad_spend") == [("2026-09-01", 1_000_000)]


def test_a_serial_day_outside_a_spreadsheet_is_no_day(world: World) -> None:
    report = world.text("book.csv", "Campaign,Day,Currency code,Cost,Impr.\nA,46266,EUR,1.00,5\n")
    assert report.reasons == {"BAD_DATE": 1}


def test_an_id_of_more_digits_than_a_sheet_keeps_is_refused(world: World) -> None:
    rows = [HEADER, _row("A", date(2026, 9, 1), 1, 120211000000000123), _row("B", date(2026, 9, 1), 1, 120211000000123)]
    report = world.text("book.xlsx", workbook({"Data": rows}))
    assert report.reasons == {"ID_PRECISION_LOST": 1}


@pytest.mark.parametrize("rows_before", [0, 500])
def test_an_error_or_an_open_formula_is_no_blank(world: World, rows_before: int) -> None:
    day = date(2026, 9, 1)
    rows: list[list[Value]] = [
        HEADER, *(_row(f"A{n}", day, 1) for n in range(rows_before)),
        _row("money", day, Spoilt("#REF!")),
        _row("day", Spoilt("#N/A"), 2),
        _row("open", day, Formula("SUM(E2:E3)", None)),
        _row("id", day, 3, Spoilt("#VALUE!")),
        _row("whole", day, Formula("2+2", 4)),
        _row("unknown", day, "--"),
    ]  # fmt: skip
    report = world.text("book.xlsx", workbook({"Notes": [["made by Ana"]], "Data": rows}))
    assert (report.accepted, report.reasons) == (
        rows_before + 2, {"BAD_NUMBER": 2, "BAD_DATE": 1, "ID_PRECISION_LOST": 1},
    )  # fmt: skip
    refused = world.rows("SELECT line, detail FROM refused_rows ORDER BY line")
    first = rows_before + 2
    assert [line for line, _detail in refused] == [first, first + 1, first + 2, first + 3]
    told = ("#REF!", "#N/A", "#FORMULA!", "#VALUE!")
    assert all(error in detail for error, (_line, detail) in zip(told, refused, strict=True))
    kept = "SELECT campaign_name, spend_micros FROM ad_spend WHERE campaign_name IN ('whole', 'unknown') ORDER BY 1"
    assert world.rows(kept) == [("unknown", None), ("whole", 4_000_000)]


def test_errors_in_a_text_are_refused_as_well(world: World) -> None:
    spend = (
        "Campaign,Campaign ID,Day,Currency code,Cost,Impr.,Clicks\nA,{},{},EUR,{},10,1\nB,7,2026-09-01,EUR,1.00,10,1\n"
    )
    for identifier, day, cost, code in (
        ("#NAME?", "2026-09-01", "1.50", "ID_PRECISION_LOST"),
        ("1", "#NV", "1.50", "BAD_DATE"),
        ("1", "2026-09-01", "#DIV/0!", "BAD_NUMBER"),
    ):
        report = world.text("export.csv", spend.format(identifier, day, cost), replace=True)
        assert (report.reasons, report.accepted) == ({code: 1}, 1)
    people = "user_id,occurred_at,value,currency\n{},2026-09-01,10,EUR\nana,2026-09-01,10,EUR\n"
    for person in ("#N/A", "1.23457E+11"):
        report = world.text("sales.csv", people.format(person))
        assert (report.source, report.reasons, report.accepted) == ("conversions", {"ID_PRECISION_LOST": 1}, 1)


def test_several_sheets_are_asked_for_unless_one_alone_is_known(world: World) -> None:
    first, second = [HEADER, _row("A", date(2026, 9, 1), 1)], [HEADER, _row("B", date(2026, 9, 1), 2, "7002")]
    notes = [["Note", "By"], ["All campaigns", "Ana"]]
    report = world.text("one.xlsx", workbook({"Notes": notes, "Data": first, "Empty": []}))
    assert (report.verdict, report.accepted) == ("accept", 1)
    assert "sheet 'Data' was read, not 'Notes'" in report.messages
    both = workbook({"Spring": first, "Summer": second, "Old": second}, hidden=["Old"])
    report = world.text("two.xlsx", both)
    assert (report.verdict, report.reasons, report.needs) == ("refuse", {"XLSX_MULTIPLE_SHEETS": 1}, ("sheet",))
    report = world.text("two.xlsx", both, sheet="Summer", partial=True)
    assert (report.verdict, world.spend()) == ("accept", {"A": "1.00 EUR", "B": "2.00 EUR"})
    with pytest.raises(UnknownName, match="Spring"):
        world.text("two.xlsx", both, sheet="Sumer")


def test_more_rows_than_the_first_look_takes(world: World) -> None:
    rows = [HEADER, *(_row(f"A{n}", date(2026, 9, 1), n / 100) for n in range(500))]
    report = world.text("book.xlsx", workbook({"Data": rows}))
    assert (report.accepted, report.totals["EUR"]["spend"]) == (500, "1247.50")
    assert world.text("again.xlsx", workbook({"Data": rows})).verdict in {"unchanged", "accept"}


@pytest.mark.parametrize("shared", [False, True])
def test_only_the_first_rows_of_large_sheets_are_read_to_know_them(world: World, shared: bool) -> None:  # noqa: FBT001
    notes = [_row(f"not so {n}", None, None)[::2] for n in range(3000)]
    beside: list[Value] = [None, *_row("beside", date(2026, 9, 1), 1), "who wrote this?"]
    rows: list[list[Value]] = [
        ["", "Campaign report"], [], [None, *HEADER],
        *([None, *_row(f"A{n}", date(2026, 9, 1), n / 100)] for n in range(3000)), beside, [], ["Exported by hand"],
    ]  # fmt: skip
    book = workbook({"Notes": notes, "Data": rows, "Few": [["a", "b"]]}, shared=shared)
    path = world.file("book.xlsx", book)
    beginnings, cut = sheet_reader.beginnings(str(path), 60)
    assert (cut, len(beginnings.getvalue()) < 400_000 + 400_000 * shared) == (True, True)
    first = sheet_reader.sheets_of(load_workbook(beginnings), 60, cut=True)
    whole = sheet_reader.sheets_of(load_workbook(str(path)), 60, cut=False)
    assert [(one["name"], one["head"]) for one in first[::2]] == [(one["name"], one["head"]) for one in whole[::2]]
    (report,) = world.take(path)
    assert "sheet 'Data' was read, not 'Notes', 'Few'" in report.messages
    assert (report.verdict, report.accepted, report.refused) == ("accept", 3001, 0)
    assert report.totals["EUR"]["spend"] == "44986.00"
    assert world.rows("SELECT line FROM ad_spend WHERE campaign_name = 'beside'") == [(3004,)]


def _changed(book: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return target.getvalue()


def test_what_means_harm_is_refused_and_harms_nothing(world: World) -> None:
    book = workbook({"Data": [HEADER, _row("A", date(2026, 9, 1), 1)]})
    corner = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    wide = _changed(book, lambda _name, data: data.replace(b"</sheetData>", corner))
    assert world.text("corners.xlsx", wide).reasons == {"TOO_LARGE": 1}
    spaces = b" " * (1 << 20)
    blown = _changed(
        book,
        lambda name, data: data.replace(b"<sheetData>", b"<sheetData>" + spaces * 64) if "sheet1" in name else data,
    )
    assert world.text("blown.xlsx", blown).verdict in {"accept", "refuse"}
    entities = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]>'
    laughing = _changed(book, lambda name, data: entities + data.replace(b"A<", b"&c;<") if "sheet1" in name else data)
    assert world.text("laughs.xlsx", laughing).verdict in {"accept", "refuse"}
    for cut in range(1, len(book), 97):
        assert world.text("cut.xlsx", book[:cut]).verdict == "refuse"
    assert not world.rows("SELECT 1 FROM ad_spend WHERE spend_micros <> 1000000")


def test_a_reader_that_dies_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    program = world.file("dies.py", "import os\nos.abort()\n")
    monkeypatch.setattr(sheets, "_READER", program)
    assert world.text("book.xlsx", workbook({"Data": [HEADER]})).reasons == {"TOO_LARGE": 1}
