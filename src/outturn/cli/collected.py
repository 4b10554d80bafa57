"""`outturn collected`: what came in by HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from outturn import api
from outturn.cli.output import json_option, print_json, print_table
from outturn.cli.questions import days_between, from_option, to_option

if TYPE_CHECKING:
    from pathlib import Path

_COUNTS = ("hits", "of_nobody", "views", "bots", "late", "old", "future", "refused", "lost")


@click.command("collected")
@from_option
@to_option
@json_option
@click.pass_obj
def collected_command(folder: Path | None, first: str | None, last: str | None, *, as_json: bool) -> None:
    """What the collector has taken by day, and how long ids live.

    Hits of people; those of nobody, for want of consent; views that pixels counted; bots, which are in no other figure;
    events that came late, old, or from the future; refused ones; those that a browser's full queue had to drop. Of each
    purpose, what was said at the hit.

    \b
    outturn -w acme collected
    outturn -w acme collected --from 2026-03-01 --to 2026-03-31 --json
    """
    found = api.find(folder).collected(days_between(first, last))
    if as_json:
        print_json(found)
        return
    days = [(one["date_day"], *(one[name] for name in _COUNTS)) for one in found["days"]]
    if not days:
        click.echo("Nothing was collected in these days. What came in the last minute: outturn load --now")
        return
    print_table("Collected", ("day", *_COUNTS), [*days, ("all days", *(found["totals"][name] for name in _COUNTS))])
    print_table(
        "Consent, in hits",
        ("purpose", "granted", "denied", "unknown"),
        [(purpose, *said.values()) for purpose, said in found["totals"]["consent"].items()],
    )
    if found["browsers"]:
        print_table("Ids of browsers", _HEAD, [_life(one) for one in found["browsers"]])
    for sentence in found["says"]:
        click.echo(sentence)


_HEAD = ("browser", "ids", "again after 1 day", "7 days", "30 days", "90 days", "median age, days", "90th percentile")


def _life(one: dict[str, Any]) -> tuple[object, ...]:
    shares = (
        f"{seen['were'] / seen['could']:.0%} of {seen['could']:,}" if seen["could"] else None
        for seen in one["seen_again"].values()
    )
    return (one["browser"], one["ids"], *shares, float(one["median_age_days"]), float(one["p90_age_days"]))
