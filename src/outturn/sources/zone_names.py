"""The names by which IANA knows time zones."""

from __future__ import annotations

import functools
import zoneinfo


@functools.cache
def zone_names() -> frozenset[str]:
    """Every IANA name: a walk over hundreds of files, so once per process."""
    return frozenset(zoneinfo.available_timezones())
