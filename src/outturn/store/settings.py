"""Reading `outturn.toml`."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from outturn.domain.errors import UsageError
from outturn.domain.goals import Goal
from outturn.domain.settings import Settings, checked

if TYPE_CHECKING:
    from pathlib import Path

    from outturn.domain.goals import Per

FILE_NAME = "outturn.toml"


def load_settings(path: Path) -> Settings:
    """The settings that the file gives, the defaults for what it does not name.

    Raises:
        UsageError: Not TOML (with the line), or a setting that `domain/settings.py` refuses.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not readable as TOML: {error}") from None
    try:
        return checked(document, where=path.name)
    except UsageError as error:
        # A command line may have said as much: what is wrong here stands in the file.
        if path.name in str(error):
            raise
        raise UsageError(f"{path.name}: {error}") from None


def first_settings_text(currency: str, time_zone: str, per: Per = "person") -> str:
    """The `outturn.toml` that a new workspace begins with: where companies buy, their journeys are longer."""
    lookback_days = Goal.from_table("sale", {"kinds": ["won"], "per": per}).lookback_days
    return f"""\
# Every setting and its default: the page "Settings" of the documentation.
[workspace]
currency = "{currency}"
time_zone = "{time_zone}"

# What counts as a conversion. The first goal is the one that commands use unless told otherwise.
[goals.sale]
kinds = ["purchase", "won"]
count = "every"
per = "{per}"
lookback_days = {lookback_days}
"""
