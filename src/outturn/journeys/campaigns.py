"""Which campaigns there are, each under one key and in one channel.

A campaign is known from its spend or its entity table. Its key is its id; one that is known by name alone is
`name:<exact name>` until an id of the same account bears that name alone, and adopts it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outturn.domain.campaign_channels import campaign_answers_sql, first_answer_sql
from outturn.domain.channels import joined_sql
from outturn.domain.conditions import fold_sql
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
    # Each in a step of its own: the rules name the texts a hundred times, and the answers are named twice.
    folded = (
        f"SELECT campaign_facts.*, {joined_sql('platform')} AS folded_platform, "  # noqa: S608 - no user's text
        f"{joined_sql('campaign_type')} AS folded_type, {fold_sql('campaign_name')} AS folded_name FROM campaign_facts"
    )
    answers = campaign_answers_sql(
        {"platform": "folded_platform", "campaign_type": "folded_type", "campaign_name": "folded_name"},
        rules=context.channel_rules,
    )
    answered = ", ".join(f"{answer} AS by_{by}" for by, answer in answers.items())
    channel, channel_by = first_answer_sql({by: f"by_{by}" for by in answers})
    publish(
        "campaigns",
        "SELECT platform, account_id, campaign_key, campaign_id, campaign_name, campaign_type, "  # noqa: S608 - rules are quoted
        f"{channel} AS channel, {channel_by} AS channel_by "
        f"FROM (SELECT folded.*, {answered} FROM ({folded}) AS folded)",
        order=("platform", "account_id", "campaign_key"),
    )
