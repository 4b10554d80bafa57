"""`outturn forget` and `outturn person export`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from outturn import api
from outturn.cli.output import json_option, print_json

if TYPE_CHECKING:
    from pathlib import Path


@click.command("forget")
@click.argument("identifier", metavar="ID")
@json_option
@click.pass_obj
def forget_command(folder: Path | None, identifier: str, *, as_json: bool) -> None:
    """Forget a person, now and in every later import.

    ID is an e-mail address, a phone number, or the id of a user, browser, contact or order. Amounts stay in the ledger
    as nobody's; everything else of the person is deleted from the files.

    \b
    outturn -w acme forget ana@example.com
    """
    done = api.find(folder).forget(identifier, now=datetime.now(UTC))
    if as_json:
        print_json(done)
        return
    for table, rows in done["rows"].items():
        click.echo(f"{table}: {rows:,} rows")
    if done["records"]:
        click.echo(f"journal: {done['records']:,} records")
    if done["identifiers"]:
        click.echo(f"Forgot {done['identifiers']:,} identifiers. Not reached: {'; '.join(done['not_reached'])}.")
    else:
        click.echo(f"Nobody is known by {identifier!r}. Imports from now on will not let them in.")


@click.group("person")
def person_command() -> None:
    """What is stored about one person."""


@person_command.command("export")
@click.argument("identifier", metavar="ID")
@json_option
@click.pass_obj
def export_command(folder: Path | None, identifier: str, *, as_json: bool) -> None:
    """Print everything that is stored about a person, as JSON.

    One object: the answer to an access request.

    \b
    outturn -w acme person export ana@example.com
    """
    del as_json  # a person's rows have no other form
    print_json(api.find(folder).export_person(identifier))
