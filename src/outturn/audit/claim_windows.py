"""Claim windows: on which days, and how long after a click, a kind of claim can be true."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outturn.store.engine import Engine

DEFAULT_WINDOW_DAYS = {
    "amazon_ads": 14, "google_ads": 30, "linkedin_ads": 30, "meta_ads": 7, "microsoft_ads": 30, "pinterest_ads": 30,
    "reddit_ads": 28, "snapchat_ads": 28, "tiktok_ads": 7, "x_ads": 30,
}  # fmt: skip
"""Each platform's own default window after a click, in days, which holds where a report states none."""

LONGEST_WINDOW_DAYS = 90
_OTHER_WINDOW_DAYS = 30
_DAYS = re.compile(r"(\d+)\s*d")
NORMAL_RATIOS = {"click": 1.5, "all": 2.5}
"""Claims over conversions seen in the window that are no cause for alarm: browsers that forget, people whom no tracker
saw and, where the two are not told apart, views."""
_COLUMNS = {
    "number": pa.int64(), "platform": pa.string(), "conversion_action": pa.string(), "click_or_view": pa.string(),
    "attribution_window": pa.string(), "date_basis": pa.string(), "first_day": pa.date32(), "last_day": pa.date32(),
    "window_days": pa.int64(), "reaches_day": pa.date32(), "normal_ratio": pa.float64(),
}  # fmt: skip


def window_days(platform: str, text: str) -> tuple[int, bool]:
    """How many days after a click a claim reaches, and whether the report says so.

    >>> window_days("meta_ads", "28d_click"), window_days("meta_ads", "default")
    ((28, True), (7, False))
    """
    stated = _DAYS.search(text)
    if stated:
        return min(int(stated[1]), LONGEST_WINDOW_DAYS), True
    return DEFAULT_WINDOW_DAYS.get(platform, _OTHER_WINDOW_DAYS), False


def name_windows(engine: Engine, kinds: Sequence[tuple[int, tuple[Any, ...]]]) -> None:
    """Name these kinds of claims as `claim_windows`.

    Args:
        engine: Gets them.
        kinds: Number and row of `claim_kinds`.
    """
    rows = []
    for number, (platform, action, kind, window, basis, first_day, last_day, _claimed) in kinds:
        days = window_days(platform, window)[0]
        reaches_day = last_day if basis == "conversion" else last_day + timedelta(days=days)
        ratio = NORMAL_RATIOS.get(kind, NORMAL_RATIOS["all"])
        rows.append((number, platform, action, kind, window, basis, first_day, last_day, days, reaches_day, ratio))
    columns = {name: pa.array([row[at] for row in rows], type_) for at, (name, type_) in enumerate(_COLUMNS.items())}
    engine.register("claim_windows", pa.table(columns))
