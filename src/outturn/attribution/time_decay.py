"""Time decay: a touch's credit halves every seven days before the conversion.

>>> from outturn.attribution.rules import weights_of
>>> [round(weight, 6) for weight in weights_of("time_decay", days=[1, 8, 15], converted=15)]
[0.142857, 0.285714, 0.571429]
"""

from __future__ import annotations

from outturn.attribution.journey import DAY_MICROS, Credit, Journey, model

HALF_LIFE_MICROS = 7 * DAY_MICROS


@model
def weights(journey: Journey, credit: Credit) -> None:
    """2^(-age / 7 days), scaled to add up to 1.

    The age counts from the last touch instead of the conversion: scaling makes both the same, and no
    journey is so old that all its weights vanish.
    """
    touches = len(journey.at)
    last_at = journey.at[touches - 1]
    total = 0.0
    for touch in range(touches):
        credit[touch] = 2.0 ** ((journey.at[touch] - last_at) / HALF_LIFE_MICROS)
        total += credit[touch]
    for touch in range(touches):
        credit[touch] /= total
