"""Options that several questions share: a goal, days, names, when nothing has come of a journey."""

from __future__ import annotations

from typing import Any

import click

from outturn.domain.time import Days, parse_day

goal_option = click.option("--goal", help="A goal of outturn.toml. Default: the first.")
from_option = click.option("--from", "first", help="First day, YYYY-MM-DD.")
to_option = click.option("--to", "last", help="Last day, YYYY-MM-DD.")


class _Maturity(click.ParamType[Any]):
    name = "p90|none|DAYS"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str | int:
        if value in {"p90", "none"}:
            return str(value)
        try:
            return click.IntRange(0, 3650).convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value!r} is neither p90 nor none nor a number of days from 0 to 3650", param, ctx)


maturity_option = click.option(
    "--null-maturity",
    type=_Maturity(),
    default="p90",
    show_default=True,
    help="Markov, rates: how old the last touch must be to say that nothing came of it. p90: of the conversion lag.",
)


def names(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> tuple[str, ...]:
    """Comma-separated names."""
    return tuple(name.strip() for name in value.split(",") if name.strip()) if value else ()


def days_between(first: str | None, last: str | None) -> Days:
    """The days that `--from` and `--to` name."""
    return Days(parse_day(first) if first else None, parse_day(last) if last else None)
