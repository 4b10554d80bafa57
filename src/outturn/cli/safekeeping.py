"""`outturn backup`, `outturn restore` and `outturn doctor`: a workspace that is whole, and stays so."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from outturn import api
from outturn.cli.output import json_option, print_json


@click.command("backup")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@json_option
@click.pass_obj
def backup_command(folder: Path | None, file: Path, *, as_json: bool) -> None:
    """Write everything that the workspace holds into FILE.

    A collector may go on taking events, and readers reading; loads, imports and builds wait. A name that ends in .gz
    is compressed.

    The file holds the keys and personal data of the workspace: whoever has it has both.

    \b
    outturn -w acme backup acme.tar.gz
    """
    done = api.find(folder).backup(file, now=datetime.now(UTC))
    if as_json:
        print_json(done)
    else:
        click.echo(f"Wrote {done['files']:,} files into {done['file']}, {done['bytes']:,} bytes.")
    click.echo(
        f"KEEP {done['file']} SECRET: it holds the keys of this workspace and personal data. Only you can read it now; "
        "encrypt it before it leaves this machine.",
        err=True,
    )


@click.command("restore")
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@json_option
def restore_command(file: Path, folder: Path, *, as_json: bool) -> None:
    """Make a workspace in DIR from a backup.

    DIR is new or empty. Every byte is checked before it is there. Stop the old collector before you start one here:
    two collectors of one workspace do not know of each other.

    \b
    outturn restore acme.tar.gz acme-again
    """
    done = api.restore(file, folder)
    if as_json:
        print_json(done)
    else:
        click.echo(f"Restored {done['files']:,} files into {done['workspace']}, as of {done['made_at']}.")
        click.echo(f"Next: outturn -w {done['workspace']} load --now")
    click.echo("Whoever asked to be forgotten after that time is in it again: forget them again.", err=True)


@click.command("doctor")
@json_option
@click.pass_context
def doctor_command(ctx: click.Context, *, as_json: bool) -> None:
    """Look for what is wrong with a workspace, and say what to do.

    It changes nothing. Exit code 1 says that something is wrong; advice alone leaves 0.

    \b
    outturn -w acme doctor
    """
    found = api.examine(ctx.obj, now=datetime.now(UTC))
    if as_json:
        print_json({"findings": found})
    for finding in () if as_json else found:
        click.echo(f"{finding['level']:<6} {finding['about']}: {finding['says']}")
        if finding["do"]:
            click.echo(f"       → {finding['do']}")
    if not found and not as_json:
        click.echo("Nothing is wrong.")
    if any(finding["level"] == "wrong" for finding in found):
        ctx.exit(1)
