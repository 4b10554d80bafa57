"""A campaign's channel, which spend and the touches joined to the campaign take: from the firmest word to a default.

In this order: the user's own rule, the channel that the file states, the platform's type of campaign
(Performance Max and YouTube are no search), a pattern in the campaign's name, the platform's default.
Types follow Google Analytics 4's rules for Google Ads traffic: Performance Max, Demand Gen, App, Smart
and Local run on several networks at once and are Cross-network.

Names are the weakest word, so their patterns are few: a name that says "search" is believed before
one that says "display" or "video", which are goods, too. Of the platforms with one channel only
(Meta, LinkedIn, ...) no name is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from outturn.domain import channels
from outturn.domain.channels import UNASSIGNED, joined, joined_sql, stated_channel
from outturn.domain.conditions import (
    AllOf,
    In,
    Like,
    Not,
    Rule,
    answer_of,
    answer_sql,
    fold,
    fold_sql,
    site,
    text_sql,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

# (platform or "*", campaign name pattern with * for any text, channel); letters' case does not count, the first fits.
CampaignRule = tuple[str, str, str]
By = Literal["rule", "stated", "type", "name", "source"]
BY: tuple[By, ...] = ("rule", "stated", "type", "name", "source")

_GOOGLE = ("googleads", "google", "adwords")
_MICROSOFT = ("microsoftads", "microsoft", "bingads", "bing", "microsoftadvertising")
_AMAZON = ("amazonads", "amazon", "amazonadvertising")

# By platform in any spelling ("google_ads", "Google Ads"): what its campaigns are where nothing says more.
_DEFAULTS: dict[str, tuple[str, ...]] = {
    "Paid Search": (*_GOOGLE, *_MICROSOFT, "applesearchads", "appleads", "yandexads", "yandexdirect", "baiduads"),
    "Paid Social": (
        "metaads", "meta", "facebookads", "facebook", "fbads", "fb", "instagramads", "instagram", "linkedinads",
        "linkedin", "tiktokads", "tiktok", "pinterestads", "pinterest", "xads", "x", "twitterads", "twitter",
        "redditads", "reddit", "snapchatads", "snapchat", "snapads", "quoraads", "quora", "nextdoorads", "threadsads",
    ),
    "Paid Shopping": (*_AMAZON, "criteoretailmedia", "walmartconnect", "instacartads", "ebayads", "idealo"),
    "Paid Video": ("youtubeads", "youtube", "twitchads"),
    "Display": ("displayvideo360", "dv360", "criteo", "taboola", "outbrain", "thetradedesk", "adroll", "rtbhouse"),
    "CTV": ("mntn", "mountain", "roku", "rokuads", "tvscientific", "vibe", "samsungads"),
    "Audio": ("spotifyads", "spotify"),
    "Affiliates": ("impact", "awin", "cj", "rakutenadvertising", "shareasale", "partnerize", "tradedoubler"),
    "Influencer": ("grin", "creatoriq", "upfluence"),
}  # fmt: skip

# By platforms: the channel of each type, without blanks, `_` and `-`, as the API and the interface write it.
_TYPES: tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...] = (
    (_GOOGLE, "Paid Search", ("search", "searchnetworkonly", "searchnetworkwithdisplayselect", "hotel", "travel",
                              "localservices", "searchmobileapp", "dynamicsearchads")),
    (_GOOGLE, "Cross-network", ("performancemax", "pmax", "demandgen", "discovery", "smart", "smartcampaign", "app",
                                "multichannel", "local", "smartshopping", "shoppingsmartads", "crossnetwork")),
    (_GOOGLE, "Paid Video", ("video", "youtube")),
    (_GOOGLE, "Display", ("display", "displaynetworkonly", "displaysmartcampaign")),
    (_GOOGLE, "Paid Shopping", ("shopping", "shoppingcomparisonlistingads")),
    (_MICROSOFT, "Paid Search", ("search", "dynamicsearchads", "hotel", "lodging", "travel")),
    (_MICROSOFT, "Paid Shopping", ("shopping",)),
    (_MICROSOFT, "Cross-network", ("performancemax", "pmax", "app")),
    (_MICROSOFT, "Display", ("audience", "display", "native")),
    (_MICROSOFT, "Paid Video", ("video", "onlinevideo")),
    (_MICROSOFT, "CTV", ("connectedtv", "ctv")),
    (_AMAZON, "Paid Shopping", ("sponsoredproducts", "sponsoredbrands", "sp", "sb", "sponsoredbrandsvideo")),
    (_AMAZON, "Display", ("sponsoreddisplay", "sd", "dsp", "amazondsp", "display")),
    (_AMAZON, "CTV", ("sponsoredtv", "streamingtv", "st")),
)  # fmt: skip

_SEARCHING: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Cross-network", ("pmax", "performance max", "perf max", "smart shopping")),
    ("Paid Video", ("youtube", "trueview")),
    ("Cross-network", ("demand gen", "demandgen")),
    ("Paid Search", ("search", "rlsa", "dsa", "sem")),
    ("Paid Shopping", ("shopping", "pla")),
    ("Display", ("display", "gdn", "msan", "audience network", "retargeting", "remarketing")),
    ("Paid Video", ("video",)),
)
_NAMES: tuple[tuple[tuple[str, ...], tuple[tuple[str, tuple[str, ...]], ...]], ...] = (
    ((*_GOOGLE, *_MICROSOFT), _SEARCHING),
    (_AMAZON, (("Display", ("sponsored display", "dsp")), ("CTV", ("sponsored tv", "streaming tv")))),
)
# Of a platform that nobody knows, the name is all there is.
_NAMES_ANYWHERE: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("CTV", ("ctv", "ott", "connected tv")),
    ("Affiliates", ("affiliate", "affiliates")),
    ("Influencer", ("influencer", "influencers")),
    ("Audio", ("podcast", "audio")),
    *_SEARCHING,
    ("Paid Social", ("paid social",)),
)

_KNOWN_PLATFORM = site("platform", names=[platform for platforms in _DEFAULTS.values() for platform in platforms])

TYPE_RULES = tuple(
    Rule(channel, AllOf((In("platform", platforms), In("campaign_type", types))))
    for platforms, channel, types in _TYPES
)
NAME_RULES = (
    *(
        Rule(channel, AllOf((In("platform", platforms), words("campaign_name", phrases))))
        for platforms, patterns in _NAMES
        for channel, phrases in patterns
    ),
    *(
        Rule(channel, AllOf((Not(_KNOWN_PLATFORM), words("campaign_name", phrases))))
        for channel, phrases in _NAMES_ANYWHERE
    ),
)
SOURCE_RULES = tuple(Rule(channel, In("platform", platforms)) for channel, platforms in _DEFAULTS.items())


def _user_rules(rules: tuple[CampaignRule, ...]) -> tuple[Rule, ...]:
    compiled = []
    for platform, pattern, channel in rules:
        name = Like("campaign_name", fold(pattern))
        condition = name if platform == "*" else AllOf((In("platform", (joined(platform),)), name))
        compiled.append(Rule(stated_channel(channel) or UNASSIGNED, condition))
    return tuple(compiled)


def campaign_channel(
    *,
    platform: str | None,
    campaign_type: str | None = None,
    campaign_name: str | None = None,
    stated_channel: str | None = None,
    rules: tuple[CampaignRule, ...] = (),
) -> tuple[str, By]:
    """A campaign's channel, and what named it.

    Args:
        platform: In any spelling ("google_ads", "Google Ads"); an unknown one has no default.
        campaign_type: The platform's own, as its API or its interface writes it.
        campaign_name: As the platform has it; letters' case never counts.
        stated_channel: A channel that the file itself names, of ours in any spelling or the user's own.
        rules: The user's, the first that fits.

    >>> campaign_channel(platform="google_ads", campaign_type="PERFORMANCE_MAX")
    ('Cross-network', 'type')
    >>> campaign_channel(platform="google_ads", campaign_name="Brand", rules=(("*", "brand*", "Paid Other"),))
    ('Paid Other', 'rule')
    """
    values = {
        "platform": joined(platform),
        "campaign_type": joined(campaign_type),
        "campaign_name": fold(campaign_name),
    }
    found: tuple[str | None, ...] = (
        answer_of(_user_rules(rules), values, otherwise=None),
        channels.stated_channel(stated_channel),
        answer_of(TYPE_RULES, values, otherwise=None),
        answer_of(NAME_RULES, values, otherwise=None),
        answer_of(SOURCE_RULES, values, otherwise=UNASSIGNED),
    )
    return next((channel, by) for channel, by in zip(found, BY, strict=True) if channel is not None)


def campaign_channel_sql(
    *,
    platform: str = "platform",
    campaign_type: str = "campaign_type",
    campaign_name: str = "campaign_name",
    stated_channel: str = "stated_channel",
    rules: tuple[CampaignRule, ...] = (),
    are_folded: bool = False,
) -> tuple[str, str]:
    """`campaign_channel` as two expressions in SQL of both engines: the channel, and what named it.

    Columns are text and may be NULL; the user's rules are written into the expressions, which are
    long: ask them of campaigns, not of their days.

    Args:
        platform: A column's name, as are the next three.
        campaign_type: See `campaign_channel`.
        campaign_name: See `campaign_channel`.
        stated_channel: See `campaign_channel`.
        rules: See `campaign_channel`.
        are_folded: A step before has made `joined_sql` of platform and type and `fold_sql` of the
            name, so that the expressions stay within what Spark compiles.
    """
    folded = {"platform": platform, "campaign_type": campaign_type, "campaign_name": campaign_name}
    if not are_folded:
        folded = {
            "platform": joined_sql(platform),
            "campaign_type": joined_sql(campaign_type),
            "campaign_name": fold_sql(campaign_name),
        }
    return first_answer_sql(campaign_answers_sql(folded, stated_channel=stated_channel, rules=rules))


def campaign_answers_sql(
    folded: Mapping[str, str], *, stated_channel: str = "stated_channel", rules: tuple[CampaignRule, ...] = ()
) -> dict[By, str]:
    """What each word has to say of a campaign's channel, firmest first, in SQL; NULL: nothing.

    Args:
        folded: SQL of `joined_sql` of `platform` and `campaign_type`, and of `fold_sql` of `campaign_name`.
        stated_channel: A column's name.
        rules: The user's, the first that fits.
    """
    return {
        "rule": answer_sql(_user_rules(rules), folded, otherwise=None),
        "stated": channels.stated_channel_sql(stated_channel),
        "type": answer_sql(TYPE_RULES, folded, otherwise=None),
        "name": answer_sql(NAME_RULES, folded, otherwise=None),
        "source": answer_sql(SOURCE_RULES, folded, otherwise=UNASSIGNED),
    }


def first_answer_sql(answers: Mapping[By, str]) -> tuple[str, str]:
    """The channel, and what named it: the first of `campaign_answers_sql`, or of the columns that a step made of them.

    The answers are long and each is written twice, so what is asked of many campaigns has such a step.
    """
    named = "\n".join(f"WHEN {answer} IS NOT NULL THEN {text_sql(by)}" for by, answer in answers.items())
    return f"coalesce({', '.join(answers.values())})", f"CASE {named} END"
