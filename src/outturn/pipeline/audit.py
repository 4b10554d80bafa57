"""Is the tracking right? The audit of one build, in the form of `outturn audit --json`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outturn.audit.audit import Audit, audit, tables_read
from outturn.audit.check import NO_MONEY
from outturn.audit.findings import Estimate, Finding, where_of
from outturn.audit.outage_losses import LEVEL
from outturn.audit.registry import known
from outturn.domain.money import decimal_text
from outturn.pipeline.read import reading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from outturn.audit.claims import Reconciliation
    from outturn.audit.consent import Consents
    from outturn.audit.score import Score
    from outturn.store.builds import Build
    from outturn.store.workspace import Workspace

_PLACES = 20  # of a finding that are told one by one


def audited(
    workspace: Workspace,
    checks: Sequence[str] = (),
    *,
    goal: str | None = None,
    build: Build | None = None,
    progress: Callable[[str], None] = lambda _what: None,
) -> dict[str, Any]:
    """What is wrong with the tracking, root causes first.

    Args:
        workspace: With a published build.
        checks: Names; none: all, and platforms' claims held against the ledger.
        goal: Its id; None: the first one. Its conversions are the revenue.
        build: Another than the published one.
        progress: Told which check is asked.

    Raises:
        UnknownName: No such check, or goal.
        WorkspaceError: The build was made by another version, or for another zone.
    """
    asked = known(tuple(checks))
    settings = workspace.settings
    with reading(workspace, build) as opened:
        counted = opened.goal(settings.goal(goal))
        facts, derived = tables_read(asked)
        opened.refuse_older(derived)
        opened.name_facts(facts)
        found = audit(
            opened.engine,
            settings,
            checks=asked,
            goal=counted,
            whole=not checks,
            progress=progress,
        )
        build_id = opened.build.build_id
    return {"build_id": build_id, "goal": counted.id, **_told(found, settings.currency)}


def _told(found: Audit, currency: str) -> dict[str, Any]:
    return {
        "currency": currency,
        "score": found.score.score,
        "score_parts": _score(found.score, currency),
        "critical": found.critical,
        "money": {kind: decimal_text(micros, currency) for kind, micros in found.totals.items()},
        "checks": list(found.asked),
        "findings": [_finding(one, currency) for one in found.findings],
        "consent": None if found.consents is None else _consent(found.consents),
        "claims": None if found.claims is None else _claims(found.claims, currency),
    }


def _consent(told: Consents) -> dict[str, Any]:
    return {
        "sources": [
            {
                "source": one.source,
                "hits": one.hits,
                "gap": one.gap,
                "gap_share": round(one.gap_share, 6),
                "purposes": {
                    purpose: {**said, "rate": None if (rate := one.rate(purpose)) is None else round(rate, 6)}
                    for purpose, said in one.said.items()
                },
            }
            for one in told.sources
        ],
        "people": {purpose: dict(said) for purpose, said in told.people.items()},
    }


def _claims(told: Reconciliation, currency: str) -> dict[str, Any]:
    def money(micros: int | None) -> str | None:
        return None if micros is None else decimal_text(micros, currency)

    return {
        "platforms": [
            {
                "platform": one.platform,
                "conversion_action": one.conversion_action,
                "click_or_view": one.click_or_view,
                "attribution_window": one.attribution_window,
                "window_days": one.window_days,
                "window_stated": one.window_stated,
                "date_basis": one.date_basis,
                "first_day": one.first_day.isoformat(),
                "last_day": one.last_day.isoformat(),
                "goal": one.goal,
                "goal_told": one.goal_told,
                "claimed_conversions": one.claimed,
                "claimed_value": money(one.claimed_value),
                "claimed_value_unknown": one.value_unknown,
                "verifiable": one.reached is not None,
                "ledger_conversions": one.ledger,
                "ledger_value": money(one.ledger_value),
                "ledger_conversions_in_window": one.reached,
                "ledger_value_in_window": money(one.reached_value),
                "over_claim_ratio": None if one.over_claim_ratio is None else round(one.over_claim_ratio, 6),
                "residual": one.residual,
                "residual_causes": dict(one.causes),
                "unexplained_at_least": one.unexplained_at_least,
                "models": dict(told.models.get(one.platform, {})),
            }
            for one in told.claims
        ],
        "in_all": {
            "claimed_conversions": told.claimed_most,
            "claimed_value": money(told.claimed_value_most),
            "ledger_conversions_in_window": told.claimable,
            "ledger_value_in_window": money(told.claimable_value),
            "over_claim_ratio": round(told.claimed_most / told.claimable, 6) if told.claimable else None,
        },
        "overlap": {
            "claimed_conversions_of_all": told.claimed_most,
            "ledger_conversions": told.ledger,
            "overlap_at_least": told.overlap_at_least,
            "claimable_by_several": told.claimable_by_several,
            "claimable_by": {str(platforms): count for platforms, (count, _) in sorted(told.able.items())},
        },
    }


def _score(score: Score, currency: str) -> dict[str, Any]:
    sides = {
        "revenue": (score.revenue, score.revenue_share, score.revenue_parts),
        "spend": (score.spend, score.spend_share, score.spend_parts),
    }
    return {
        side: {
            "money": decimal_text(micros, currency),
            "traced_share": None if share is None else round(share, 6),
            "parts": {part: decimal_text(amount, currency) for part, amount in parts.items()},
        }
        for side, (micros, share, parts) in sides.items()
    }


def _finding(found: Finding, currency: str) -> dict[str, Any]:
    check = found.check
    shown = found.places[:_PLACES]
    examples = dict.fromkeys(example for place in shown for example in place.examples)
    return {
        "check": check.name,
        "title": check.title,
        "severity": found.severity,
        "count": found.found,
        "of": found.seen,
        "money": None if found.micros is None else decimal_text(found.micros, currency),
        "kind": None if check.kind == NO_MONEY else check.kind,
        "estimated": check.estimates,
        "means": check.means,
        "fix": check.fix,
        "explained_by": list(found.explained_by),
        "places": [
            {
                **where_of(check, place),
                "first_day": place.first_day and place.first_day.isoformat(),
                "last_day": place.last_day and place.last_day.isoformat(),
                "count": place.found,
                "of": place.seen,
                "money": None if place.micros is None else decimal_text(place.micros, currency),
                "estimate": None if place.estimate is None else _estimate(place.estimate, currency),
                "examples": [{"table": check.opens, "id": example} for example in place.examples],
            }
            for place in shown
        ],
        "more_places": len(found.places) - len(shown),
        "examples": [{"table": check.opens, "id": example} for example in examples],
    }


def _estimate(told: Estimate, currency: str) -> dict[str, Any]:
    """Of a count that is estimated: its interval, and the revenue that went unseen with its own."""
    return {
        "level": LEVEL,
        "count_low": told.count_low,
        "count_high": told.count_high,
        "revenue": decimal_text(told.micros, currency),
        "revenue_low": None if told.micros_low is None else decimal_text(told.micros_low, currency),
        "revenue_high": None if told.micros_high is None else decimal_text(told.micros_high, currency),
    }
