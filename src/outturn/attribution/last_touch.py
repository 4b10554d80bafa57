"""Last touch: what came right before the conversion gets all the credit.

>>> from outturn.attribution.rules import weights_of
>>> weights_of("last_touch", days=[1, 4, 9])
[0.0, 0.0, 1.0]
"""

from __future__ import annotations

from outturn.attribution.journey import Credit, Journey, model


@model
def weights(journey: Journey, credit: Credit) -> None:
    """1 for the last touch, 0 for the rest."""
    last = len(journey.at) - 1
    credit[:last] = 0.0
    credit[last] = 1.0
