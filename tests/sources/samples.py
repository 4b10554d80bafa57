"""A small file for any layout, made from its cells: what the contract's laws are tried on."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from outturn.sources.source import Cell, Kind, Layout

if TYPE_CHECKING:
    from collections.abc import Sequence

ROWS = 4
CURRENCY = "EUR"


def header_of(layout: Layout, *, only_required: bool = False) -> list[tuple[str, Cell | None]]:
    """Column names and the cells that they are; marks have none."""
    columns: list[tuple[str, Cell | None]] = []
    for cell in layout.cells:
        if not cell.headers or (only_required and not cell.required):
            continue
        name = cell.headers[0].replace("{currency}", CURRENCY)
        if name in layout.without or name in [known for known, _cell in columns]:
            continue
        columns.append((name, cell))
    known = {name for name, _cell in columns}
    return columns + [(mark, None) for mark in layout.marks if mark not in known]


def value_of(cell: Cell | None, row: int) -> str:
    """A text that the cell's kind reads, another one in every row."""
    if cell is None:
        return ""
    if cell.choices:
        return cell.choices[row % len(cell.choices)]
    if cell.kind is Kind.KEY:
        return {"email": f"ana{row}@example.com", "phone": f"+1650555121{row}"}.get(cell.identity, f"person-{row}")
    return {
        Kind.TEXT: f"{cell.name} {row}", Kind.ID: f"12021000000000{row}", Kind.ACCOUNT: "1234567890",
        Kind.COUNT: f"{row + 1},{row}07" if row else "5", Kind.MONEY: f"{row * 1000 + 10}.{row}5",
        Kind.MICROS: f"{row}0000007",
        Kind.SHARE: f"{row}.25", Kind.DAY: f"2026-09-0{row + 1}", Kind.AT: f"2026-09-0{row + 1}T10:00:00Z",
        Kind.AT_LOCAL: f"2026-09-0{row + 1} 10:00:00 +0200", Kind.VERSION: f"2026-09-0{row + 1}T10:00:00.123",
        Kind.FLAG: ("true", "false")[row % 2], Kind.CURRENCY: CURRENCY, Kind.ZONE: "Europe/Madrid",
    }[cell.kind]  # fmt: skip


def rows_of(columns: Sequence[tuple[str, Cell | None]], *, rows: int = ROWS) -> list[dict[str, str]]:
    return [{name: value_of(cell, row) for name, cell in columns} for row in range(rows)]


def as_csv(rows: Sequence[dict[str, str]], *, delimiter: str = ",", line_end: str = "\n") -> str:
    target = io.StringIO(newline="")
    writer = csv.DictWriter(target, list(rows[0]), delimiter=delimiter, lineterminator=line_end)
    writer.writeheader()
    writer.writerows(rows)
    return target.getvalue()


def as_json_lines(rows: Sequence[dict[str, str]]) -> str:
    return "".join(json.dumps(_nested(row), ensure_ascii=False) + "\n" for row in rows)


def _nested(row: dict[str, str]) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for path, value in row.items():
        *folders, name = path.split(".")
        at = record
        for folder in folders:
            at = at.setdefault(folder, {})
        at[name] = value
    return record
