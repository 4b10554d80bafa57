"""The audit: every check asked, findings in the order in which to mend them, their money once, and the score."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from outturn.audit.check import KINDS, NO_MONEY, SEVERITIES, UNTRACEABLE_SPEND, Check, Kind
from outturn.audit.claim_windows import LONGEST_WINDOW_DAYS
from outturn.audit.claims import GOAL_STEPS, Reconciliation, reconcile
from outturn.audit.claims import STEPS as CLAIM_STEPS
from outturn.audit.consent import STEPS as CONSENT_STEPS
from outturn.audit.consent import Consents, consents_of
from outturn.audit.findings import Finding, money_union, places_of, severity_of
from outturn.audit.graph import depths, raised_by
from outturn.audit.needs import name_step, steps_for, tables_for
from outturn.audit.registry import checks as every_check
from outturn.audit.score import STEPS, Score, score_of
from outturn.domain.urls import CLICK_IDS
from outturn.journeys.touches import SOURCE_PLATFORMS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from outturn.domain.goals import Goal
    from outturn.domain.settings import Settings
    from outturn.store.engine import Engine


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found.

    Attributes:
        findings: Root causes first; a finding that another explains stands below it.
        totals: Micros by kind of money, each sale and each campaign's day once: never the sum of the findings.
        score: Of the whole workspace.
        claims: What platforms say of themselves, against the ledger; None: not asked.
        consents: Rates and gaps of the sources that state consent; None: not asked.
        asked: Names of the checks that were asked.
    """

    findings: tuple[Finding, ...]
    totals: Mapping[Kind, int]
    score: Score
    claims: Reconciliation | None
    consents: Consents | None
    asked: tuple[str, ...]

    @property
    def critical(self) -> bool:
        """Whether something critical stands."""
        return any(finding.severity == "critical" for finding in self.findings)


def tables_read(checks: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The fact and the derived tables that the engine has to know for these checks, the claims and the consents."""
    facts, derived = tables_for((*checks, *STEPS, *CLAIM_STEPS, *CONSENT_STEPS))
    return facts | {"fx_rates"}, derived | {"consent_hits"}  # what claims are worth is converted


def audit(
    engine: Engine,
    settings: Settings,
    *,
    checks: Mapping[str, Check],
    goal: Goal,
    whole: bool = True,
    progress: Callable[[str], None] = lambda _what: None,
) -> Audit:
    """Ask the checks, and put what they find in order.

    Args:
        engine: Knows one build's tables, and the facts that `tables_read` names.
        settings: Currency, zone and revenue basis count.
        checks: By name.
        goal: Whose conversions are the revenue.
        whole: Whether consent is told, and platforms' claims are held against the ledger, too.
        progress: Told which check is asked.
    """
    parameters = _parameters(settings, goal)
    name_platforms(engine)
    steps = (*STEPS, *CONSENT_STEPS, "claim_lines", *GOAL_STEPS) if whole else STEPS
    for step in dict.fromkeys((*steps_for((*checks, *steps)), *steps)):
        name_step(engine, step, parameters)
    for check in checks.values():
        if check.prepare:
            check.prepare(engine, parameters)
    score = score_of(engine)
    findings = []
    for name, check in checks.items():
        progress(check.title)
        name_step(engine, name, parameters, as_name=lines_of(name))
        places, seen = places_of(engine, check, lines_of(name))
        if places:
            findings.append(_finding(engine, check, places, seen, score))
    others = [one for one in settings.goals if one.id != goal.id]
    told = reconcile(engine, parameters, [goal, *others]) if whole else None
    consents = consents_of(engine) if whole else None
    return Audit(_ranked(findings), _totals(engine, findings), score, told, consents, tuple(checks))


def lines_of(name: str) -> str:
    """The name under which an engine knows a check's lines."""
    return f"audit_{name}"


def _finding(engine: Engine, check: Check, places: list[Any], seen: int, score: Score) -> Finding:
    found = sum(place.found for place in places)
    finding = Finding(check, "notice", tuple(places), found, sum(place.seen for place in places), None)
    micros = None if check.kind == NO_MONEY else money_union(engine, [(finding, lines_of(check.name))])
    at_stake = score.spend if check.kind == UNTRACEABLE_SPEND else score.revenue
    return replace(finding, micros=micros, severity=severity_of(check, found, seen, micros, at_stake))


def _ranked(findings: list[Finding]) -> tuple[Finding, ...]:
    graph = every_check()
    standing = {finding.check.name for finding in findings}
    depth = depths(standing, graph)
    told = [
        replace(
            finding,
            explained_by=tuple(sorted(one for one in standing if finding.check.name in raised_by(one, graph))),
        )
        for finding in findings
    ]
    told.sort(
        key=lambda finding: (
            depth[finding.check.name],
            SEVERITIES.index(finding.severity),
            -(finding.micros or 0),
            -(finding.found / max(finding.seen, 1)),
            finding.check.name,
        )
    )
    return tuple(told)


def _totals(engine: Engine, findings: list[Finding]) -> dict[Kind, int]:
    totals: dict[Kind, int] = {}
    for kind in KINDS:
        parts = [(finding, lines_of(finding.check.name)) for finding in findings if finding.check.kind == kind]
        if kind != NO_MONEY:
            totals[kind] = money_union(engine, parts) if parts else 0
    return totals


def _parameters(settings: Settings, goal: Goal) -> dict[str, Any]:
    return {
        "zone": settings.time_zone,
        "currency": settings.currency,
        "net": settings["revenue.basis"] == "net",
        "goal": goal.id,
        "lookback_days": goal.lookback_days,
        "longest_days": LONGEST_WINDOW_DAYS,
        "goal_kinds": goal.kinds,
    }


def name_platforms(engine: Engine) -> None:
    """Name which platform a word of utm_source, or a click id, points to."""
    words = [(word, platform) for platform, sources in SOURCE_PLATFORMS.items() for word in sources]
    engine.register("source_platforms", _pairs("word", "platform", words))
    kinds = [(one.name, one.platform) for one in CLICK_IDS if one.platform]
    engine.register("click_platforms", _pairs("click_id_kind", "platform", kinds))


def _pairs(key: str, value: str, pairs: list[tuple[str, str]]) -> pa.Table:
    return pa.table({key: [one for one, _ in pairs], value: [other for _, other in pairs]})
