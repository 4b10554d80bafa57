"""Which campaigns there are, each under one key and in one channel.

A campaign is known from its spend or its entity table. Its key is its id; one that is known by name alone is
`name:<exact name>` until an id of the same account bears that name alone, and adopts it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outturn.domain.campaign_channels import campaign_channel_sql
from outturn.store.sql import load

if TYPE_CHECKING:
    from outturn.journeys.context import JourneyContext, Publish
    from outturn.store.engine import Engine


def build_campaigns(engine: Engine, context: JourneyContext, publish: Publish) -> None:
    """Publish `campaigns`; name `campaign_names`, by which touches find them.

    Args:
        engine: Knows `ad_spend`, `ad_entities` and `accounts`.
        context: Only the user's channel rules count here.
        publish: Receives `campaigns`.
    """
    for step in ("campaign_bearers", "campaign_keys", "campaign_facts", "campaign_names"):
        engine.table(step, load(__package__, step))
    channel, channel_by = campaign_channel_sql(rules=context.channel_rules)
    publish(
        "campaigns",
        "SELECT platform, account_id, campaign_key, campaign_id, campaign_name, campaign_type, "  # noqa: S608 - rules are quoted
        f"{channel} AS channel, {channel_by} AS channel_by FROM campaign_facts",
        order=("platform", "account_id", "campaign_key"),
    )
