"""A channel is the way by which a visit came: its rules are data, asked in Python of one and in SQL of all.

The groups are Google Analytics 4's default channel groups by their published rules, with CTV,
Influencer, AI Assistants and `(unassigned)` besides. Evidence counts in this order:

1. what the tags state: the medium, with source and campaign;
2. a click id, which proves its own platform's ad: `google / cpc` without gclid is Paid Search all the
   same, and a gclid alone proves Google, not which of Google's channels, so Paid Search is then only
   the default. A link with a click id in it that is shared elsewhere is taken for an ad again: the
   address alone cannot tell;
3. the source without a medium, then the referrer's host. `fbclid` comes after both, since Meta adds
   it to organic links too;
4. nothing at all is Direct, and what no rule names is `(unassigned)`.

Where two published rules hold, the stated medium goes before the source and the campaign's name:
`shopify / email` is Email. The business's own hosts are taken out of the referrers before.

References:
    Google, Analytics Help, "Default channel group", support.google.com/analytics/answer/9756891.
"""

from __future__ import annotations

from functools import lru_cache

from outturn.domain.channel_sources import AI, CTV, DISPLAY_NETWORK, SEARCH, SHOPPING, SOCIAL, VIDEO, WEBMAIL
from outturn.domain.conditions import (
    AllOf,
    AnyOf,
    Condition,
    In,
    Like,
    Matches,
    Not,
    Rule,
    answer_of,
    answer_sql,
    fold,
    fold_sql,
    text_sql,
)
from outturn.domain.urls import CLICK_IDS

UNASSIGNED = "(unassigned)"
CHANNELS: tuple[str, ...] = (
    "Direct", "Cross-network", "Paid Shopping", "Paid Search", "Paid Social", "Paid Video", "Display", "Paid Other",
    "Organic Shopping", "Organic Social", "Organic Video", "Organic Search", "Referral", "Email", "Affiliates", "Audio",
    "SMS", "Mobile Push", "CTV", "Influencer", "AI Assistants", UNASSIGNED,
)  # fmt: skip
COLUMNS = ("source", "medium", "campaign", "referrer_host", "click_id_kind")

# What trackers write where there is nothing.
_NOTHING = ("", "(none)", "(not set)", "(direct)", "(referral)", "(organic)", "none", "null")
_EMAIL = ("email", "e-mail", "e_mail", "e mail")
_NO_MEDIUM = In("medium", _NOTHING)
_NO_CLICK_ID = In("click_id_kind", ("",))
_NO_REFERRER = In("referrer_host", _NOTHING)
_PAID = AnyOf((Like("medium", "*cp*"), Like("medium", "paid*"), In("medium", ("ppc", "retargeting"))))
_SHOP_CAMPAIGN = Matches("campaign", "(^|[^a-df-z])shop|shopping")


def _all(*conditions: Condition) -> AllOf:
    return AllOf(conditions)


def _any(*conditions: Condition) -> AnyOf:
    return AnyOf(conditions)


_STATED_BEFORE_CLICKS: tuple[Rule, ...] = (
    Rule("Direct", _all(In("source", ("(direct)", "direct")), _NO_MEDIUM, _NO_CLICK_ID)),
    Rule("Cross-network", Like("campaign", "*cross-network*")),
    Rule("CTV", In("medium", ("ctv", "ott", "connected tv", "connected-tv", "connected_tv", "connectedtv", "paid_ctv",
                              "paid-ctv"))),
    Rule("CTV", _all(CTV.named_in("source"), _PAID)),
    Rule("Influencer", In("medium", ("influencer", "influencers", "influencer-marketing", "influencer_marketing",
                                     "paid_influencer", "paid-influencer", "creator", "creators"))),
    # The medium that Google Analytics gives since May 2026 to visits from chatbots.
    Rule("AI Assistants", In("medium", ("ai-assistant", "ai_assistant", "ai assistant"))),
    Rule("Paid Shopping", _all(_any(SHOPPING.named_in("source"), _SHOP_CAMPAIGN), _PAID)),
    Rule("Paid Search", _all(SEARCH.named_in("source"), _PAID)),
    Rule("Paid Social", _all(SOCIAL.named_in("source"), _PAID)),
    Rule("Paid Video", _all(VIDEO.named_in("source"), _PAID)),
    Rule("Display", In("medium", ("display", "banner", "expandable", "interstitial", "cpm"))),
    Rule("Paid Other", _PAID),
)  # fmt: skip


def _clicked(*platforms: str) -> In:
    names = tuple(click_id.name for click_id in CLICK_IDS if click_id.platform in platforms and click_id.paid)
    return In("click_id_kind", tuple(name for name in names if name != "dclid"))


_GOOGLE_CLICK = _clicked("google_ads")
_CLICKS: tuple[Rule, ...] = (
    Rule("Paid Video", _all(_GOOGLE_CLICK, _any(VIDEO.named_in("source"), VIDEO.named_in("referrer_host")))),
    Rule("Paid Shopping", _all(_GOOGLE_CLICK, _SHOP_CAMPAIGN)),
    Rule("Display", _all(_GOOGLE_CLICK, DISPLAY_NETWORK.named_in("referrer_host"))),
    # The default of the source, not proof: gclid says Google, not which of its channels.
    Rule("Paid Search", _GOOGLE_CLICK),
    # Campaign Manager's and DV360's, whose ads are mostly display.
    Rule("Display", In("click_id_kind", ("dclid",))),
    Rule("Paid Search", _clicked("microsoft_ads")),
    Rule("Paid Social", _clicked("tiktok_ads", "linkedin_ads", "x_ads", "reddit_ads", "snapchat_ads", "pinterest_ads")),
    Rule("Affiliates", _clicked("impact", "awin", "cj")),
)

_STATED: tuple[Rule, ...] = (
    Rule("Email", In("medium", _EMAIL)),
    Rule("Affiliates", In("medium", ("affiliate", "affiliates"))),
    Rule("Audio", In("medium", ("audio",))),
    Rule("SMS", In("medium", ("sms",))),
    Rule("Mobile Push", Like("medium", "*push")),
    Rule("Organic Social", In("medium", ("social", "social-network", "social-media", "sm", "social network",
                                         "social media"))),
    Rule("AI Assistants", AI.named_in("source")),
    Rule("Email", WEBMAIL.named_in("source")),
    Rule("Organic Shopping", _any(SHOPPING.named_in("source"), _SHOP_CAMPAIGN)),
    Rule("Organic Social", SOCIAL.named_in("source")),
    Rule("Organic Video", _any(VIDEO.named_in("source"), Like("medium", "*video*"))),
    Rule("Organic Search", _any(SEARCH.named_in("source"), In("medium", ("organic",)))),
    Rule("Referral", In("medium", ("referral", "app", "link"))),
    Rule("Email", In("source", _EMAIL)),
    Rule("SMS", In("source", ("sms",))),
    Rule("Mobile Push", _any(Like("medium", "*mobile*"), Like("medium", "*notification*"))),
    Rule("Mobile Push", In("source", ("firebase",))),
)  # fmt: skip

_REFERRED: tuple[Rule, ...] = (
    Rule("AI Assistants", AI.named_in("referrer_host")),
    Rule("Email", WEBMAIL.named_in("referrer_host")),
    Rule("Organic Shopping", SHOPPING.named_in("referrer_host")),
    Rule("Organic Social", SOCIAL.named_in("referrer_host")),
    Rule("Organic Video", VIDEO.named_in("referrer_host")),
    Rule("Organic Search", SEARCH.named_in("referrer_host")),
    Rule("Referral", Not(_NO_REFERRER)),
    Rule("Organic Social", In("click_id_kind", ("fbclid",))),
    Rule("Direct", _all(In("source", (*_NOTHING, "direct")), In("campaign", _NOTHING), _NO_CLICK_ID)),
)

# A click id before what is stated where no medium is stated; after it where a medium is that no rule names.
RULES: tuple[Rule, ...] = (
    *_STATED_BEFORE_CLICKS,
    *(Rule(rule.answer, _all(_NO_MEDIUM, rule.condition)) for rule in _CLICKS),
    *_STATED,
    *_CLICKS,
    *(Rule(rule.answer, _all(_NO_MEDIUM, rule.condition)) for rule in _REFERRED),
)


@lru_cache(maxsize=100_000)
def channel_of(
    *,
    source: str | None = None,
    medium: str | None = None,
    campaign: str | None = None,
    referrer_host: str | None = None,
    click_id_kind: str | None = None,
) -> str:
    """The channel of one visit, out of `CHANNELS`.

    Args:
        source: utm_source or what a tracker took for it; letters' case never counts.
        medium: utm_medium or a tracker's.
        campaign: utm_campaign, the campaign's name.
        referrer_host: As `urls.host_of` gives it; None for the business's own hosts.
        click_id_kind: The click id that the visit itself carried, as `urls.click_id_kind` names it.

    >>> channel_of(source="google", medium="cpc"), channel_of(referrer_host="l.facebook.com"), channel_of()
    ('Paid Search', 'Organic Social', 'Direct')
    """
    given = (source, medium, campaign, referrer_host, click_id_kind)
    values = dict(zip(COLUMNS, map(fold, given), strict=True))
    return str(answer_of(RULES, values, otherwise=UNASSIGNED))


def channel_sql(
    *,
    source: str = "source",
    medium: str = "medium",
    campaign: str = "campaign",
    referrer_host: str = "referrer_host",
    click_id_kind: str = "click_id_kind",
    are_folded: bool = False,
) -> str:
    """`channel_of` as one CASE expression in SQL of both engines, over columns of type text that may be NULL.

    It is long: ask it of distinct combinations, not of every event, and of many only after a step
    that has folded them.

    Args:
        source: A column's name, as are the others.
        medium: See `channel_of`.
        campaign: See `channel_of`.
        referrer_host: See `channel_of`.
        click_id_kind: See `channel_of`.
        are_folded: The columns hold `conditions.fold_sql` of the values already: thirty times faster.
    """
    given = (source, medium, campaign, referrer_host, click_id_kind)
    folded = given if are_folded else map(fold_sql, given)
    return answer_sql(RULES, dict(zip(COLUMNS, folded, strict=True)), otherwise=UNASSIGNED)


_JOINING = " _-()"
_KNOWN = {fold(name).translate({ord(sign): None for sign in _JOINING}): name for name in CHANNELS}
_KNOWN |= {"aiassistant": "AI Assistants", "affiliate": "Affiliates", "mobilepushnotifications": "Mobile Push"}


def joined(text: str | None) -> str:
    """A folded name without blanks, `_`, `-` and brackets, so that "Paid Search" equals "paid_search"."""
    return fold(text).translate({ord(sign): None for sign in _JOINING})


def joined_sql(column: str) -> str:
    """`joined` in SQL of both engines."""
    return f"translate({fold_sql(column)}, 'a{_JOINING}', 'a')"


def stated_channel(text: str | None) -> str | None:
    """A channel that a file names: a group of `CHANNELS` in any spelling of its name, else as it stands.

    >>> stated_channel("paid_search"), stated_channel("ch7"), stated_channel(" (not set) ")
    ('Paid Search', 'ch7', None)
    """
    if fold(text) in _NOTHING:
        return None
    return _KNOWN.get(joined(text), (text or "").strip(" "))


def stated_channel_sql(column: str) -> str:
    """`stated_channel` in SQL of both engines; NULL where the column names none."""
    nothing = In("column", _NOTHING).sql({"column": fold_sql(column)})
    known = " ".join(f"WHEN {text_sql(key)} THEN {text_sql(name)}" for key, name in _KNOWN.items())
    return f"CASE WHEN {nothing} THEN NULL ELSE CASE {joined_sql(column)} {known} ELSE trim({column}, ' ') END END"
