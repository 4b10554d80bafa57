"""First touch: what began the journey gets all the credit.

>>> from outturn.attribution.rules import weights_of
>>> weights_of("first_touch", days=[1, 4, 9])
[1.0, 0.0, 0.0]
"""

from __future__ import annotations

from outturn.attribution.journey import Credit, Journey, model


@model
def weights(journey: Journey, credit: Credit) -> None:
    """1 for the first touch, 0 for the rest. The first *inside the lookback*: older ones are not seen."""
    credit[: len(journey.at)] = 0.0
    credit[0] = 1.0
