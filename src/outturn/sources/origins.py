"""What a CRM notes of how someone came: tags, click ids, the first page and referrer become one touch of that person.

The touch is dated as the CRM says: when the first page was seen, else the first conversion, else when it wrote the
person down. Tags and click ids say more than a source that the CRM made of them, so that one counts where they lack.
They stand as a page that was seen: channel rules read them as they read any visit's, and a visit that tracking saw at
that time with the same marks is the same visit, not a second one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outturn.domain.urls import CLICK_IDS, UTM_PARAMETERS
from outturn.sources.addresses import ARRIVAL_COLUMNS, arrival_columns, kept_address, kept_text
from outturn.sources.source import Cell, Kind

if TYPE_CHECKING:
    from outturn.sources.crm import Crm

_OWN_NAMES = {
    "gclid": ("Google ad click id", "property_hs_google_click_id", "hs_google_click_id"),
    "fbclid": ("Facebook click id", "property_hs_facebook_click_id", "hs_facebook_click_id"),
}


def _spellings(name: str) -> tuple[str, ...]:
    """The headers of a field that every business adds for itself, as exports, connectors and packages write them."""
    return (
        name, name.replace("_", " "), f"{name}_c", f"{name}__c", f"property_{name}", f"pi_{name}_c", f"pi__{name}__c",
        *_OWN_NAMES.get(name, ()),
    )  # fmt: skip


ORIGIN_CELLS = (
    *(Cell(f"said_{name}", Kind.TEXT, tuple(dict.fromkeys(_spellings(name)))) for name in UTM_PARAMETERS),
    *(Cell(f"said_{one.name}", Kind.TEXT, tuple(dict.fromkeys(_spellings(one.name)))) for one in CLICK_IDS),
    Cell(
        "first_url", Kind.TEXT,
        ("First Page Seen", "property_hs_analytics_first_url", "hs_analytics_first_url", "pi_first_touch_url_c",
         "pi__first_touch_url__c", "landing_page_c", "landing_page__c", "Landing Page"),
    ),
    Cell(
        "first_referrer", Kind.TEXT,
        ("First Referring Site", "property_hs_analytics_first_referrer", "hs_analytics_first_referrer", "referrer_c",
         "referrer__c", "Referrer"),
    ),
)  # fmt: skip
_STATED = {
    **{name: kept_text(f"said_{name}") for name in UTM_PARAMETERS},
    **{one.name: f"said_{one.name}" for one in CLICK_IDS},
}


def origin_events(crm: Crm, rows: str) -> str:
    """A SELECT of `events`.

    Args:
        crm: Who notes it.
        rows: A SELECT of the cells above with line, noted_of (the id of that), seen_at, crm_key,
            email_key, phone_key, stated_channel and platform.
    """
    tagged = ", ".join(ARRIVAL_COLUMNS)
    return f"""
        WITH addressed AS (
            SELECT *, {kept_address("first_url")} AS url, {kept_address("first_referrer")} AS referrer FROM ({rows})
        ), arrived AS (
            SELECT
                line, noted_of, seen_at, crm_key, email_key, phone_key, url, referrer, stated_channel, platform,
                {arrival_columns("url", _STATED)}
            FROM addressed WHERE seen_at IS NOT NULL AND COALESCE(crm_key, email_key, phone_key) IS NOT NULL
        ), told AS (
            SELECT
                *, COALESCE({tagged}) IS NULL AND stated_channel IS NOT NULL AS by_name,
                COALESCE({tagged}, url, referrer) IS NOT NULL AS by_arrival
            FROM arrived
        )
        SELECT
            * EXCLUDE (noted_of, seen_at, by_name, by_arrival, stated_channel, platform, url, referrer),
            noted_of || ':origin' AS event_id, '{crm.name}' AS source,
            CASE WHEN by_name THEN 'touch' ELSE 'page' END AS type,
            seen_at AS occurred_at, getvariable('now') AS received_at, 'file' AS trust,
            CASE WHEN NOT by_name THEN url END AS url, CASE WHEN NOT by_name THEN referrer END AS referrer,
            CASE WHEN by_name THEN stated_channel END AS stated_channel,
            CASE WHEN by_name THEN platform END AS platform, CASE WHEN by_name THEN 'visit' END AS touch_kind
        FROM told WHERE by_name OR by_arrival
    """  # noqa: S608
