"""A question for KPIs, its names checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal, cast, get_args

from outturn.attribution.models import names as model_names
from outturn.domain.errors import UnknownName
from outturn.metrics.dimensions import Grain
from outturn.metrics.kpis import kpis_named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outturn.domain.goals import Goal
    from outturn.domain.settings import Settings
    from outturn.domain.time import Days
    from outturn.metrics.kpis import Kpi
    from outturn.metrics.measures import Origin

DateBasis = Literal["conversion_day", "cash_day"]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, checked."""

    grain: Grain
    goal: Goal
    model: str
    basis: DateBasis
    days: Days
    kpis: tuple[Kpi, ...]
    settings: Settings

    @classmethod
    def of(  # noqa: PLR0913 - one question, spelt out
        cls,
        settings: Settings,
        *,
        by: Sequence[str],
        goal: str | None,
        model: str | None,
        days: Days,
        basis: str,
        kpi: Sequence[str],
    ) -> Question:
        """Check names; what is not named is the settings'."""
        if basis not in get_args(DateBasis):
            raise UnknownName("date basis", basis, get_args(DateBasis))
        model = model or str(settings["attribution.model"])
        if model not in model_names():
            raise UnknownName("attribution model", model, model_names())
        return cls(Grain.of(by), settings.goal(goal), model, cast("DateBasis", basis), days, kpis_named(kpi), settings)

    @property
    def span(self) -> dict[str, object]:
        """The first and last day as parameters."""
        return {"first_day": self.days.first or date.min, "last_day": self.days.last or date.max}

    def needs(self, *origins: Origin) -> bool:
        """Whether a KPI asked for is summed from one of these."""
        return any(measure.origin in origins for kpi in self.kpis if kpi.known for measure in kpi.measures)

    def goal_of(self, kind: str) -> Goal | None:
        """The goal that counts outcomes of this kind and nothing else."""
        return goal_of(self.settings, kind)


def goal_of(settings: Settings, kind: str) -> Goal | None:
    """The first goal that counts outcomes of this kind, of any stage, and nothing else; each deal that was opened."""
    return next(
        (
            goal
            for goal in settings.goals
            if goal.kinds == (kind,) and not goal.stages and (kind != "opportunity" or goal.count == "every")
        ),
        None,
    )
