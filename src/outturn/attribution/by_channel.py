"""Credit by channel: each distinct channel of a journey has a share, which its touches divide equally.

What the share follows is the model's: the channels' removal effects, or nothing, so that all have the same.
"""

from __future__ import annotations

from outturn.attribution.journey import Credit, Journey, model


@model
def in_proportion(journey: Journey, credit: Credit) -> None:
    """Shares in proportion to `removal_effect`; equal ones where all effects are 0."""
    channel, effect = journey.channel, journey.removal_effect
    total = 0.0
    distinct = 0
    # Until shares are known, the first touch of a channel holds minus the number of its touches, another one the first.
    for touch in range(len(channel)):
        first = 0
        while channel[first] != channel[touch]:
            first += 1
        if first < touch:
            credit[touch] = first
            credit[first] -= 1.0
        else:
            credit[touch] = -1.0
            total += effect[channel[touch]]
            distinct += 1
    for touch in range(len(channel) - 1, -1, -1):
        sharing = -credit[touch] if credit[touch] < 0.0 else -credit[int(credit[touch])]
        share = effect[channel[touch]] / total if total > 0.0 else 1.0 / distinct
        credit[touch] = share / sharing
