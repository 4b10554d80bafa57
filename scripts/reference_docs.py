"""Write docs/reference from the code: every source, model, KPI, setting, table and command says itself what it is.

    python scripts/reference_docs.py           write the pages
    python scripts/reference_docs.py --check   exit 1 and name the pages that differ
"""

from __future__ import annotations

import importlib
import inspect
import sys
from pathlib import Path

import click

from outturn.attribution import models
from outturn.cli.main import COMMANDS, cli
from outturn.domain.errors import REFUSAL_CODES
from outturn.domain.settings import SETTINGS
from outturn.metrics.kpis import KPIS
from outturn.sources.registry import sources
from outturn.sources.source import Cell, Layout
from outturn.store.tables import TABLES

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"
_NOTE = "<!-- Written by scripts/reference_docs.py from the code: change it there. -->\n\n"


def pages() -> dict[str, str]:
    """Each page's text by its file name."""
    written = {
        "sources.md": _sources(),
        "models.md": _models(),
        "kpis.md": _kpis(),
        "settings.md": _settings(),
        "tables.md": _tables(),
        "commands.md": _commands(),
        "refusals.md": _refusals(),
    }
    return {name: _NOTE + text.rstrip() + "\n" for name, text in written.items()}


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |\n"


def _table(*head: str) -> str:
    return _row(*head) + _row(*("---" for _ in head))


def _sources() -> str:
    text = (
        "# Sources\n\nA file is recognised by its content: the source whose layout asks for most of what the file has. "
        "`--as NAME` names it where several fit.\n\n"
    )
    for source in sources().values():
        text += f"## {source.title}\n\n`{source.name}`"
        text += f", platform `{source.platform}`" if source.platform else ""
        text += f". Clicks: {source.clicks}" if source.clicks else ""
        text += f". Days in {source.zone}" if source.zone else ""
        text += f".\n\n{source.notes}\n\n" if source.notes else ".\n\n"
        text += _table("layout", "becomes", "needs the columns", "also reads")
        for layout in source.layouts:
            text += _row(
                f"`{layout.name}`",
                ", ".join(f"`{name}`" for name in layout.tables) or "nothing: its rows are counted as ignored",
                _headers(layout, required=True),
                _headers(layout, required=False),
            )
        text += "\n"
    return text


def _headers(layout: Layout, *, required: bool) -> str:
    cells = [cell for cell in layout.cells if cell.required == required and cell.headers]
    marks = [f"`{mark}`" for mark in layout.marks] if required else []
    return ", ".join([*map(_header, cells), *marks])


def _header(cell: Cell) -> str:
    return f"`{cell.headers[0]}`"


def _models() -> str:
    text = (
        "# Attribution models\n\nEvery model is weights over one journey's touches that add up to 1. A conversion without "
        "touches is credited to `(none)`, so that each model's table adds up to the ledger to the micro.\n\n"
    )
    for name in models.names():
        module = importlib.import_module(f"outturn.attribution.{name}")
        said = inspect.cleandoc(module.__doc__ or "").replace(">>> ", "").split("\n\n")
        text += f"## {name}\n\n" + "\n\n".join(part for part in said if "weights_of" not in part) + "\n\n"
        rule = inspect.getdoc(module.weights.py_func if hasattr(module.weights, "py_func") else module.weights)
        text += f"{rule}\n\n" if rule else ""
    return text


def _kpis() -> str:
    text = "# KPIs\n\nRatios of sums at the grain asked for. A zero denominator and anything unknown is NULL, never 0.\n\n"
    text += _table("id", "is", "formula", "unit", "note")
    for kpi in KPIS:
        note = kpi.note or ("" if kpi.known else "NULL until a source for it exists.")
        text += _row(f"`{kpi.id}`", kpi.title, f"`{kpi.formula}`", kpi.unit.value, note)
    return text


def _settings() -> str:
    text = "# Settings\n\n`outturn.toml` in the workspace's folder. A key that is not here is an error.\n\n"
    text += _table("setting", "default", "unit", "says")
    for setting in SETTINGS:
        default = "–" if setting.default in ("", ()) else f"`{setting.default}`"
        says = setting.says + (f". One of {', '.join(f'`{one}`' for one in setting.choices)}" if setting.choices else "")
        text += _row(f"`{setting.key}`", default, setting.unit or "–", says)
    return text + (
        "\nGoals are tables `[goals.<id>]`; the first one is the default. Their keys: `kinds`, `statuses`, `system` (the "
        "system of record), `count` (`every` or `one`), `per`, `lookback_days`.\n"
    )


def _tables() -> str:
    text = "# Tables\n\nFacts are appended by imports; derived tables are rebuilt by every build and published together.\n\n"
    for table in TABLES.values():
        text += f"## {table.name}\n\n{table.kind.capitalize()}, written by {table.writer}. One row per {table.grain}.\n\n"
        text += _table("column", "type", "says")
        for column in table.columns:
            text += _row(f"`{column.name}`", column.type.value, column.says + ("" if column.needed else " (may be NULL)"))
        text += "\n"
    return text


def _commands() -> str:
    text = "# Commands\n\nExit codes: 0 done; 1 the data was refused, never in part; 2 wrong usage.\n\n"
    context = click.Context(cli, info_name="outturn")
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        text += f"## outturn {name}\n\n```text\n{command.get_help(click.Context(command, info_name=name, parent=context))}\n```\n\n"
        if isinstance(command, click.Group):
            for part in command.commands.values():
                text += f"### outturn {name} {part.name}\n\n```text\n"
                text += part.get_help(click.Context(part, info_name=str(part.name), parent=click.Context(command, info_name=name, parent=context)))
                text += "\n```\n\n"
    return text


def _refusals() -> str:
    text = "# Refusal codes\n\nWhy a file or a row was not accepted: in `outturn refused` and in `--json`.\n\n" + _table("code", "means")
    return text + "".join(_row(f"`{code}`", says) for code, says in sorted(REFUSAL_CODES.items()))


def main() -> int:
    """Write or check the pages."""
    written = pages()
    if "--check" in sys.argv[1:]:
        differing = [name for name, text in written.items() if not (FOLDER / name).is_file() or (FOLDER / name).read_text() != text]
        if differing:
            print(f"differ from the code: {', '.join(differing)}; run: python scripts/reference_docs.py", file=sys.stderr)
        return bool(differing)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in written.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
