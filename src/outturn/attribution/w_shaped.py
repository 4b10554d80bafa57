"""W-shaped: 30 % each to what brought the person, what made the lead and what made the opportunity.

Three touches are anchors: the first one, the last one at or before the lead, and the last one at or
before the opportunity (the sale, where no opportunity is known). The other touches share 10 %
equally. What a journey does not have gives up its share, and the shares of what it has are scaled
up: no lead known, or no touch before it; no touch before the opportunity; no touch besides the
anchors. A touch that is an anchor twice has both shares.

>>> from outturn.attribution.rules import weights_of
>>> [round(weight, 4) for weight in weights_of("w_shaped", days=[1, 3, 5, 6, 9], lead=5, opportunity=9)]
[0.3, 0.05, 0.3, 0.05, 0.3]
>>> [round(weight, 4) for weight in weights_of("w_shaped", days=[1, 3, 9])]
[0.4286, 0.1429, 0.4286]
>>> [round(weight, 4) for weight in weights_of("w_shaped", days=[1, 9], lead=2)]
[0.6667, 0.3333]
"""

from __future__ import annotations

from outturn.attribution.journey import UNKNOWN_AT, Credit, Journey, model

ANCHOR_SHARE = 0.3
REST_SHARE = 0.1


@model
def weights(journey: Journey, credit: Credit) -> None:
    """30/30/30 and 10 over the rest, scaled up to 1 where stages are missing; a single touch gets all."""
    touches = len(journey.at)
    closed_at = journey.converted_at if journey.opportunity_at == UNKNOWN_AT else journey.opportunity_at
    lead = -1
    closing = -1
    for touch in range(touches):
        credit[touch] = 0.0
        # UNKNOWN_AT lies before every touch: an unknown lead finds none.
        if journey.at[touch] <= journey.lead_at:
            lead = touch
        if journey.at[touch] <= closed_at:
            closing = touch
    credit[0] += ANCHOR_SHARE
    if lead >= 0:
        credit[lead] += ANCHOR_SHARE
    if closing >= 0:
        credit[closing] += ANCHOR_SHARE
    others = 0
    total = 0.0
    for touch in range(touches):
        total += credit[touch]
        others += credit[touch] == 0.0
    if others > 0:
        total += REST_SHARE
    for touch in range(touches):
        credit[touch] = (credit[touch] if credit[touch] > 0.0 else REST_SHARE / others) / total
