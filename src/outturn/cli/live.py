"""`outturn live`: what is coming in now."""

from __future__ import annotations

import sys
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from outturn import api
from outturn.cli.output import json_option, print_json

if TYPE_CHECKING:
    from pathlib import Path

    from rich.table import Table

    from outturn.collector.live import Look

_EVERY_SECONDS = 1.0
_LATELY = timedelta(minutes=5)
_MOST_ROWS = 30
_LONGEST = 60


@click.command("live")
@click.option(
    "--once/--watch",
    "once",
    default=None,
    help="Look once, or each second until stopped. Default: watch on a terminal.",
)
@json_option
@click.pass_obj
def live_command(folder: Path | None, *, once: bool | None, as_json: bool) -> None:
    """The hits of the last 60 minutes by event and channel.

    A hit's channel is what it tells by itself. Bots are counted apart. `--json` tells them minute by minute.

    \b
    outturn -w acme live
    outturn -w acme live --json
    """
    live = api.find(folder).live()
    if as_json:
        print_json(_document(live.look(datetime.now(UTC))))
        return
    from rich.console import Console
    from rich.live import Live

    console = Console()
    if once or (once is None and not sys.stdout.isatty()):
        console.print(_table(live.look(datetime.now(UTC))))
        return
    with suppress(KeyboardInterrupt), Live(console=console, auto_refresh=False) as shown:
        while True:
            shown.update(_table(live.look(datetime.now(UTC))), refresh=True)
            time.sleep(_EVERY_SECONDS)


def _document(look: Look) -> dict[str, object]:
    return {
        "since": look.since.isoformat(),
        "until": look.until.isoformat(),
        "total": sum(one.hits for one in look.hits),
        "bots": look.bots,
        "hits": [{**one._asdict(), "minute": one.minute.isoformat()} for one in look.hits],
    }


def _table(look: Look) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    def plain(text: str) -> Text:
        # A public key may send any text: it neither formats the table nor steers the terminal.
        return Text("".join(sign if sign.isprintable() else "?" for sign in text[:_LONGEST]))

    hour: Counter[tuple[str, str]] = Counter()
    lately: Counter[tuple[str, str]] = Counter()
    for one in look.hits:
        hour[one.event, one.channel] += one.hits
        if one.minute > look.until - _LATELY:
            lately[one.event, one.channel] += one.hits
    more = len(hour) - _MOST_ROWS
    table = Table(
        title=f"The last 60 minutes until {look.until:%H:%M:%S} UTC",
        caption=f"{look.bots:,} hits of bots are left out" + (f"; {more:,} rarer rows not shown" if more > 0 else ""),
        box=box.SIMPLE_HEAD,
        show_footer=True,
    )
    table.add_column("event", footer="all")
    table.add_column("channel")
    table.add_column("5 minutes", footer=f"{lately.total():,}", justify="right")
    table.add_column("60 minutes", footer=f"{hour.total():,}", justify="right")
    for (event, channel), hits in sorted(hour.items(), key=lambda one: (-one[1], one[0]))[:_MOST_ROWS]:
        table.add_row(plain(event), plain(channel), f"{lately[event, channel]:,}", f"{hits:,}")
    return table
