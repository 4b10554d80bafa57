"""Markov: each channel of the journey has a share in proportion to its removal effect.

Three models, `markov_1` to `markov_3`, after how many last channels the chain remembers. The chain is
fitted on all journeys of the goal, null ones too; a channel's removal effect is the share of conversions
that would be lost if every step to it led nowhere (`removal.py`). A journey's credit goes to its distinct
channels in proportion to these effects, equally to a channel's touches, so that every model has days,
campaigns and values, and closes.

Anderl, Becker, von Wangenheim and Schumann (2016), Mapping the customer journey.

>>> from outturn.attribution.rules import weights_of
>>> effects = {"Email": 0.125, "Paid Search": 0.375}
>>> weights_of("markov_1", days=[1, 2, 3], channels=["Email", "Paid Search", "Email"], removal_effects=effects)
[0.125, 0.75, 0.125]
"""

from __future__ import annotations

from outturn.attribution.by_channel import in_proportion as weights

__all__ = ["weights"]
