"""Response: more spend reaches more people, ever fewer per euro, and works on for days.

The shapes are those of Jin et al. (2017), *Bayesian methods for media mix modeling with carryover and
shape effects*: the Hill curve (their eq. 4) and geometric adstock (their eq. 1 and 2), applied shape first,
then carry-over. `expected_daily_orders` is what the drawn market is on average.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from outturn.simulator.arrays import Floats


def hill(spend: Floats, *, half: float, slope: float) -> Floats:
    """The share of a channel's attainable contacts that a day's spend buys.

    Args:
        spend: One currency, >= 0, any shape.
        half: The spend that buys half of them, > 0, in the same currency.
        slope: From 1 (diminishing from the first euro) upwards (slow start, then diminishing).

    Returns:
        Same shape, in [0, 1): 0 without spend, rising with it.
    """
    powered = np.power(spend / half, slope)
    share: Floats = powered / (1.0 + powered)
    return share


def retention(carry_days: float) -> float:
    """The share of an effect that is still to come a day later, when its mean delay is `carry_days`."""
    return float(np.exp(-1.0 / carry_days))


def geometric_adstock(contacts: Floats, *, carry_days: float) -> Floats:
    """Carry each day's effect into the days after it.

    Args:
        contacts: Shape (days,), >= 0.
        carry_days: Mean delay in days, > 0, of the exponential time between a contact and its effect.

    Returns:
        Same shape. Its sum is the input's, less what falls past the last day; a contact falls at a
        random time of its day, so that the day itself keeps 1 - carry_days * (1 - retention).
    """
    kept = retention(carry_days)
    same_day = 1.0 - carry_days * (1.0 - kept)
    later = 0.0
    carried = np.empty_like(contacts)
    for day, today in enumerate(contacts):
        carried[day] = same_day * today + later
        later = later * kept + today * carry_days * (1.0 - kept) ** 2
    return carried


def expected_daily_orders(reached: Floats, *, contacts_per_day: float, effect: float, carry_days: float) -> Floats:
    """The orders that a channel is expected to cause by day.

    Args:
        reached: Shape (days,), the day's `hill` share.
        contacts_per_day: Attainable contacts of the whole population in one day.
        effect: Orders caused by one contact, in [0, 1].
        carry_days: Mean delay in days between contact and order.
    """
    return geometric_adstock(reached * contacts_per_day * effect, carry_days=carry_days)
