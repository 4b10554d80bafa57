"""Linear: every touch of the journey gets the same credit.

>>> from outturn.attribution.rules import weights_of
>>> weights_of("linear", days=[1, 4, 4, 9])
[0.25, 0.25, 0.25, 0.25]
"""

from __future__ import annotations

from outturn.attribution.journey import Credit, Journey, model


@model
def weights(journey: Journey, credit: Credit) -> None:
    """1/n for each of n touches; a channel touched twice earns twice."""
    touches = len(journey.at)
    credit[:touches] = 1.0 / touches
