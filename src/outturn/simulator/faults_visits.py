"""Faults of visits: what links, redirects and pages do to the address of an arrival."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote_plus, urlsplit, urlunsplit

from outturn.domain.time import zone
from outturn.simulator.aurora import AURORA
from outturn.simulator.fault_files import counted, heads, is_event, net_micros
from outturn.simulator.landing import SHOP
from outturn.simulator.planted import Fault, Planted, chosen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np

    from outturn.simulator.fault_files import Files, Message

_SEGMENT = {"source": "segment"}
_BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
_CAMPAIGN = "Generic | Lamps, EU"
_GOOGLE = ("google", "youtube")
_BUSY = range(9, 21)


def query_of(message: Message) -> dict[str, str]:
    """The parameters of a page's address."""
    return dict(parse_qsl(urlsplit(message["context"]["page"]["url"]).query, keep_blank_values=True))


def set_query(message: Message, query: Mapping[str, str]) -> None:
    """Write a page's address anew, and what the tracker's library reads from its tags."""
    page = message["context"]["page"]
    text = "&".join(f"{key}={quote_plus(value)}" for key, value in query.items())
    page["url"] = urlunsplit((*urlsplit(page["url"])[:3], text, ""))
    tags = {key.removeprefix("utm_"): value for key, value in query.items() if key.startswith("utm_")}
    told = {"name" if key == "campaign" else key: value for key, value in tags.items()}
    message["context"].pop("campaign", None)
    if told:
        message["context"]["campaign"] = told


def change_pages(
    files: Files,
    share: float,
    rng: np.random.Generator,
    which: Callable[[Message], bool],
    change: Callable[[Message], None],
) -> list[Message]:
    """Change a share of the pages of some kind; those that were changed."""
    messages = files.messages()
    changed = chosen([one for one in messages if one["type"] == "page" and which(one)], share, rng)
    for one in changed:
        change(one)
    files.write_messages(messages)
    return changed


def _without(*names: str) -> Callable[[Message], None]:
    def change(message: Message) -> None:
        set_query(message, {key: value for key, value in query_of(message).items() if key not in names})

    return change


def _with(**values: str) -> Callable[[Message], None]:
    return lambda message: set_query(message, {**query_of(message), **values})


def _drop_click_ids(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """A redirect of one campaign's landing page drops gclid."""
    mine = {"utm_campaign": _CAMPAIGN}
    change_pages(files, share, rng, lambda one: mine.items() <= query_of(one).items(), _without("gclid"))
    bare = [query_of(one) for one in files.messages() if one["type"] == "page"]
    rows = sum(mine.items() <= query.items() and "gclid" not in query for query in bare)
    return Planted(rows, where={"platform": "google_ads", "campaign": _CAMPAIGN})


def _lower_click_ids(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """A redirect puts the whole address into small letters."""

    def lower(message: Message) -> None:
        query = query_of(message)
        set_query(message, {**query, "gclid": query["gclid"].lower()})

    changed = change_pages(files, share, rng, lambda one: "gclid" in query_of(one), lower)
    return Planted(len(changed), where={"platform": "google_ads", "subject": "in small letters"})


def _drop_tags(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """Ads of Google without a template: the click id alone is left."""
    tags = ("utm_source", "utm_medium", "utm_campaign")
    change_pages(files, share, rng, lambda one: {"gclid", "utm_campaign"} <= query_of(one).keys(), _without(*tags))
    queries = [query_of(one).keys() for one in files.messages() if one["type"] == "page"]
    rows = sum("gclid" in query and not {"utm_campaign", "gad_campaignid"} & query for query in queries)
    return Planted(rows, where={"platform": "google_ads"})


def _fill_no_template(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """The template stands where Google does not fill it in."""

    def google(message: Message) -> bool:
        return query_of(message).get("utm_source") in _GOOGLE

    change_pages(files, share, rng, google, _with(utm_campaign="{campaignid}"))
    pages = [one for one in files.messages() if one["type"] == "page" and google(one)]
    rows = sum("{" in query_of(one)["utm_campaign"] for one in pages)
    return Planted(rows, where={"platform": "google_ads"})


def _spell_otherwise(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """Somebody else writes the links: a source with a capital, a campaign with two letters that changed places."""
    change_pages(
        files, share, rng, lambda one: query_of(one).get("utm_source") == "facebook", _with(utm_source="Facebook")
    )
    slip = _CAMPAIGN.replace("eric", "eirc")
    changed = change_pages(
        files, share, rng, lambda one: query_of(one).get("utm_campaign") == _CAMPAIGN, _with(utm_campaign=slip)
    )
    return Planted(len(changed), where={"subject": f"utm_campaign {slip}, else {_CAMPAIGN}"})


def _tag_own_links(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """The banner on the home page carries tags."""
    tags = _with(utm_source="homepage", utm_medium="teaser", utm_campaign="spring")
    changed = change_pages(files, share, rng, lambda one: one["messageId"].startswith("q-"), tags)
    return Planted(len(changed), where=_SEGMENT)


def _split_hosts(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """The basket lies on a host of its own, which the tracker does not know."""

    def refer(message: Message) -> None:
        message["context"]["page"]["referrer"] = f"{SHOP.replace('www.', 'basket.')}/"

    changed = change_pages(files, share, rng, lambda one: one["messageId"].startswith("q-"), refer)
    return Planted(len(changed), where={**_SEGMENT, "subject": "basket.aurora-lamps.example"})


def _come_back_from_paying(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """Buyers come back to a thank-you page that sees PayPal as the referrer."""
    messages = files.messages()
    orders = {order["Id"]: order for order in heads(files.orders()) if counted(order)}
    bought = [one for one in messages if is_event(one, "Order Completed") and one["properties"]["order_id"] in orders]
    paid = {id(one) for one in chosen(bought, share, rng)}
    pages = [one for one in messages if one["type"] == "page"]
    told, money = [], 0
    for one in messages:
        told.append(one)
        if id(one) in paid:
            page = json.loads(json.dumps(pages[0])) | {
                "messageId": f"t-{one['messageId']}", "anonymousId": one["anonymousId"], "userId": one["userId"],
                "timestamp": one["timestamp"], "receivedAt": one["receivedAt"],
            }  # fmt: skip
            set_query(page, {})
            page["context"]["page"] |= {"referrer": "https://www.paypal.com/checkoutnow", "url": f"{SHOP}/thanks"}
            told.append(page)
            money += net_micros(orders[one["properties"]["order_id"]])
    files.write_messages(told)
    return Planted(len(paid), money, {**_SEGMENT, "subject": "paypal.com"})


def _write_email(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """The newsletter's form sends its address on in the URL."""
    changed = change_pages(files, share, rng, lambda _one: True, _with(email="ana.lamp@mail.example"))
    return Planted(len(changed), where=_SEGMENT)


def _send_bots(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """Crawlers open pages."""

    def crawl(message: Message) -> None:
        message["context"]["userAgent"] = _BOT

    changed = change_pages(files, share, rng, lambda _one: True, crawl)
    return Planted(len(changed), where=_SEGMENT)


def _go_silent(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """The tag is gone for some hours, from eight in the morning UTC of some day in the middle."""
    messages = files.messages()
    first, last = (datetime.fromisoformat(messages[at]["timestamp"]) for at in (0, -1))
    days = (last - first).days
    begin = first.replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(days=int(rng.integers(10, days - 10)))
    end = begin + timedelta(hours=max(1, round(share * days * 24)))
    lost = [one for one in messages if begin <= datetime.fromisoformat(one["timestamp"]) < end]
    gone = {id(one) for one in lost}
    files.write_messages([one for one in messages if id(one) not in gone])
    bought = {one["properties"]["order_id"] for one in lost if is_event(one, "Order Completed")}
    money = sum(net_micros(order) for order in heads(files.orders()) if counted(order) and order["Id"] in bought)
    own = (begin.astimezone(zone(AURORA.shop_zone)), (end - timedelta(hours=1)).astimezone(zone(AURORA.shop_zone)))
    where = {**_SEGMENT, "first_day": own[0].date().isoformat()}
    if own[1].hour in _BUSY:  # Of a stretch that ends at night nobody can say to the hour when it does.
        where["last_day"] = own[1].date().isoformat()
    # How many would have come, nobody can say to the last one: the check estimates.
    rows = sum(one["type"] in {"page", "track"} for one in lost)
    return Planted(None, where=where, gone_rows=rows, gone_micros=money)


FAULTS: Mapping[str, Fault] = {
    "tracking_outage": _go_silent,
    "click_id_coverage": _drop_click_ids,
    "click_ids_altered": _lower_click_ids,
    "utm_missing": _drop_tags,
    "utm_templates": _fill_no_template,
    "utm_spelling": _spell_otherwise,
    "internal_utm": _tag_own_links,
    "self_referrals": _split_hosts,
    "payment_referrals": _come_back_from_paying,
    "email_in_urls": _write_email,
    "bot_share": _send_bots,
}
