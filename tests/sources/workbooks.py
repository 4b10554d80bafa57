"""A small xlsx file, written by hand: what a spreadsheet or a platform hands out."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_FIRST_DAYS = {False: date(1899, 12, 30), True: date(1904, 1, 1)}
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HIDDEN = 'state="hidden" '
_STYLES = (
    f'<styleSheet {_MAIN}><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


@dataclass(frozen=True)
class Formula:
    """A cell that computes, with the value that was stored when the file was saved; None: nobody worked it out."""

    text: str
    stored: float | None


@dataclass(frozen=True)
class Spoilt:
    """A cell that shows an error, such as `#REF!`."""

    error: str


Value = str | int | float | date | Formula | Spoilt | None


def workbook(
    sheets: Mapping[str, Sequence[Sequence[Value]]],
    *,
    from_1904: bool = False,
    hidden: Sequence[str] = (),
    shared: bool = False,
) -> bytes:
    """The bytes of an xlsx file; `shared`: its texts lie in a part of their own, each once, as most programs do it."""
    texts: dict[str, int] | None = {} if shared else None
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        overrides = "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPES}.worksheet+xml"/>'
            for n in range(1, len(sheets) + 1)
        )
        packed.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/>{overrides}</Types>',
        )
        packed.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_LINKS}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        names = "".join(
            f'<sheet name="{escape(name)}" sheetId="{n}" {_HIDDEN if name in hidden else ""}r:id="rId{n}"/>'
            for n, name in enumerate(sheets, 1)
        )
        packed.writestr(
            "xl/workbook.xml",
            f'<workbook {_MAIN} xmlns:r="{_LINKS}"><workbookPr date1904="{int(from_1904)}"/>'
            f"<sheets>{names}</sheets></workbook>",
        )
        links = "".join(
            f'<Relationship Id="rId{n}" Type="{_LINKS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n in range(1, len(sheets) + 1)
        )
        packed.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships">{links}<Relationship Id="rId99" '
            f'Type="{_LINKS}/styles" Target="styles.xml"/><Relationship Id="rId98" Type="{_LINKS}/sharedStrings" '
            'Target="sharedStrings.xml"/></Relationships>',
        )
        packed.writestr("xl/styles.xml", _STYLES)
        for n, rows in enumerate(sheets.values(), 1):
            packed.writestr(f"xl/worksheets/sheet{n}.xml", _sheet(rows, texts, from_1904=from_1904))
        if texts:
            items = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in texts)
            packed.writestr("xl/sharedStrings.xml", f"<sst {_MAIN}>{items}</sst>")
    return target.getvalue()


def serial(day: date, *, from_1904: bool = False) -> float:
    """The number that a spreadsheet keeps of a day or a time."""
    first = _FIRST_DAYS[from_1904]
    if isinstance(day, datetime):
        return (
            day.replace(tzinfo=UTC) - datetime(first.year, first.month, first.day, tzinfo=UTC)
        ).total_seconds() / 86_400
    return (day - first).days


def _sheet(rows: Sequence[Sequence[Value]], texts: dict[str, int] | None, *, from_1904: bool) -> str:
    lines = []
    for n, row in enumerate(rows, 1):
        cells = "".join(
            _cell(f"{_letters(place)}{n}", value, texts, from_1904=from_1904) for place, value in enumerate(row)
        )
        lines.append(f'<row r="{n}">{cells}</row>')
    return f"<worksheet {_MAIN}><sheetData>{''.join(lines)}</sheetData></worksheet>"


def _cell(place: str, value: Value, texts: dict[str, int] | None, *, from_1904: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, str) and texts is not None:
        return f'<c r="{place}" t="s"><v>{texts.setdefault(value, len(texts))}</v></c>'
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    if isinstance(value, Formula | Spoilt):
        return _computed(place, value)
    if isinstance(value, date):
        return f'<c r="{place}" s="1"><v>{serial(value, from_1904=from_1904)!r}</v></c>'
    return f'<c r="{place}"><v>{value!r}</v></c>'


def _computed(place: str, value: Formula | Spoilt) -> str:
    if isinstance(value, Spoilt):
        return f'<c r="{place}" t="e"><f>A1</f><v>{value.error}</v></c>'
    stored = "" if value.stored is None else f"<v>{value.stored!r}</v>"
    return f'<c r="{place}"><f>{escape(value.text)}</f>{stored}</c>'


def _letters(place: int) -> str:
    return (_letters(place // 26 - 1) if place >= 26 else "") + chr(ord("A") + place % 26)
