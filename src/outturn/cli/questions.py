"""Options that several questions share: a goal, days, names."""

from __future__ import annotations

import click

from outturn.domain.time import Days, parse_day

goal_option = click.option("--goal", help="A goal of outturn.toml. Default: the first.")
from_option = click.option("--from", "first", help="First day, YYYY-MM-DD.")
to_option = click.option("--to", "last", help="Last day, YYYY-MM-DD.")


def names(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> tuple[str, ...]:
    """Comma-separated names."""
    return tuple(name.strip() for name in value.split(",") if name.strip()) if value else ()


def days_between(first: str | None, last: str | None) -> Days:
    """The days that `--from` and `--to` name."""
    return Days(parse_day(first) if first else None, parse_day(last) if last else None)
