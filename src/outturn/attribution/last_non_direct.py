"""Last non-direct touch: all the credit to the last touch that names where it came from.

Direct says only that nothing is known of the way in, so it is passed over unless there is nothing
else.

>>> from outturn.attribution.rules import weights_of
>>> weights_of("last_non_direct", channels=["Email", "Paid Search", "Direct"], days=[1, 4, 9])
[0.0, 1.0, 0.0]
>>> weights_of("last_non_direct", channels=["Direct", "Direct"], days=[1, 4])
[0.0, 1.0]
"""

from __future__ import annotations

from outturn.attribution.journey import Credit, Journey, model


@model
def weights(journey: Journey, credit: Credit) -> None:
    """1 for the last touch whose channel is not Direct; of a journey of Direct only, the last one."""
    last = len(journey.at) - 1
    named = last
    while named > 0 and journey.is_direct[named]:
        named -= 1
    if journey.is_direct[named]:
        named = last
    credit[: last + 1] = 0.0
    credit[named] = 1.0
