"""Who gets the credit: each model's answer, as `outturn attribute` shows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from outturn.attribution.intervals import LABEL, LEVEL
from outturn.attribution.models import known
from outturn.attribution.totals import By, Total, totals_by
from outturn.domain.errors import NoTouches, UnknownName, UsageError
from outturn.domain.money import decimal_text
from outturn.domain.time import Days
from outturn.metrics.mixed import mixed
from outturn.metrics.query import kpis
from outturn.metrics.question import Question as KpiQuestion
from outturn.pipeline.compare import compare, nearest, read_truth
from outturn.pipeline.read import Reading, reading

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal
    from pathlib import Path

    from outturn.attribution.credits import Players
    from outturn.attribution.walked import Maturity
    from outturn.domain.goals import Goal
    from outturn.domain.mixes import Mixes
    from outturn.metrics.table import KpiTable
    from outturn.store.builds import Build
    from outturn.store.workspace import Workspace

_EPOCH = date(1970, 1, 1)


def attribute(  # noqa: PLR0913 (one question, spelt out)
    workspace: Workspace,
    models: Sequence[str] = (),
    *,
    goal: str | None = None,
    by: By = "channel",
    lookback_days: int | None = None,
    null_maturity: Maturity = "p90",
    players: Players = "channel",
    days: Days = Days(),  # noqa: B008 - frozen
    truth: Path | None = None,
    build: Build | None = None,
) -> dict[str, Any]:
    """Credit by model and channel or campaign, in the form of `outturn attribute --json`.

    What the build has worked out is read; any other question is worked out anew from touches and conversions.

    Args:
        workspace: With a published build.
        models: Names, or `all`; none: the settings' model.
        goal: Its id; None: the first one.
        by: Channel or campaign.
        lookback_days: Another lookback than the goal's.
        null_maturity: From which age of the last touch on what came to nothing counts.
        players: Whom `markov_1` fits: channels, or campaigns.
        days: Sales of these days, refunds on their sale's.
        truth: A simulated market's truth file, to tell which model came nearest.
        build: Another one than the published.

    Raises:
        NoTouches: No import holds touches; says which would, and shows what can be said without.
        MissingRates: Sales of these days could not be converted.
        UnknownName: No such goal or model.
    """
    settings = workspace.settings
    asked = known(models or (settings["attribution.model"],))
    counted = settings.goal(goal)
    if lookback_days is not None:
        counted = replace(counted, lookback_days=lookback_days)
    _refuse_nonsense(by, players, null_maturity)
    if truth and (goal or days.first or days.last):
        raise UsageError("A truth file tells of all sales of its market: leave --goal, --from and --to out.")
    with reading(workspace, build) as open_build:
        built = open_build.goal(counted)
        open_build.refuse_unconverted(days)
        if not open_build.build.figures["touches"]:
            raise _without_touches(open_build, counted, days)
        nulls = open_build.build.figures["found"]["credits"][counted.id]
        is_built = counted == built and (null_maturity, players) == ("p90", "channel")
        if not is_built or days.first or days.last:
            # The build's own answer does not need it.
            from outturn.attribution.credits import Question, recredit  # noqa: PLC0415 - it loads the compiler

            first, last = ((day - _EPOCH).days for day in (days.first or date.min, days.last or date.max))
            question = Question(asked, players, null_maturity, first, last)
            nulls = recredit(open_build.engine, counted, question)._asdict()
        totals = totals_by(open_build.engine, counted.id, asked, by=by)
        # Several models are compared, beside what was spent and what the platforms claim.
        beside = ("spend", "claimed_conversions") if len(asked) > 1 else ()
        mixes = mixes_of(open_build, counted.id, days, ("revenue", *beside))
    whole = next(iter(totals.values()))
    shown = {model: [_shown(row, by, settings.currency) for row in rows] for model, rows in totals.items()}
    return {
        "goal": counted.id,
        "currency": settings.currency,
        "lookback_days": counted.lookback_days,
        "players": players,
        "null_journeys": {**nulls, "maturity_days": round(nulls["maturity_days"], 6)},
        "conversions": _number(sum(row.conversions for row in whole)),
        "revenue": decimal_text(sum(row.revenue_micros for row in whole), settings.currency),
        "mixes": mixes.as_dict(),
        "ci_level": LEVEL,
        "ci_covers": LABEL,
        "models": shown,
        **(
            {"compare": compare(workspace, shown, goal=counted.id, days=days, build=open_build.build)}
            if len(shown) > 1
            else {}
        ),
        **({"nearest": nearest(shown, read_truth(truth))} if truth else {}),
    }


def mixes_of(open_build: Reading, goal: str, days: Days, kpi: Sequence[str]) -> Mixes:
    """The zones and currencies that a goal's figures add up, where there are several."""
    settings = open_build.workspace.settings
    asked = KpiQuestion.of(settings, by=(), goal=goal, model=None, days=days, basis="conversion_day", kpi=kpi)
    return mixed(open_build.engine, asked)


def _refuse_nonsense(by: str, players: str, null_maturity: str | int) -> None:
    for what, name in (("grain", by), ("kind of player", players)):
        if name not in {"channel", "campaign"}:
            raise UnknownName(what, name, ("channel", "campaign"))
    if null_maturity not in {"p90", "none"} and not (isinstance(null_maturity, int) and null_maturity >= 0):
        raise UsageError(f"A null maturity of {null_maturity!r}: expected p90, none, or a number of days from 0 on.")


def _shown(row: Total, by: By, currency: str) -> dict[str, Any]:
    campaign = {
        "platform": row.platform,
        "account_id": row.account_id,
        "campaign_id": row.campaign_id,
        "campaign_name": row.campaign_name,
    }
    return {
        "channel": row.channel,
        **(campaign if by == "campaign" else {}),
        "conversions": _number(row.conversions),
        "kept_conversions": _number(row.kept_conversions),
        "conversions_ci_low": _bound(row.conversions_ci_low),
        "conversions_ci_high": _bound(row.conversions_ci_high),
        "revenue": decimal_text(row.revenue_micros, currency),
        "revenue_ci_low": _money(row.revenue_ci_low_micros, currency),
        "revenue_ci_high": _money(row.revenue_ci_high_micros, currency),
        "people": row.people,
        **({} if row.removal_effect is None else {"removal_effect": round(row.removal_effect, 9)}),
    }


def _bound(value: float | None) -> float | None:
    return None if value is None else _number(value)


def _money(micros: int | None, currency: str) -> str | None:
    return None if micros is None else decimal_text(micros, currency)


def _number(value: float) -> float:
    """Fractions of conversions lose the noise of their last float digits."""
    return round(value, 9)


TOUCH_SOURCES = (
    "a GA4 BigQuery event export",
    "a Segment-spec archive",
    "Shopify orders with landing pages",
    "CRM contacts with their first page or campaign",
    "a `touches` table",
)
WHAT_SAW_THE_VISITORS = f"Import what saw the visitors: {', '.join(TOUCH_SOURCES[:-1])}, or {TOUCH_SOURCES[-1]}."


def _without_touches(open_build: Reading, goal: Goal, days: Days) -> NoTouches:
    """What can be said all the same: the marketing efficiency ratio, and the platforms' claims against the ledger."""
    open_build.name_facts(("ad_spend", "outcomes"))

    def asked(by: Sequence[str], kpi: Sequence[str]) -> KpiTable:
        settings = open_build.workspace.settings
        return kpis(open_build.engine, settings, by=by, goal=goal.id, kpi=kpi, days=days, period_rows=False)

    whole = asked((), ("spend", "revenue", "mer", "conversions", "claimed_conversions"))
    claims = asked(("platform",), ("spend", "clicks", "claimed_conversions")).as_dict()["rows"]
    (row,) = whole.rows
    message = (
        f"No import holds touches, so no sale can be credited. {WHAT_SAW_THE_VISITORS} "
        f"What can be said without: {_known(row['conversions'])} conversions with {_known(row['revenue'])} "
        f"{whole.currency} of revenue in the ledger, {_known(row['spend'])} {whole.currency} spent (MER "
        f"{_known(row['mer'])}), {_known(row['claimed_conversions'])} conversions claimed by the platforms."
    )
    return NoTouches(
        message,
        {
            "goal": goal.id,
            "currency": whole.currency,
            **whole.as_dict()["rows"][0],
            "claims": [claim for claim in claims if claim["spend"] is not None],
            "mixes": whole.mixes.as_dict(),
            "import_one_of": list(TOUCH_SOURCES),
        },
    )


def _known(value: Decimal | float | None) -> str:
    return "unknown" if value is None else f"{value:,}"
