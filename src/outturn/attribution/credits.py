"""The credits: the kernel's figures for every goal and model, with names, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from outturn.attribution.kernel import CreditsKernel
from outturn.attribution.models import known
from outturn.domain.errors import WorkspaceError
from outturn.store.sql import load
from outturn.store.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from outturn.store.engine import Engine

_ORDER = ("goal", "model", "date_day", "cash_day", "place", "bucket")


def write_credits(
    engine: Engine, folder: Path, lookback_days: Mapping[str, int], models: Sequence[str] = ("all",)
) -> list[Path]:
    """Credit every conversion by every model and write `credits`.

    Args:
        engine: Knows `touches`, `conversions` and `places`.
        folder: Where the Parquet files go.
        lookback_days: By goal, for every goal that has conversions.
        models: Their names; `all` by default.

    Returns:
        The files, in order of goal, model and day.

    Raises:
        WorkspaceError: Conversions of a goal without a lookback.
    """
    counted = [goal for (goal,) in engine.rows("SELECT goal FROM conversions GROUP BY goal ORDER BY goal")]
    strange = [goal for goal in counted if goal not in lookback_days]
    if strange:
        raise WorkspaceError(f"There are conversions of {', '.join(strange)}, but no such goal: build again.")
    engine.register("credited_cells", credit(engine, lookback_days, models))
    return engine.write(load(__package__, "credits"), folder, order=_ORDER, table=TABLES["credits"])


def recredit(engine: Engine, goal: str, lookback_days: int, models: Sequence[str]) -> None:
    """Work out one goal's credits with another lookback, and name them `credits` on this engine.

    What the build has written stays; only what this engine reads from now on changes.
    """
    engine.register("credited_cells", credit(engine, {goal: lookback_days}, models))
    engine.table("recredited", load(__package__, "credits"))
    engine.view("credits", "SELECT * FROM recredited")


def credit(engine: Engine, lookback_days: Mapping[str, int], models: Sequence[str]) -> pa.Table:
    """Run the kernel over all people.

    Returns:
        The credits of each bucket, with goals and models as numbers, whose names `goals_to_credit` and
        `models_to_credit` then have; see `kernel.RESULT`.
    """
    names, goals = known(models), sorted(lookback_days)
    engine.register("goals_to_credit", _numbered("goal", goals))
    engine.register("models_to_credit", _numbered("model", names))
    kernel = CreditsKernel(names, tuple(lookback_days[goal] for goal in goals), _channels(engine))
    inputs = {name: load(__package__, f"{name}_to_credit") for name in ("touches", "conversions")}
    return engine.map_people(kernel, inputs)


def _numbered(name: str, values: Sequence[str]) -> pa.Table:
    return pa.table({name: pa.array(values, pa.string()), "number": pa.array(range(len(values)), pa.int32())})


def _channels(engine: Engine) -> tuple[str, ...]:
    """Each place's channel, by place."""
    places = engine.rows("SELECT place, channel FROM places ORDER BY place")
    if not places or [place for place, _ in places] != list(range(len(places))):
        raise WorkspaceError("The table places is not numbered from 0, its (none), on: build again.")
    return tuple(channel for _, channel in places)
