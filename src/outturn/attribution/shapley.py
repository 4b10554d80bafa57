"""Shapley: each channel of the journey has the same share, however often it was touched.

The value of the game in which channels are players and v(S) is the value of the journeys whose channels
all lie in S: a journey's value is shared equally by its distinct channels. Exact for any number of them.
Zhao, Mahboobi and Bagheri (2018), Shapley Value Methods for Attribution Modeling in Online Advertising.

>>> from outturn.attribution.rules import weights_of
>>> weights_of("shapley", days=[1, 2, 3], channels=["Email", "Paid Search", "Email"])
[0.25, 0.5, 0.25]
"""

from __future__ import annotations

from outturn.attribution.by_channel import in_proportion as weights

__all__ = ["weights"]
