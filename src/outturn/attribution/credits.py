"""The credits: every goal's conversions divided by every model, with names, as tables."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from os import cpu_count
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from outturn.attribution import models, rules
from outturn.attribution.cells import MOST_CONVERSIONS, Sums
from outturn.attribution.chain import most_players
from outturn.attribution.effects import Fit, credit_left_out, fit
from outturn.attribution.kernel import WalkKernel, frozen
from outturn.attribution.shares import credit_entries
from outturn.attribution.tables import CREDITED_CELLS, CREDITED_TOTALS, cells_table, totals_table
from outturn.attribution.walked import Cells, Journeys, Maturity, NullCounts, lay_cells
from outturn.domain.errors import Refusal, WorkspaceError
from outturn.store.engine import BUCKETS
from outturn.store.sql import load
from outturn.store.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from outturn.domain.goals import Goal
    from outturn.store.engine import Engine

DIRECT, OWNED = "Direct", "Email"
Players: TypeAlias = Literal["channel", "campaign"]

TABLES_WRITTEN = {
    "credits": ("goal", "model", "date_day", "cash_day", "place"),
    "credit_totals": ("goal", "grain", "model", "channel", "platform", "account_id", "campaign_key"),
}
"""The room's tables, and how each lies sorted."""

_LARGEST_SUM = 9.2e18  # int64, less what the check itself may lose as a float


@dataclass(frozen=True)
class Places:
    """What there is to credit, by place; place 0 is `(none)`.

    Attributes:
        channel: Each place's channel as a number.
        channels: The channels' names by number.
    """

    channel: npt.NDArray[np.int32]
    channels: tuple[str, ...]

    @classmethod
    def of(cls, names: Sequence[str]) -> Places:
        """From each place's channel's name."""
        numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
        return cls(frozen([numbers[name] for name in names], np.int32), tuple(numbers))

    @classmethod
    def built(cls, engine: Engine) -> Places:
        """Those of the build that the engine reads."""
        places = engine.rows("SELECT place, channel FROM places ORDER BY place")
        if not places or [place for place, _ in places] != list(range(len(places))):
            raise WorkspaceError("The table places is not numbered from 0, its (none), on: build again.")
        return cls.of([channel for _, channel in places])

    def are(self, channel: str) -> npt.NDArray[np.bool_]:
        """By place, whether that is its channel."""
        return np.array([name == channel for name in self.channels], np.bool_)[self.channel]

    def players(self, players: Players) -> tuple[npt.NDArray[np.int32], int]:
        """By place, whose touch one there is, and how many players there are."""
        if players == "channel":
            return self.channel, len(self.channels)
        return frozen(np.arange(len(self.channel)), np.int32), len(self.channel)


@dataclass(frozen=True)
class Question:
    """What is to be credited, and how.

    Attributes:
        models: Their names.
        players: Whom Markov models of order 1 fit and weigh; campaigns inherit from channels at the higher ones.
        maturity: From when on null journeys count.
        first_day: Of sales, in days since 1970; the fit is on all journeys all the same.
        last_day: This day included.
        intervals: Whether they are worked out, too.
    """

    models: Sequence[str] = field(default_factory=models.names)
    players: Players = "channel"
    maturity: Maturity = "p90"
    first_day: int = -(1 << 22)
    last_day: int = 1 << 22
    intervals: bool = True


class Credit(NamedTuple):
    """What one model credits of one goal's journeys.

    Attributes:
        left_out: Shape (2, buckets, places): conversions and micros without each bucket; None where no interval
            is asked for.
        effect: Removal effects by player; None for a model without.
    """

    model: str
    sums: Sums
    left_out: npt.NDArray[np.float64] | None
    effect: npt.NDArray[np.float64] | None


class Credited(NamedTuple):
    """One goal's credits by every model asked for."""

    cells: Cells
    credits: list[Credit]
    nulls: NullCounts


def walk_kernel(goals: Sequence[Goal], places: Places) -> WalkKernel:
    """What finds these goals' journeys, numbered in this order."""
    return WalkKernel(
        tuple(goal.lookback_days for goal in goals),
        tuple(goal.count != "one" for goal in goals),
        tuple(goal.per == "account" for goal in goals),
        tuple(places.are(OWNED).tolist()),
    )


def walk(engine: Engine, goals: Sequence[Goal], places: Places) -> list[Journeys]:
    """Find the journeys of each goal.

    Args:
        engine: Knows `touches`, `company_touches` and `conversions`.
        goals: What to find them for.
        places: All of the build's.
    """
    engine.register("goals_to_credit", numbered("goal", [goal.id for goal in goals]))
    inputs = {name: load(__package__, f"{name}_to_credit") for name in ("touches", "company_touches", "conversions")}
    rows = engine.map_people(walk_kernel(goals, places), inputs)
    latest_at = latest_conversion(engine)
    return [Journeys.of(rows, number, latest_at) for number in range(len(goals))]


def latest_conversion(engine: Engine) -> int:
    """When the build's last conversion was, of whatever goal: the age of what came to nothing hangs on no question."""
    ((latest_at,),) = engine.rows("SELECT COALESCE(MAX(outturn_micros(occurred_at)), 0) FROM conversions")
    return int(latest_at)


def credit(journeys: Journeys, places: Places, question: Question) -> Credited:
    """Divide each conversion of one goal over its touches, by every model.

    Raises:
        Refusal: The amounts or conversions could add up to more than 64 bits hold.
        ValueError: A model gave no weighting.
    """
    for name in ("value_micros", "margin_micros"):
        if np.abs(journeys.columns[name].astype(np.float64)).sum() > _LARGEST_SUM:
            raise Refusal(
                f"The sales of one goal may add up to more than 64 bits hold ({name}, above 9.2 million million of the "
                "currency): look for an amount in the wrong unit, or report in a larger currency."
            )
    if journeys.columns["counts"].sum() >= MOST_CONVERSIONS:
        raise Refusal(f"One goal has {MOST_CONVERSIONS:,} conversions or more: credit them by parts, such as by year.")
    maturity_micros = journeys.maturity_micros(question.maturity)
    sold = journeys.sold_within(question.first_day, question.last_day)
    for name in question.models:
        rules.weights(name)  # loaded here, one after the other: threads would compile it twice
    with ThreadPoolExecutor(cpu_count()) as pool:
        laid = pool.submit(lay_cells, sold, places.are(DIRECT))
        fits = _fits(journeys, places, question, maturity_micros)
        cells = laid.result()
        credits_ = pool.map(
            lambda name: _credited(name, sold, cells, places, question, fits.get(name)), question.models
        )
        return Credited(cells, list(credits_), journeys.null_counts(maturity_micros))


def _fits(journeys: Journeys, places: Places, question: Question, maturity_micros: int) -> dict[str, Fit]:
    """The chains of the models that need one, by model."""
    fits: dict[str, Fit] = {}
    for players in ("channel", "campaign"):
        of_players = {
            name: order
            for name in question.models
            if (order := models.ORDERS.get(name)) and _players(name, question) == players
        }
        player, how_many = places.players(players)
        for name, order in of_players.items():
            _refuse_too_many(name, players, how_many, most_players(order))
        fitted = fit(
            journeys,
            player,
            how_many,
            of_players.values(),
            maturity_micros=maturity_micros,
            left_out=question.intervals,
        )
        fits.update({name: fitted[order] for name, order in of_players.items()})
    return fits


def _refuse_too_many(name: str, players: str, how_many: int, most: int) -> None:
    if how_many > most:
        raise Refusal(
            f"The touches name {how_many:,} {players}s, and {name} tells at most {most:,} apart. So many are mostly "
            f"free text in the column {players} of a touches file: import it anew with that text in another column."
        )


def _players(name: str, question: Question) -> Players:
    return question.players if models.ORDERS.get(name) == 1 else "channel"


def _credited(
    name: str, journeys: Journeys, cells: Cells, places: Places, question: Question, fitted: Fit | None
) -> Credit:
    sums = Sums.of(len(cells.place), BUCKETS, len(places.channel), len(places.channels))
    of_place, players = places.players(_players(name, question))
    player = frozen(of_place[journeys.place], np.int32)
    effect = frozen(fitted.effect if fitted else np.ones(players), np.float64)
    longest = max(journeys.longest(), 1)
    failed = credit_entries(rules.weights(name), player, effect, places.channel, cells.entries, sums, longest)
    if failed:
        touches = cells.entries.end[-1 - failed] - cells.entries.begin[-1 - failed]
        raise ValueError(f"{name} gave no weights in [0, 1] that add up to 1 to a journey of {touches} touches")
    left_out = None
    if fitted and fitted.left_out is not None:
        left_out = credit_left_out(fitted.left_out, player, cells.entries, len(places.channel))
    elif question.intervals:
        left_out = sums.without_each()
    return Credit(name, sums, left_out, fitted.effect if fitted else None)


class Tables(NamedTuple):
    """Every goal's credits.

    Attributes:
        cells: As `tables.CREDITED_CELLS`.
        totals: As `tables.CREDITED_TOTALS`.
        nulls: By goal's id.
    """

    cells: pa.Table
    totals: pa.Table
    nulls: dict[str, NullCounts]


def credit_all(engine: Engine, goals: Sequence[Goal], question: Question) -> Tables:
    """Credit every goal, and name the numbered texts: `goals_to_credit` and `models_to_credit`.

    Args:
        engine: Knows `touches`, `company_touches`, `conversions` and `places`.
        goals: What is credited.
        question: The same for all of them.
    """
    places = Places.built(engine)
    engine.register("models_to_credit", numbered("model", question.models))
    cells, totals, nulls = [CREDITED_CELLS.empty_table()], [CREDITED_TOTALS.empty_table()], {}
    for number, journeys in enumerate(walk(engine, goals, places)):
        credited = credit(journeys, places, question)
        nulls[goals[number].id] = credited.nulls
        for at, one in enumerate(credited.credits):
            cells.append(cells_table(number, at, credited.cells, one.sums))
            totals.append(totals_table(number, at, credited.cells, one, places))
    return Tables(pa.concat_tables(cells), pa.concat_tables(totals), nulls)


def write_credits(
    engine: Engine, folder: Path, goals: Sequence[Goal]
) -> tuple[dict[str, list[Path]], dict[str, NullCounts]]:
    """Credit every conversion by every model, and write `credits` and `credit_totals`.

    Args:
        engine: Knows `touches`, `company_touches`, `conversions` and `places`.
        folder: Each table's Parquet files go into a folder in it.
        goals: All that have conversions.

    Returns:
        Each table's files in the rows' order, and what there was of null journeys by goal.

    Raises:
        WorkspaceError: Conversions of a goal that is not among them.
    """
    counted = [goal for (goal,) in engine.rows("SELECT goal FROM conversions GROUP BY goal ORDER BY goal")]
    ids = {goal.id for goal in goals}
    if strange := [goal for goal in counted if goal not in ids]:
        raise WorkspaceError(f"There are conversions of {', '.join(strange)}, but no such goal: build again.")
    made = credit_all(engine, goals, Question())
    _register(engine, made)
    files = {
        name: engine.write(load(__package__, name), folder / name, order=order, table=TABLES[name])
        for name, order in TABLES_WRITTEN.items()
    }
    return files, made.nulls


def recredit(engine: Engine, goal: Goal, question: Question) -> NullCounts:
    """Work out one goal's totals anew, and name them `credit_totals` on this engine.

    What the build has written stays; only what this engine reads from now on changes.
    """
    made = credit_all(engine, [goal], question)
    _register(engine, made)
    engine.table("recredited", load(__package__, "credit_totals"))
    engine.view("credit_totals", "SELECT * FROM recredited")
    return made.nulls[goal.id]


def _register(engine: Engine, made: Tables) -> None:
    engine.register("credited_cells", made.cells)
    engine.register("credited_totals", made.totals)


def numbered(name: str, values: Sequence[str]) -> pa.Table:
    """Names with their numbers, as a table."""
    return pa.table({name: pa.array(values, pa.string()), "number": pa.array(range(len(values)), pa.int32())})
