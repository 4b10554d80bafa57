"""`outturn serve`, `outturn load` and `outturn keys`: what comes in by HTTP."""

from __future__ import annotations

import os
import signal
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from outturn import api
from outturn.cli.output import json_option, print_json, print_table
from outturn.domain.errors import WorkspaceError

if TYPE_CHECKING:
    from pathlib import Path

    from outturn.collector.keys import Trust


_UPKEEP_EVERY = timedelta(hours=1)


def _now() -> datetime:
    return datetime.now(UTC)


@click.command("serve")
@click.option("--address", help="Where to listen. Default: [server] address, which is this machine alone.")
@click.option("--port", type=click.IntRange(0, 65535), help="Default: [server] port.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes that answer. Default: [server] workers.")
@click.pass_obj
def serve_command(folder: Path | None, address: str | None, port: int | None, workers: int | None) -> None:
    """Collect events by HTTP until stopped.

    Everything is on the disk before it is answered, and in the lake a minute later. SIGTERM answers what is under way
    and leaves.

    \b
    outturn -w acme keys add --trust public --name shop
    outturn -w acme serve
    """
    workspace = api.find(folder)
    settings = workspace.workspace.settings
    where = address or settings["server.address"]
    if where not in ("127.0.0.1", "::1", "localhost"):
        click.echo(f"Listening on {where}: other machines can send. Put a server with TLS in front.", err=True)
    click.echo(f"Collecting on http://{where}:{settings['server.port'] if port is None else port}", err=True)
    workspace.serve(address=address, port=port, workers=workers)


@click.command("load")
@click.option("--now", "once", is_flag=True, help="Load what is there and leave.")
@click.option("--again", is_flag=True, help="Load what was loaded before once more, as far as it is kept, and leave.")
@click.option("--leave-with-parent", is_flag=True, hidden=True, help="Stop when `serve` is gone, however it went.")
@json_option
@click.pass_obj
def load_command(folder: Path | None, *, once: bool, again: bool, leave_with_parent: bool, as_json: bool) -> None:
    """Bring what the collector has received into the lake.

    Without `--now` it goes on until stopped, once a minute ([journal] load_seconds) or as soon as 32 MB have gathered
    ([journal] load_mb), as `serve` has it done.

    `--again` takes earlier loads back and makes their rows anew from what the journal keeps ([journal] keep_days),
    where a newer Outturn reads it better. Nothing counts twice.

    \b
    outturn -w acme load --now
    """
    workspace = api.find(folder)
    if again:
        _say_loaded_again(workspace.load_again(now=_now), as_json=as_json)
        return
    if once:
        _say_loaded(workspace.load(now=_now), as_json=as_json)
        return
    # Whoever waits for an answer comes first: the loader takes what the workers leave.
    os.nice(19)
    stop = threading.Event()
    if leave_with_parent:
        from outturn.collector.rounds import leave_with_parent as leave

        leave()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    kept_up = _now()
    while workspace.wait_for_load(stop):
        try:
            loaded = workspace.load(now=_now)
            if _now() - kept_up > _UPKEEP_EVERY:
                kept_up = _now()
                workspace.keep_up(now=kept_up)
        except WorkspaceError as busy:
            # An import or a build is writing: the journal keeps what has come until the next round.
            click.echo(f"Not loaded yet: {busy}", err=True)
            continue
        if loaded["records"]:
            _say_loaded(loaded, as_json=as_json)


def _say_loaded(loaded: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(loaded)
        return
    click.echo(
        f"Loaded {loaded['records']:,} records: {loaded['events']:,} events, {loaded['outcomes']:,} outcomes, "
        f"{loaded['refused']:,} refused."
    )
    for segment, size in loaded["damaged"]:
        click.echo(f"Damaged: {size:,} bytes of journal/{segment} are no record. The disk has changed them.", err=True)


def _say_loaded_again(again: dict[str, Any], *, as_json: bool) -> None:
    _say_loaded(again, as_json=as_json)
    if as_json:
        return
    click.echo(f"They take the place of {again['replaced']:,} earlier loads. `outturn build` shows what that changes.")
    if again["left"]:
        click.echo(
            f"{len(again['left']):,} loads stay as they were: the journal does not keep all their records any more."
        )


@click.group("keys", invoke_without_command=True)
@json_option
@click.pass_context
def keys_command(ctx: click.Context, *, as_json: bool) -> None:
    """Write keys: who may send.

    \b
    outturn -w acme keys
    outturn -w acme keys add --trust public --name shop
    outturn -w acme keys revoke 1f3c0a9e
    """
    if ctx.invoked_subcommand is not None:
        return
    keys = api.find(ctx.obj).keys()
    if as_json:
        print_json({"keys": keys})
        return
    print_table(
        "Write keys",
        ("id", "trust", "name", "made", "revoked"),
        [
            (key["id"], key["trust"], key["name"], f"{key['created_at']:%Y-%m-%d}", _day(key["revoked_at"]))
            for key in keys
        ],
    )


def _day(at: datetime | None) -> str | None:
    return f"{at:%Y-%m-%d}" if at else None


@keys_command.command("add")
@click.option(
    "--trust",
    type=click.Choice(["public", "secret"]),
    required=True,
    help="public: for pages, which everybody can read; secret: for servers.",
)
@click.option("--name", default="", help="What you call it.")
@json_option
@click.pass_obj
def add_key_command(folder: Path | None, trust: Trust, name: str, *, as_json: bool) -> None:
    """Make a write key. It is shown this once.

    \b
    outturn -w acme keys add --trust public --name shop
    """
    made = api.find(folder).add_key(trust, name, now=_now())
    if as_json:
        print_json(made)
    else:
        if "signing_secret" in made:
            click.echo(f"signing secret (for /v1/outcomes): {made['signing_secret']}")
        click.echo(f"{made['key']}\nThis is key {made['id']} ({trust}). It is kept nowhere: note it down now.")


@keys_command.command("revoke")
@click.argument("key_id", metavar="ID")
@click.pass_obj
def revoke_key_command(folder: Path | None, key_id: str) -> None:
    """Take a write key back. What came with it stays.

    \b
    outturn -w acme keys revoke 1f3c0a9e
    """
    api.find(folder).revoke_key(key_id, now=_now())
    click.echo(f"Key {key_id} counts no more: a running collector knows within a second.")
