"""What a command prints: one JSON object, or a table for people."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

import click

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_UNBOUND_WIDTH = 400
# Between two columns, and at both edges together.
_GAP = 3
# Below it two decimals would say nothing of a rate.
_SMALL_SHARE = 0.1

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout, nothing else.")


def print_json(document: Mapping[str, Any]) -> None:
    """Print the one object that `--json` promises."""
    click.echo(json.dumps(document, ensure_ascii=False, default=str))


def print_table(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    labels: int = 1,
    caption: str = "",
) -> None:
    """Print rows as a table: figures to the right and never cut, unknown ones as a dash.

    What is too wide for the terminal goes into further tables below, each with the labels again.

    Args:
        title: Above the table.
        columns: Headings; those of number columns are found from the rows.
        rows: Cells of text, numbers (money as Decimal, shown to the cent), or None for unknown.
        labels: How many of the first columns tell the rows apart.
        caption: Under the table.
    """
    from rich import box
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    # Off a terminal nothing is cut or folded: a file or a pipe has no width.
    console = Console(width=None if sys.stdout.isatty() else _UNBOUND_WIDTH, highlight=False)
    console.print(f"[bold]{escape(title)}[/bold]")
    if not columns:
        console.print("Nothing to show: no row answers this question.")
        return
    cells = [[_cell(value) for value in row] for row in rows]
    numeric = [any(isinstance(row[at], (int, float, Decimal)) for row in rows) for at in range(len(columns))]
    headings = list(columns)
    if _table_width(_widths(headings, cells)) > console.width:
        headings = [name.replace("_", "_\n").replace(" ", "\n") for name in columns]
    for block in _blocks(_widths(headings, cells), labels, console.width):
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for at in block:
            side: Literal["left", "right"] = "right" if numeric[at] else "left"
            table.add_column(escape(headings[at]), justify=side, overflow="fold", no_wrap=numeric[at])
        for row in cells:
            table.add_row(*(escape(row[at]) for at in block))
        console.print(table)
    if caption:
        console.print(escape(caption))


def _widths(headings: Sequence[str], cells: Sequence[Sequence[str]]) -> list[int]:
    """How wide each column is, in characters."""
    return [
        max(len(line) for line in (*heading.split("\n"), *(row[at] for row in cells)))
        for at, heading in enumerate(headings)
    ]


def _table_width(widths: Sequence[int]) -> int:
    """With the blanks between columns and at the edges."""
    return sum(widths) + _GAP * len(widths)


def _blocks(widths: Sequence[int], labels: int, room: int) -> list[list[int]]:
    """Columns that fit side by side; each block begins with the labels, and has at least one column more."""
    shared = list(range(labels))
    blocks = [shared]
    for at in range(labels, len(widths)):
        block = [*blocks[-1], at]
        if _table_width([widths[column] for column in block]) <= room or blocks[-1] == shared:
            blocks[-1] = block
        else:
            blocks.append([*shared, at])
    return blocks


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    if isinstance(value, float):
        digits = 0 if value.is_integer() else 2 if abs(value) >= _SMALL_SHARE else 4
        return f"{value:,.{digits}f}"
    return str(value)
