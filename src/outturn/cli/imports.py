"""`outturn import`, `outturn imports` and `outturn refused`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from outturn import api
from outturn.cli.output import json_option, print_json, print_table
from outturn.cli.progress import progress_bar
from outturn.cli.restatements import days_restated, mixed, print_restatements
from outturn.cli.workspace import build_after, close_with
from outturn.domain.time import parse_day


@click.command("import")
@click.argument(
    "files", metavar="FILE…", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--as", "source", help="The source, where the content does not tell it.")
@click.option("--account", help="The ad account of files that do not name theirs.")
@click.option("--currency", help="The currency of files that do not state theirs.")
@click.option("--time-zone", help="The zone of the files' days and naive times.")
@click.option("--decimal", type=click.Choice([",", "."]), help="The decimal sign, where the file does not settle it.")
@click.option("--dates", type=click.Choice(["day-first", "month-first"]), help="How 03/04/2026 reads.")
@click.option("--sheet", help="The sheet of a spreadsheet, where several hold exports.")
@click.option("--replace", is_flag=True, help="Let days lose campaigns that the files no longer name.")
@click.option("--partial", is_flag=True, help="Replace only the campaigns that the files name.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing.")
@click.option("--no-build", is_flag=True, help="Leave the figures as they are.")
@json_option
@click.pass_obj
def import_command(folder: Path | None, /, files: tuple[Path, ...], *, as_json: bool, **options: Any) -> None:
    """Take files in and build the figures anew.

    Files are recognised by their content; each goes in wholly or not at all. Importing a file again changes nothing.

    \b
    outturn -w acme import exports/*
    outturn -w acme import meta.csv --currency EUR --account 123
    """
    if options["replace"] and options["partial"]:
        raise click.UsageError("--replace and --partial exclude one another")
    workspace = api.find(folder)
    no_build, dry_run = options.pop("no_build"), options["dry_run"]
    with progress_bar() as progress:
        reports = workspace.import_files(list(files), now=datetime.now(UTC), progress=progress, **options)
        changed = not dry_run and any(report["verdict"] in ("accept", "period_only") for report in reports)
        built = build_after(workspace, progress) if changed and not no_build else {}
    if as_json:
        print_json({"files": reports} | built)
    else:
        _print_reports(reports)
    close_with(built, as_json=as_json)
    if any(report["verdict"] == "refuse" for report in reports):
        click.get_current_context().exit(1)


def _print_reports(reports: list[dict[str, Any]]) -> None:
    print_table(
        "Files",
        ["file", "source", "verdict", "read", "accepted", "refused", "ignored", "spend"],
        [
            [
                report["file"], report["source"], report["verdict"], report["rows_read"], report["accepted"],
                report["refused"], report["ignored"], _spend(report["totals"]),
            ]
            for report in reports
        ],
    )  # fmt: skip
    for report in reports:
        for line in (*report.get("messages", []), *mixed(report["mixes"])):
            click.echo(f"{report['file']}: {line}", err=report["verdict"] == "refuse")
        if report["refused"] and report["verdict"] != "refuse":
            reasons = ", ".join(f"{count:,} {code}" for code, count in report["reasons"].items())
            look = f": outturn refused {report['import_id']}" if report["import_id"] else ""
            click.echo(f"{report['file']}: refused {report['refused']:,} rows ({reasons}){look}")


def _spend(totals: dict[str, dict[str, Any]]) -> str:
    return ", ".join(f"{figures['spend']} {currency}" for currency, figures in totals.items() if figures.get("spend"))


@click.group("imports", invoke_without_command=True)
@click.option("--days", "day_by_day", is_flag=True, help="Show each restated day with its figures before and after.")
@click.option("--as-of", help="What was known at the end of that day, YYYY-MM-DD.")
@json_option
@click.pass_context
def imports_command(ctx: click.Context, *, day_by_day: bool, as_of: str | None, as_json: bool) -> None:
    """Show what came in, how fresh it is, what it restated; undo it.

    \b
    outturn -w acme imports
    outturn -w acme imports --days
    outturn -w acme imports undo i20261122T080000000000-0001
    """
    if ctx.invoked_subcommand:
        return
    imports = api.find(ctx.obj).imports(as_of=parse_day(as_of) if as_of else None)
    if as_json:
        print_json({"imports": imports})
        return
    print_table(
        "Imports",
        ["import", "file", "source", "accepted", "refused", "ignored", "days", "restated"],
        [
            [
                one["import_id"] if one["state"] == "loaded" else f"{one['import_id']} {one['state']}",
                one["file"], one["source"], one["accepted"], one["refused"], one["ignored"],
                f"{one['first_day']} to {one['last_day']}" if one["first_day"] else None, days_restated(one) or None,
            ]
            for one in loads_by_day(imports)
        ],
    )  # fmt: skip
    for one in imports:
        for line in mixed(one["mixes"]):
            click.echo(f"{one['import_id']}: {line}")
    print_restatements(imports, day_by_day=day_by_day)


def loads_by_day(imports: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same, with the loads of the collector's journal, one a minute, as one line a day."""
    lines: dict[object, dict[str, Any]] = {}
    for one in imports:
        if one["source"] != "collector" or one["state"] != "loaded":
            lines[one["import_id"]] = one
            continue
        day = one["import_id"][1:9]
        line = lines.get(day)
        if line is None:
            lines[day] = one | {"file": "journal", "loads": 1}
            continue
        loads = line["loads"] + 1
        counts = {name: line[name] + one[name] for name in ("accepted", "refused", "ignored")}
        lines[day] = line | counts | {"loads": loads, "import_id": f"{loads} loads on {day[:4]}-{day[4:6]}-{day[6:]}"}
    return list(lines.values())


@imports_command.command("undo")
@click.argument("import_id", metavar="ID")
@click.option("--no-build", is_flag=True, help="Leave the figures as they are.")
@json_option
@click.pass_obj
def undo_command(folder: Path | None, /, import_id: str, *, no_build: bool, as_json: bool) -> None:
    """Take one import back; what it had restated comes back too.

    \b
    outturn -w acme imports undo i20261122T080000000000-0001
    """
    workspace = api.find(folder)
    workspace.undo(import_id, now=datetime.now(UTC))
    built = {}
    if not no_build:
        with progress_bar() as progress:
            built = build_after(workspace, progress)
    if as_json:
        print_json({"undone": import_id} | built)
    else:
        click.echo(f"Took back {import_id}.")
    close_with(built, as_json=as_json)


@click.command("refused")
@click.argument("import_id", metavar="[IMPORT]", required=False)
@json_option
@click.pass_obj
def refused_command(folder: Path | None, /, import_id: str | None, *, as_json: bool) -> None:
    """Show refused rows with their line and reason.

    Those of one import, or of all.

    \b
    outturn -w acme refused
    """
    rows = api.find(folder).refused(import_id)
    if as_json:
        print_json({"rows": rows})
        return
    if not rows:
        click.echo("Nothing was refused.")
        return
    columns = ["import_id", "file", "line", "reason", "detail", "raw"]
    print_table("Refused rows", columns, [[row[name] for name in columns] for row in rows])
