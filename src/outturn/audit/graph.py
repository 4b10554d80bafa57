"""The implication graph: which fault raises which checks, so that causes stand above what they cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outturn.domain.errors import OutturnError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from outturn.audit.check import Check


def raised_by(name: str, checks: Mapping[str, Check]) -> frozenset[str]:
    """Every check that a fault of this one may raise, directly or through others, itself not included."""
    found: set[str] = set()
    waiting = list(checks[name].implies)
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting.extend(checks[one].implies if one in checks else ())
    return frozenset(found)


def depths(standing: Iterable[str], checks: Mapping[str, Check]) -> dict[str, int]:
    """How many standing causes lie above each of the standing checks, along the longest way; 0: a root cause.

    Raises:
        OutturnError: A check implies itself, through however many others.
    """
    names = sorted(standing)
    causes = {name: [one for one in names if name in raised_by(one, checks)] for name in names}
    found: dict[str, int] = {}
    while len(found) < len(names):
        ready = [name for name in names if name not in found and all(cause in found for cause in causes[name])]
        if not ready:
            raise OutturnError(f"Checks imply each other in a circle: {', '.join(sorted(set(names) - set(found)))}.")
        found.update({name: max((found[cause] + 1 for cause in causes[name]), default=0) for name in ready})
    return found
