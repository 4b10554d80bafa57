"""Write docs/reference from the code: every source, model, KPI, setting, table and command says itself what it is.

python scripts/reference_docs.py           write the pages
python scripts/reference_docs.py --check   exit 1 and name the pages that differ
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from outturn.attribution import models
from outturn.audit.check import KINDS
from outturn.audit.registry import checks
from outturn.cli.main import COMMANDS, cli
from outturn.domain.errors import REFUSAL_CODES
from outturn.domain.goals import OUTCOME_KINDS, OUTCOME_STATUSES, Goal
from outturn.domain.settings import SETTINGS
from outturn.metrics.kpis import KPIS, NOTES
from outturn.sources.registry import sources
from outturn.store.tables import TABLES

if TYPE_CHECKING:
    from outturn.sources.source import Layout

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"
_HELP_WIDTH = 100
_NOTE = "<!-- Written by scripts/reference_docs.py from the code: change it there. -->\n\n"


def pages() -> dict[str, str]:
    """Each page's text by its file name."""
    written = {
        "sources.md": _sources(),
        "models.md": _models(),
        "kpis.md": _kpis(),
        "checks.md": _checks(),
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
        "`--as NAME` names it where several fit. Headers are compared without regard to case; where a platform writes "
        "them in several languages or spellings, those are known too.\n\n"
    )
    for source in sources().values():
        text += f"## {source.title}\n\n`{source.name}`"
        text += f", platform `{source.platform}`" if source.platform else ""
        text += f".\n\n{_docstring('outturn.sources.' + source.name.replace('-', '_'))}\n\n"
        text += f"{source.notes}\n\n" if source.notes else ""
        facts = [
            f"Clicks are {source.clicks}." if source.clicks else "",
            f"Days are {source.zone}." if source.zone else "",
        ]
        text += " ".join(fact for fact in facts if fact) + ("\n\n" if any(facts) else "")
        text += _table("layout", "becomes", "needs the columns", "also reads")
        for layout in source.layouts:
            text += _row(
                f"`{layout.name}`",
                _becomes(layout),
                _headers(layout, required=True),
                _headers(layout, required=False),
            )
        text += "\n"
    return text


def _becomes(layout: Layout) -> str:
    lends = "what other files of the same command lean on" if layout.lends else ""
    named = ", ".join(f"`{name}`" for name in layout.tables)
    return ("; ".join(part for part in (named, lends) if part)) or "nothing: its rows are counted as ignored"


def _headers(layout: Layout, *, required: bool) -> str:
    named = [cell.headers for cell in layout.cells if cell.required == required and cell.headers]
    marks = [(mark,) for mark in layout.marks] if required else []
    return ", ".join(dict.fromkeys(f"`{headers[0]}`" for headers in [*named, *marks]))


def _docstring(module: str) -> str:
    return inspect.cleandoc(importlib.import_module(module).__doc__ or "").strip()


def _models() -> str:
    text = (
        "# Attribution models\n\nEvery model is weights over one journey's touches that add up to 1. A conversion "
        "without touches is credited to `(none)`, so that each model's table adds up to the ledger to the micro. What "
        "each of them assumes: [Statistics](../statistics.md).\n\n"
    )
    # One file may give several models.
    together: dict[str, list[str]] = {}
    for name in models.names():
        together.setdefault(models.file_of(name), []).append(name)
    for file, names in together.items():
        said = _docstring(f"outturn.attribution.{file}").split("\n\n")
        # The blank line ends the expected output of a doctest.
        shown = (f"```pycon\n{part}\n\n```" if part.startswith(">>>") else part for part in said)
        text += f"## {names[0]}\n\n" + "\n\n".join(shown) + "\n\n"
        weights = importlib.import_module(f"outturn.attribution.{file}").weights
        rule = inspect.getdoc(getattr(weights, "py_func", weights))
        text += f"{rule}\n\n" if rule else ""
        text += "".join(f"## {name}\n\nSee [{names[0]}](#{names[0]}).\n\n" for name in names[1:])
    return text


def _checks() -> str:
    text = (
        "# Checks of the audit\n\nWhat `outturn audit` asks. *Normal* is the share of rows that is no fault: a place "
        "is named only where even the lower bound of its share lies above it. *Sure from* is the smallest share at "
        "which a fault planted in a simulated shop of 300 orders in six weeks is found; the suite plants it.\n\n"
    )
    text += _table("money", "is") + "".join(_row(kind, says) for kind, says in KINDS.items()) + "\n"
    for name, check in checks().items():
        critical = "never critical" if check.critical_share is None else f"critical from {check.critical_share:.0%}"
        facts = (
            f"Places: {', '.join(check.where)}. Money: {check.kind}. Normal: {check.normal_share:.0%}, and fewer than "
            f"{check.least} rows say nothing. Sure from {check.sure_share:.0%}; {critical} of what is at stake."
        )
        raises = f" It may raise {', '.join(f'`{one}`' for one in check.implies)} as well." if check.implies else ""
        text += f"## {name}\n\n{check.title}.\n\n{check.means}\n\n**Do.** {check.fix}\n\n{facts}{raises}\n\n"
    return text


def _kpis() -> str:
    text = (
        "# KPIs\n\nA KPI is a ratio of sums at the grain asked for, or a sum. A zero denominator and anything unknown "
        "is NULL, never 0. By channel or campaign, sales are credited under the model.\n\n"
    )
    text += _table("id", "is", "formula", "unit", "note")
    for kpi in KPIS:
        note = " ".join(filter(None, (kpi.null_rule, NOTES.get(kpi.id))))
        text += _row(f"`{kpi.id}`", kpi.title, f"`{kpi.formula}`", kpi.unit.value, note)
    text += "\n## The sums\n\n" + _table("sum", "is")
    sums = {measure.name: measure.says for kpi in KPIS for measure in kpi.measures}
    return text + "".join(_row(f"`{name}`", says) for name, says in sorted(sums.items()))


def _settings() -> str:
    text = "# Settings\n\n`outturn.toml` in the workspace's folder. A key that is not here is an error.\n\n"
    text += _table("setting", "default", "unit", "says")
    for setting in SETTINGS:
        default = "–" if setting.default in ("", ()) else f"`{setting.default}`"
        says = setting.says + (
            f". One of {', '.join(f'`{one}`' for one in setting.choices)}" if setting.choices else ""
        )
        text += _row(f"`{setting.key}`", default, setting.unit or "–", says)
    text += (
        "\n## Goals\n\nA goal is a table `[goals.<id>]`; the first one of the file is the default. `id` is the name in "
        "the brackets.\n\n" + _table("key", "default", "says")
    )
    defaults = {field.name: field.default for field in dataclasses.fields(Goal)}
    for key, says in _attributes(Goal).items():
        given = defaults[key]
        shown = "required" if given is dataclasses.MISSING else "–" if given is None else f"`{_toml(given)}`"
        text += _row(f"`{key}`", shown, says)
    for title, words in {"Kinds of outcomes": OUTCOME_KINDS, "Statuses": OUTCOME_STATUSES}.items():
        text += f"\n{title}: {', '.join(f'`{word}`' for word in words)}.\n"
    return text


def _toml(value: object) -> str:
    return json.dumps(list(value) if isinstance(value, tuple) else value)


def _attributes(of: type) -> dict[str, str]:
    """What a class's docstring says of its attributes."""
    said = inspect.getdoc(of) or ""
    listed = said.partition("Attributes:\n")[2].partition("\n\n")[0]
    entries = re.split(r"^    (?=\w+: )", listed, flags=re.MULTILINE)[1:]
    return {name: " ".join(text.split()) for name, _, text in (entry.partition(": ") for entry in entries)}


def _tables() -> str:
    text = (
        "# Tables\n\nFacts are appended by imports; derived tables are rebuilt by every build and published together."
        "\n\n"
    )
    for table in TABLES.values():
        text += (
            f"## {table.name}\n\n{table.kind.capitalize()}, written by {table.writer}. One row per {table.grain}.\n\n"
        )
        text += _table("column", "type", "says")
        for column in table.columns:
            says = column.says.replace("<", "&lt;")  # else a browser takes <system> for a tag, and shows nothing
            text += _row(f"`{column.name}`", column.type.value, says + ("" if column.needed else " (may be NULL)"))
        text += "\n"
    return text


def _commands() -> str:
    text = (
        "# Commands\n\nAll of them take `-w DIR`, the workspace's folder, before their name; without it the nearest "
        "folder upwards that is one. Exit codes: 0 done; 1 the data was refused, never in part; 2 wrong usage.\n\n"
    )
    # The width is fixed, or the page would depend on the terminal that it is written on.
    context = click.Context(cli, info_name="outturn", terminal_width=_HELP_WIDTH, **cli.context_settings)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        inner = click.Context(command, info_name=name, parent=context)
        text += f"## outturn {name}\n\n```text\n{command.get_help(inner)}\n```\n\n"
        for part in command.commands.values() if isinstance(command, click.Group) else ():
            help_text = part.get_help(click.Context(part, info_name=str(part.name), parent=inner))
            text += f"### outturn {name} {part.name}\n\n```text\n{help_text}\n```\n\n"
    return text


def _refusals() -> str:
    text = (
        "# Refusal codes\n\nWhy a file or a row was not accepted: in `outturn refused` and in `--json`.\n\n"
        + _table("code", "means")
    )
    return text + "".join(_row(f"`{code}`", says) for code, says in sorted(REFUSAL_CODES.items()))


def differing() -> list[str]:
    """The pages that are not what the code says, and those that it says nothing of any more."""
    written = pages()
    kept = {file.name: file.read_text(encoding="utf-8") for file in FOLDER.glob("*.md")}
    return sorted(name for name in written.keys() | kept.keys() if written.get(name) != kept.get(name))


def main() -> int:
    """Write or check the pages."""
    if "--check" in sys.argv[1:]:
        found = differing()
        if found:
            print(f"differ from the code: {', '.join(found)}; run: python scripts/reference_docs.py", file=sys.stderr)
        return bool(found)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
