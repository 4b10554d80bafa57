"""The step of a build that lays out what stands of every outcome: the few columns that many questions ask, in order.

Rows of one system and kind lie together, so that a question to the leads of a CRM reads these alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outturn.store.sql import load

if TYPE_CHECKING:
    from collections.abc import Callable

ORDER = ("system", "kind", "deal_number", "outcome_id", "stage")
"""In which its rows lie."""


def build_told_outcomes(publish: Callable[..., object], *, time_zone: str) -> None:
    """Make `told_outcomes` of `outcomes` and hand it to `publish(name, statement, parameters, order=...)`.

    Args:
        publish: Writes the rows of a statement as a table of the build.
        time_zone: The business's, which gives the day of an outcome.
    """
    publish("told_outcomes", load(__package__, "told_outcomes"), {"zone": time_zone}, order=ORDER)
