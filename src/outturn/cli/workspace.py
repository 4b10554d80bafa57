"""`outturn init` and `outturn build`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from outturn import api
from outturn.cli.output import json_option, print_json
from outturn.cli.progress import progress_bar
from outturn.domain.errors import OutturnError

if TYPE_CHECKING:
    from collections.abc import Callable


@click.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--currency", required=True, help="ISO 4217 code of every report, such as EUR.")
@click.option("--time-zone", default="UTC", show_default=True, help="IANA zone of the business's days.")
@click.option(
    "--per",
    type=click.Choice(["person", "account"]),
    default="person",
    show_default=True,
    help="Who buys, in the first goal: a person, 30 days back, or a company with all of its people, 180 days.",
)
@json_option
def init_command(folder: Path, *, as_json: bool, **asked: Any) -> None:
    """Make a new workspace in DIR.

    \b
    outturn init acme --currency EUR --time-zone Europe/Berlin
    outturn init acme --currency EUR --per account
    """
    workspace = api.create(folder, **asked)
    if as_json:
        print_json({"workspace": str(workspace.root)})
    else:
        click.echo(f"Made the workspace {workspace.root}. Next: outturn -w {workspace.root} import FILE…")


@click.command("build")
@json_option
@click.pass_obj
def build_command(folder: Path | None, *, as_json: bool) -> None:
    """Work out all figures anew from what was imported.

    These are people, touches, conversions, credits and KPIs. `import` does this by itself unless told `--no-build`.

    \b
    outturn -w acme build
    """
    with progress_bar() as progress:
        figures = api.find(folder).build(now=datetime.now(UTC), progress=progress)
    if as_json:
        print_json(figures)
    else:
        _say_built(figures)


def build_after(workspace: api.OpenWorkspace, progress: Callable[[str], None]) -> dict[str, Any]:
    """Build after a change of the facts, which stands whatever the build finds.

    Returns:
        `build` with its figures, or `error` with why the figures from before still stand.
    """
    try:
        return {"build": workspace.build(now=datetime.now(UTC), progress=progress)}
    except OutturnError as error:
        return {"error": str(error)}


def close_with(built: dict[str, Any], *, as_json: bool) -> None:
    """Say what `build_after` gave; leave with 1 where nothing could be built."""
    if "error" in built:
        click.echo(f"outturn: The facts are in, the figures stay as they were: {built['error']}", err=True)
        click.get_current_context().exit(1)
    if "build" in built and not as_json:
        _say_built(built["build"])


def _say_built(figures: dict[str, Any]) -> None:
    click.echo(build_line(figures))
    for goal in figures["found"]["conversions"]["idle_goals"]:
        click.echo(goal["says"])
    if levels := figures["found"]["channel_day"]["says"]:
        click.echo(levels)


def build_line(figures: dict[str, object]) -> str:
    """What a build made, in one line."""
    return (
        f"Built {figures['touches']:,} touches and {figures['conversions']:,} conversions "
        f"of {figures['people']:,} people in {figures['seconds']:.1f} s."
    )
