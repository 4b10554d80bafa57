"""`outturn init` and `outturn build`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from outturn import api
from outturn.cli.output import json_option, print_json
from outturn.cli.progress import progress_bar


@click.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--currency", required=True, help="ISO 4217 code of every report, such as EUR.")
@click.option("--time-zone", default="UTC", show_default=True, help="IANA zone of the business's days.")
@json_option
def init_command(folder: Path, currency: str, time_zone: str, *, as_json: bool) -> None:
    """Make a new workspace in DIR.

    \b
    outturn init acme --currency EUR --time-zone Europe/Berlin
    """
    workspace = api.create(folder, currency=currency, time_zone=time_zone)
    if as_json:
        print_json({"workspace": str(workspace.root)})
    else:
        click.echo(f"Made the workspace {workspace.root}. Next: outturn -w {workspace.root} import FILE…")


@click.command("build")
@json_option
@click.pass_obj
def build_command(folder: Path | None, *, as_json: bool) -> None:
    """Work out people, touches, conversions, credits and KPIs from the facts.

    `import` does this by itself unless told `--no-build`.

    \b
    outturn -w acme build
    """
    with progress_bar() as progress:
        figures = api.find(folder).build(now=datetime.now(UTC), progress=progress)
    if as_json:
        print_json(figures)
    else:
        click.echo(build_line(figures))


def build_line(figures: dict[str, object]) -> str:
    """What a build made, in one line."""
    return (
        f"Built {figures['touches']:,} touches and {figures['conversions']:,} conversions "
        f"of {figures['people']:,} people in {figures['seconds']:.1f} s."
    )
