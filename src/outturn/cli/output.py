"""What a command prints: one JSON object, or a table for people."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_UNBOUND_WIDTH = 400

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout, nothing else.")


def print_json(document: Mapping[str, Any]) -> None:
    """Print the one object that `--json` promises."""
    click.echo(json.dumps(document, ensure_ascii=False, default=str))


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], *, caption: str = "") -> None:
    """Print rows as a table: figures to the right, unknown ones as a dash.

    Args:
        title: Above the table.
        columns: Headings; those of number columns are found from the rows.
        rows: Cells of text, numbers (money as Decimal, shown to the cent), or None for unknown.
        caption: Under the table.
    """
    from rich import box
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    # Off a terminal nothing is cut or folded: a file or a pipe has no width.
    console = Console(width=None if sys.stdout.isatty() else _UNBOUND_WIDTH, highlight=False)
    console.print(f"[bold]{escape(title)}[/bold]")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for at, name in enumerate(columns):
        numeric = any(isinstance(row[at], (int, float, Decimal)) for row in rows)
        table.add_column(escape(name), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(escape(_cell(value)) for value in row))
    console.print(table)
    if caption:
        console.print(escape(caption))


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
        return f"{value:,.0f}" if value.is_integer() else f"{value:,.2f}"
    return str(value)
