"""Credit by channel: each distinct channel of a journey has a share, which its touches divide equally.

What the share follows is the model's: the channels' removal effects, or nothing, so that all have the same.
"""

from __future__ import annotations

from outturn.attribution.journey import Credit, Journey, model


@model
def in_proportion(journey: Journey, credit: Credit) -> None:
    """Shares in proportion to `removal_effect`; equal ones where all effects are 0."""
    touches = len(journey.channel)
    total = 0.0
    distinct = 0
    # While it is not yet known how many touches share, a touch holds -1 - (the first one of its channel).
    for touch in range(touches):
        first = 0
        while journey.channel[first] != journey.channel[touch]:
            first += 1
        credit[touch] = -1.0 - first
        if first == touch:
            total += journey.removal_effect[journey.channel[touch]]
            distinct += 1
    for first in range(touches):
        if credit[first] != -1.0 - first:
            continue
        of_channel = 0
        for touch in range(first, touches):
            of_channel += credit[touch] == -1.0 - first
        effect = journey.removal_effect[journey.channel[first]]
        share = effect / total if total > 0.0 else 1.0 / distinct
        for touch in range(touches - 1, first - 1, -1):
            if credit[touch] == -1.0 - first:
                credit[touch] = share / of_channel
