"""Faults of consent: a banner that does not ask, and browsers that forget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outturn.simulator.faults_campaigns import shop_day
from outturn.simulator.planted import Fault, Planted

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from outturn.simulator.fault_files import Files

_SEGMENT = {"source": "segment"}


def _hide_banner(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """A release of the shop hides the banner for some days in a row: nobody is asked, and nothing is stated."""
    messages = files.messages()
    days = sorted({shop_day(one) for one in messages})
    count = max(1, round(share * len(days)))
    first = int(rng.integers(7, len(days) - 7 - count))
    hidden = days[first : first + count]
    rows = 0
    for one in messages:
        if shop_day(one) in hidden:
            one["context"].pop("consent", None)
            rows += one["type"] in {"page", "track"}
    files.write_messages(messages)
    return Planted(rows, where={**_SEGMENT, "subject": f"{hidden[0]} to {hidden[-1]}", "first_day": hidden[0]})


FAULTS: Mapping[str, Fault] = {"consent_gap": _hide_banner}
