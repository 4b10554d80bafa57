"""One conversion explained, as `outturn explain` shows it: its journey, every model's credit, and the rows behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from outturn.attribution.explained import Entry, Parts, Step, Trail, effects_of, entries_of, parts_of, trail_of
from outturn.attribution.models import known
from outturn.domain.errors import UnknownName, WorkspaceError
from outturn.domain.identifiers import records_meant
from outturn.domain.money import decimal_text
from outturn.domain.time import MICROS_PER_DAY, instant_of
from outturn.pipeline.origins import OUTCOME_TOUCH, Row, ledger_rows, name_rows, nearest_outcomes, touch_rows
from outturn.pipeline.read import Reading, reading
from outturn.pipeline.uncounted import why_uncounted, why_untouched

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outturn.domain.goals import Goal
    from outturn.store.workspace import Workspace

NONE = "(none)"


class _Asked(NamedTuple):
    """A conversion found: its entry and its refunds as the goal counts them, and the touches around it."""

    reading: Reading
    goal: Goal
    entries: list[Entry]
    trail: Trail

    @property
    def sale(self) -> Entry:
        return self.entries[0]

    def before(self, at: int) -> float:
        """How many days before the conversion an instant was."""
        return round((self.sale.converted_at - at) / MICROS_PER_DAY, 6)

    def money(self, micros: int) -> str:
        return decimal_text(micros, self.reading.workspace.settings.currency)


def explain(
    workspace: Workspace, outcome_id: str, *, goal: str | None = None, models: Sequence[str] = ()
) -> dict[str, Any]:
    """One conversion, in the form of `outturn explain --json`.

    Args:
        workspace: With a published build.
        outcome_id: Of a sale, or of a refund, which shows its sale; of an outcome that the goal does not count, the
            answer has no journey and says why.
        goal: Its id; None: the first one that counts the outcome.
        models: Names; none: all.

    Raises:
        UnknownName: No such outcome, goal or model.
    """
    asked_models = known(models or ("all",))
    settings = workspace.settings
    goals = [settings.goal(goal)] if goal else list(settings.goals)
    with reading(workspace) as open_build:
        for one in goals:
            if open_build.goal(one) != one:
                raise WorkspaceError(
                    f"The lookback of {one.id} was changed in outturn.toml since credit was given. "
                    "Give it anew: outturn build"
                )
        name_rows(open_build)
        found = _named(open_build, outcome_id)
        entries = entries_of(open_build.engine, found)
        by_goal = {one.id: [entry for entry in entries if entry.goal == one.id] for one in settings.goals}
        counting = [one.id for one in settings.goals if by_goal[one.id]]
        head = {"asked": outcome_id, "currency": settings.currency, "counted_by": counting}
        for one in goals:
            if by_goal[one.id]:
                trail = trail_of(open_build.engine, by_goal[one.id][0], one.lookback_days)
                return head | _document(_Asked(open_build, one, by_goal[one.id], trail), asked_models)
        return head | _uncounted(open_build, found, goals, counting)


def _named(open_build: Reading, outcome_id: str) -> str:
    """The outcome's whole id, also where only its native, order, deal or payment id is given and just one has it.

    Of contacts and leads the CRM's own id is taken, which the ledger has only as a keyed hash.
    """
    for one in (outcome_id, *records_meant(open_build.workspace.secret(), outcome_id)):
        if entries_of(open_build.engine, one) or ledger_rows(open_build, [one]):
            return one
    alike, nearest = nearest_outcomes(open_build, outcome_id)
    # A refund bears its sale's order, and the sale's id before its own.
    sales = [one for one in alike if not any(one.startswith(f"{other}:") for other in alike)]
    if len(sales) == 1:
        return sales[0]
    raise UnknownName(
        "outcome",
        outcome_id,
        alike or nearest,
        hint="These are the nearest. An id is <system>:<native id>, such as shopify:5001: "
        "`outturn kpis --kpi conversions --rows` lists a goal's.",
    )


def _document(asked: _Asked, models: Sequence[str]) -> dict[str, Any]:
    sale, steps = asked.sale, asked.trail.steps
    ledger = _ledger(asked)
    effects = effects_of(asked.reading.engine, asked.goal.id)
    own = [row for row in ledger if row["outcome_id"] == sale.outcome_id]
    return {
        "outcome_id": sale.outcome_id,
        "goal": asked.goal.id,
        "lookback_days": asked.goal.lookback_days,
        "conversion": {
            "kind": sale.kind,
            "at": instant_of(sale.converted_at).isoformat(),
            "date_day": sale.date_day.isoformat(),
            "counts": sale.counts,
            "value": asked.money(sale.value_micros),
            "new_customer": sale.new_customer,
            "journey_of": "company" if sale.company_id >= 0 else "person" if sale.person_id >= 0 else "nobody known",
            "flags": [flag for flag in sale.flags.split(",") if flag],
        },
        "why": None if steps else why_untouched(sale, asked.trail, own, asked.goal.lookback_days),
        "stages": _stages(asked),
        "journey": _journey(asked),
        "outside": _outside(asked),
        "credits": {model: _credit(asked, parts_of(model, steps, asked.entries, effects)) for model in models},
        "refunds": [
            {
                "outcome_id": entry.outcome_id,
                "kind": entry.kind,
                "date_day": entry.cash_day.isoformat(),
                "value": asked.money(entry.value_micros),
                "flags": [flag for flag in entry.flags.split(",") if flag],
            }
            for entry in asked.entries
            if entry is not sale
        ],
        "rows": [*_rows_of_touches(asked, ledger), *_rows_of_ledger(asked, ledger)],
    }


def _stages(asked: _Asked) -> list[dict[str, Any]]:
    sale = asked.sale
    known_stages = {"lead": sale.lead_at, "opportunity": sale.opportunity_at}
    return [
        {"stage": name, "at": instant_of(at).isoformat(), "days_before": asked.before(at)}
        for name, at in known_stages.items()
        if at is not None
    ]


def _journey(asked: _Asked) -> list[dict[str, Any]]:
    contacts = _contacts(asked)
    return [
        {
            "touch": number,
            "at": instant_of(step.at).isoformat(),
            "days_before": asked.before(step.at),
            "channel": step.channel,
            "platform": step.platform or None,
            "account_id": step.account_id or None,
            "campaign_id": step.campaign_id,
            "campaign_name": step.campaign_name,
            "campaign_key": step.campaign_key or None,
            "ad_group_id": step.ad_group_id,
            "ad_id": step.ad_id,
            "kind": step.kind,
            "joined_by": step.joined_by,
            "touch_id": step.touch_id,
            **({"contact": contacts[step.person_id]} if contacts else {}),
        }
        for number, step in enumerate(asked.trail.steps, 1)
    ]


def _contacts(asked: _Asked) -> dict[int, str]:
    """A name for each contact of a company; nothing that says who it is."""
    if asked.sale.company_id < 0:
        return {}
    people = dict.fromkeys(step.person_id for step in asked.trail.steps)
    signs = {asked.sale.person_id: " (of the deal)"}
    return {person: f"contact {number}{signs.get(person, '')}" for number, person in enumerate(people, 1)}


def _outside(asked: _Asked) -> dict[str, Any]:
    before, after = asked.trail.before, asked.trail.after
    return {
        "before_lookback": len(before),
        "last_before_days": asked.before(before[-1].at) if before else None,
        "after_conversion": len(after),
    }


def _credit(asked: _Asked, parts: Parts) -> list[dict[str, Any]]:
    sale = asked.sale
    steps: Sequence[Step | None] = asked.trail.steps or (None,)
    credited = []
    for at, step in enumerate(steps):
        micros = {outcome_id: shares[at] for outcome_id, shares in parts.micros.items()}
        credited.append(
            {
                "touch": at + 1 if step else None,
                "channel": step.channel if step else NONE,
                "weight": parts.weights[at],
                "conversions": parts.conversions[at] * sale.counts,
                "revenue": asked.money(micros[sale.outcome_id]),
                "refunds": {name: asked.money(part) for name, part in micros.items() if name != sale.outcome_id},
                "net_revenue": asked.money(sum(micros.values())),
            }
        )
    return credited


def _ledger(asked: _Asked) -> list[Row]:
    """The rows of the sale, its refunds and its deal, and of orders that noted a touch."""
    noted = [step.touch_id.removeprefix(OUTCOME_TOUCH) for step in asked.trail.steps if _is_noted(step)]
    ids = [*(entry.outcome_id for entry in asked.entries), *noted]
    rows = ledger_rows(asked.reading, ids)
    deals = {f"{row['system']}:{row['deal_id']}" for row in rows if row["deal_id"] and row["outcome_id"] in ids}
    return ledger_rows(asked.reading, ids, deals) if deals else rows


def _is_noted(step: Step) -> bool:
    return step.touch_id.startswith(OUTCOME_TOUCH)


def _rows_of_touches(asked: _Asked, ledger: Sequence[Row]) -> list[Row]:
    events = touch_rows(asked.reading, [step.touch_id for step in asked.trail.steps if not _is_noted(step)])
    orders = {OUTCOME_TOUCH + row["outcome_id"]: row for row in ledger}
    found = []
    for number, step in enumerate(asked.trail.steps, 1):
        row = events.get(step.touch_id) or orders.get(step.touch_id)
        if row is not None:
            table = "outcomes" if _is_noted(step) else "events"
            found.append({"of": f"touch {number}", "touch": number, "table": table, **row})
    return found


def _rows_of_ledger(asked: _Asked, ledger: Sequence[Row]) -> list[Row]:
    sale = asked.sale
    refunds = {entry.outcome_id for entry in asked.entries if entry is not sale}
    noted = {step.touch_id.removeprefix(OUTCOME_TOUCH) for step in asked.trail.steps if _is_noted(step)}
    named = {sale.outcome_id: "conversion", **dict.fromkeys(refunds, "refund")}
    shown = [row for row in ledger if row["outcome_id"] in named or row["outcome_id"] not in noted]
    rows = [{"of": named.get(row["outcome_id"], "deal"), "table": "outcomes", **row} for row in shown]
    return sorted(rows, key=lambda row: ("deal", "conversion", "refund").index(row["of"]))


def _uncounted(open_build: Reading, outcome_id: str, goals: Sequence[Goal], counting: Sequence[str]) -> dict[str, Any]:
    rows = ledger_rows(open_build, [outcome_id])
    return {
        "outcome_id": outcome_id,
        "goal": goals[0].id if len(goals) == 1 else None,
        "why": why_uncounted(open_build, rows, goals, counting),
        "journey": [],
        "credits": {},
        "refunds": [],
        "rows": [{"of": "outcome", "table": "outcomes", **row} for row in rows],
    }
