"""Position based: 40 % to the touch that began the journey, 40 % to the one that closed it.

The touches between share the remaining 20 % equally (the U shape of the analytics tools).

>>> from outturn.attribution.rules import weights_of
>>> weights_of("position_based", days=[1, 4, 5, 9])
[0.4, 0.1, 0.1, 0.4]
>>> weights_of("position_based", days=[1, 4]), weights_of("position_based", days=[1])
([0.5, 0.5], [1.0])
"""

from __future__ import annotations

from outturn.attribution.journey import Credit, Journey, model

END_SHARE = 0.4
BETWEEN_SHARE = 0.2


@model
def weights(journey: Journey, credit: Credit) -> None:
    """40/20/40; with nothing between them the two ends get half each, and a single touch gets all."""
    touches = len(journey.at)
    if touches <= 2:  # noqa: PLR2004 (the two ends)
        credit[:touches] = 1.0 / touches
        return
    credit[:touches] = BETWEEN_SHARE / (touches - 2)
    credit[0] = END_SHARE
    credit[touches - 1] = END_SHARE
