"""Faults of consent: a banner that does not ask, and browsers that forget."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from outturn.simulator.faults_campaigns import shop_day
from outturn.simulator.planted import Fault, Planted, chosen

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from outturn.simulator.fault_files import Files, Message

_SEGMENT = {"source": "segment"}
_WEEK = timedelta(days=7)


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


def _forget_ids(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """The tracker's cookie is written by script now: an iPhone drops it when seven days have gone by without a page."""
    messages = files.messages()
    phones = {one["anonymousId"] for one in messages if _on_phone(one)}
    forgetting = set(chosen(sorted(phones), share, rng))
    lives: dict[str, tuple[datetime, int]] = {}
    for one in messages:
        name, now = one["anonymousId"], datetime.fromisoformat(one["timestamp"])
        if name in forgetting:
            before, number = lives.get(name, (now, 0))
            number += now - before > _WEEK
            lives[name] = (now, number)
            one["anonymousId"] = f"{name[:-2]}{number:02d}" if number else name
    files.write_messages(messages)
    return Planted(_changed_returns(messages), where={**_SEGMENT, "subject": "Mobile Safari"})


def _changed_returns(messages: list[Message]) -> int:
    """How often a user comes back to an iPhone, signed in, after more than seven days under another id."""
    days: dict[str, dict[tuple[int, str], str]] = {}
    for one in messages:
        if one["userId"] and _on_phone(one):
            key = (datetime.fromisoformat(one["timestamp"]).toordinal(), one["anonymousId"])
            days.setdefault(one["userId"], {}).setdefault(key, one["timestamp"])
    changed = 0
    for mine in days.values():
        visits = sorted((day, at, name) for (day, name), at in mine.items())
        changed += sum(now[0] - before[0] > 7 and now[2] != before[2] for before, now in pairwise(visits))  # noqa: PLR2004
    return changed


def _on_phone(message: Message) -> bool:
    return message["type"] == "page" and "iPhone" in message["context"]["userAgent"]


FAULTS: Mapping[str, Fault] = {"consent_gap": _hide_banner, "cookie_lifetime": _forget_ids}
