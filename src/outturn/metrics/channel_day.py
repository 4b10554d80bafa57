"""The step of a build that makes `channel_day`: what was bought and who came, by day, without any model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outturn.domain.campaign_channels import campaign_channel
from outturn.domain.channels import stated_channel
from outturn.store.sql import load

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from outturn.store.engine import Engine

# Rows lie by served grain and day, so that a query reads only the grain that it asks for.
CHANNEL_DAY_ORDER = (
    "level", "date_day", "channel", "platform", "account_id", "campaign_key", "ad_group_id", "ad_id", "currency"
)  # fmt: skip

_STEPS = ("ad_lines", "ad_levels", "ad_gaps", "ad_day", "total_claims")
_STATED = "SELECT DISTINCT stated_channel FROM ad_spend UNION SELECT DISTINCT channel FROM costs"
_PLATFORMS = "SELECT DISTINCT platform FROM ad_spend UNION SELECT DISTINCT platform FROM claims"


def name_channels(engine: Engine) -> None:
    """Name `channel_words`, what files call a channel, and `platform_channels`, what spend of no campaign counts for.

    Args:
        engine: Knows `ad_spend`, `claims` and `costs`.
    """
    words = {word: stated_channel(word) for (word,) in engine.rows(_STATED) if word}
    engine.table("channel_words", _pairs(("word", "channel"), {word: named for word, named in words.items() if named}))
    platforms = {platform: campaign_channel(platform=platform)[0] for (platform,) in engine.rows(_PLATFORMS)}
    engine.table("platform_channels", _pairs(("platform", "channel"), platforms))


def prepare_channel_day(engine: Engine) -> None:
    """Name the steps that `channel_day.sql` and the checks read, each worked out once.

    Args:
        engine: Knows `ad_spend`, `campaigns`, `claims` and `costs`.
    """
    name_channels(engine)
    for step in _STEPS:
        engine.table(step, load(__package__, step))


def build_channel_day(
    engine: Engine,
    publish: Callable[..., object],
    *,
    currency: str,
    time_zone: str,
) -> None:
    """Make `channel_day` and hand it to `publish(name, statement, parameters, order=...)`.

    Args:
        engine: Knows `ad_spend`, `claims`, `costs`, `fx_rates`, `campaigns`, `places` and `touches`.
        publish: Writes the rows of a statement as a table of the build.
        currency: The workspace's, into which money is converted.
        time_zone: The business's, which gives the day of a visit.
    """
    prepare_channel_day(engine)
    parameters = {"currency": currency, "zone": time_zone}
    publish("channel_day", load(__package__, "channel_day"), parameters, order=CHANNEL_DAY_ORDER)


def _pairs(names: tuple[str, str], pairs: Mapping[str, str]) -> str:
    """A SELECT of a few pairs of texts."""
    first, second = names
    rows = " UNION ALL ".join(
        f"SELECT {_quoted(one)} AS {first}, {_quoted(other)} AS {second}" for one, other in sorted(pairs.items())
    )
    return rows or f"SELECT CAST(NULL AS VARCHAR) AS {first}, CAST(NULL AS VARCHAR) AS {second} WHERE FALSE"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
