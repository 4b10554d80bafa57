"""Touches: sessions, channels, campaigns, and the visits that a shop noted with its orders."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from outturn.domain.urls import CLICK_ID_PRECEDENCE
from outturn.journeys.touches import Unassigned, Unjoined
from tests.journeys.world import Built, World, days, key

ANA = {"anonymous": "a"}
BRAND: dict[str, Any] = {"utm_source": "google", "utm_medium": "cpc", "utm_campaign": "brand"}
NEWS: dict[str, Any] = {"utm_source": "news", "utm_medium": "email", "utm_campaign": "march"}


def test_stated_touches_are_touches_as_they_are() -> None:
    world = World()
    world.touch("ana", "paid_search", at=1, platform="google_ads", campaign_id="7", ad_id="9", event_id="t:1")
    world.touch("ana", "ch7", at=2, touch_kind="view")
    world.touch("ana", "Email", at=3, is_bot=True)
    found = Built(world)
    assert found.touches("touch_id", "channel", "platform", "campaign_key", "touch_kind", "ad_id", "joined_by") == [
        ("t:1", "Paid Search", "google_ads", "7", "click", "9", None),
        ("test:0002", "ch7", "", "", "view", None, None),
    ]
    assert (found.touches_found.touches, found.touches_found.bots, found.touches_found.nobody) == (2, 1, 0)


def test_places_are_numbered_from_none_on_and_touches_lie_by_person_and_time() -> None:
    world = World()
    for number in range(60):
        world.touch(f"u{number % 7}", f"c{number % 4}", at=(number * 37) % 50)
    world.spend("meta_ads", campaign_id="5", campaign_name="Never clicked")
    found = Built(world)
    assert found.rows("SELECT place, channel, campaign_key FROM places ORDER BY place") == [
        (0, "(none)", ""), (1, "Paid Social", "5"), (2, "c0", ""), (3, "c1", ""), (4, "c2", ""), (5, "c3", ""),
    ]  # fmt: skip
    order = "bucket, person_id, occurred_at, place, touch_id"
    lies = found.rows(f"SELECT {order.replace('occurred_at', 'outturn_micros(occurred_at)')} FROM touches")
    assert lies == sorted(lies)
    assert found.rows("SELECT COUNT(*) FROM touches INNER JOIN people USING (person_id, bucket)") == [(60,)]


def test_a_session_ends_after_more_than_30_minutes() -> None:
    world = World()
    for at in (0, 30, 60, 90.1):
        world.page(ANA, at=at)
    assert Built(world).touches() == [(0, "Direct"), (90, "Direct")]


def test_own_pages_are_no_referrers_and_a_payment_page_on_the_way_is_none_either() -> None:
    world = World()
    world.page(ANA, at=0, referrer="https://www.google.com/")
    world.page(ANA, at=5, referrer="https://www.shop.example/cart")
    world.page(ANA, at=6, referrer="https://www.paypal.com/pay")
    world.page(ANA, at=100, referrer="https://shop.example/")
    world.page(ANA, at=200, referrer="https://blog.example/")
    assert Built(world).touches() == [(0, "Organic Search"), (100, "Direct"), (200, "Referral")]
    own = world.having(own_hosts=("https://www.blog.example/",))
    assert Built(own).touches()[-1] == (200, "Direct")


def test_a_change_of_campaign_begins_a_session_and_a_reload_does_not() -> None:
    world = World()
    world.page(ANA, at=0, **BRAND, gclid="G1")
    world.page(ANA, at=1, **BRAND)
    world.page(ANA, at=2)
    world.page(ANA, at=3, **NEWS)
    world.page(ANA, at=4, **BRAND, gclid="G2")
    world.page(ANA, at=5, **BRAND, gclid="G3")
    assert Built(world).touches() == [(0, "Paid Search"), (3, "Email"), (4, "Paid Search"), (5, "Paid Search")]


def test_the_first_evidence_of_a_session_gives_its_touch() -> None:
    world = World()
    world.event("track", ANA, at=0, name="consent")
    world.page(ANA, at=1)
    world.page(ANA, at=2, **NEWS, event_id="t:mail")
    world.page(ANA, at=60, referrer="https://www.bing.com/")
    world.page(ANA, at=61, **NEWS)
    assert Built(world).touches("touch_id", "channel") == [
        ("t:mail", "Email"), ("test:0004", "Organic Search"), ("test:0005", "Email"),
    ]  # fmt: skip


def test_a_session_of_the_source_begins_one_here_too() -> None:
    world = World()
    world.page(ANA, at=0, session_id="s1")
    world.page(ANA, at=1, session_id="s2")
    world.page(ANA, at=2, session_id="s1")
    world.page(ANA, at=45, session_id="s2")
    assert Built(world).touches() == [(0, "Direct"), (1, "Direct"), (45, "Direct")]


def test_a_servers_event_is_no_visit_and_keeps_none_apart() -> None:
    world = World()
    world.event("track", ANA, at=0, name="Order Completed")
    world.event("track", {"anonymous": "b"}, at=0, name="Click", url="https://shop.example/")
    assert Built(world).touches() == [(0, "Direct")]


def test_bots_and_nobody_make_no_touches_and_are_counted() -> None:
    world = World()
    world.page(ANA, is_bot=True)
    world.page({}, at=1)
    found = Built(world)
    assert (found.touches_found.touches, found.touches_found.bots, found.touches_found.nobody) == (0, 1, 1)


GOOGLE_PMAX = {"campaign_id": "111", "campaign_name": "Spring Sale", "campaign_type": "PERFORMANCE_MAX"}


def _joined(world: World, *arrivals: dict[str, Any]) -> list[tuple[object, ...]]:
    for number, arrival in enumerate(arrivals):
        world.page({"anonymous": f"a{number}"}, at=number, **arrival)
    return Built(world).touches("channel", "platform", "account_id", "campaign_key", "joined_by")


def test_an_arrival_joins_its_campaign_and_takes_its_channel() -> None:
    world = World()
    world.spend("google_ads", account="42", **GOOGLE_PMAX)
    world.spend("meta_ads", campaign_id="222", campaign_name="Other")
    campaign = ("Cross-network", "google_ads", "42", "111")
    assert _joined(
        world,
        {**BRAND, "utm_campaign": "111"},
        {**BRAND, "utm_campaign": " spring sale"},
        {"utm_source": "google", "utm_medium": "cpc", "utm_id": "111"},
        {"gclid": "G", "gad_campaignid": "111"},
    ) == [(*campaign, "id"), (*campaign, "name"), (*campaign, "id"), (*campaign, "click_id")]


def test_what_is_no_evidence_for_the_campaign_does_not_join_it() -> None:
    world = World()
    world.spend("google_ads", account="42", **GOOGLE_PMAX)
    assert _joined(
        world,
        {"utm_source": "news", "utm_medium": "email", "utm_campaign": "Spring Sale"},
        {"utm_source": "facebook", "utm_medium": "paid", "utm_campaign": "Spring Sale"},
        # It proves Google, and no campaign.
        {"gclid": "G"},
    ) == [
        ("Email", "", "", "name:Spring Sale", None),
        ("Paid Social", "meta_ads", "", "name:Spring Sale", None),
        ("Paid Search", "google_ads", "", "", None),
    ]


def test_a_name_that_two_campaigns_bear_joins_neither_and_is_listed() -> None:
    world = World()
    world.spend("google_ads", campaign_id="1", campaign_name="Brand")
    world.spend("google_ads", campaign_id="2", campaign_name="brand")
    world.page(ANA, **BRAND)
    found = Built(world)
    assert found.touches("platform", "campaign_key", "joined_by") == [("google_ads", "name:brand", None)]
    assert found.touches_found.unjoined == (
        Unjoined("Paid Search", "google_ads", "brand", "google", "cpc", "", "", 2, 1),
    )


def test_a_stated_touch_joins_by_id_on_its_platform_only() -> None:
    world = World()
    world.spend("google_ads", account="42", **GOOGLE_PMAX)
    world.touch("ana", "Paid Search", at=1, platform="google_ads", campaign_id="111")
    world.touch("ana", "Paid Search", at=2, platform="meta_ads", campaign_id="111")
    world.touch("ana", "Display", at=3, campaign_name="Spring Sale")
    assert Built(world).touches("channel", "platform", "account_id", "campaign_key", "joined_by") == [
        ("Cross-network", "google_ads", "42", "111", "id"),
        ("Paid Search", "meta_ads", "", "111", None),
        ("Cross-network", "google_ads", "42", "111", "name"),
    ]


def test_what_no_rule_names_is_unassigned_and_listed() -> None:
    world = World()
    world.page(ANA, utm_source="leaflet", utm_medium="print")
    found = Built(world)
    assert found.touches("channel") == [("(unassigned)",)]
    assert found.touches_found.unassigned == (Unassigned("leaflet", "print", "", "", "", 1),)


def test_campaigns_take_the_users_rule_first_and_the_id_adopts_the_name() -> None:
    world = World().having(channel_rules=(("google_ads", "*youtube*", "Paid Video"),))
    world.spend("google_ads", campaign_name="Brand")
    world.spend("google_ads", campaign_id="1", campaign_name="Brand")
    world.spend("google_ads", campaign_name="Only named")
    world.spend("google_ads", campaign_id="2", campaign_name="A")
    world.spend("google_ads", campaign_id="2", campaign_name="A YouTube", import_id="i2")
    world.spend("tv", campaign_name="Spot", stated_channel="ctv")
    world.entity("google_ads", "3", "From the API", type="DISPLAY")
    assert Built(world).rows("SELECT campaign_key, campaign_name, channel, channel_by FROM campaigns ORDER BY 1") == [
        ("1", "Brand", "Paid Search", "source"),
        ("2", "A YouTube", "Paid Video", "rule"),
        ("3", "From the API", "Display", "type"),
        ("name:Only named", "Only named", "Paid Search", "source"),
        ("name:Spot", "Spot", "CTV", "stated"),
    ]


def test_an_orders_own_landing_is_a_touch_where_tracking_saw_none() -> None:
    mail = {"email": "ana@x.example"}
    world = World()
    world.outcome("seen-by-nobody", mail, at=10, gclid="G1", landing_url="/")
    world.outcome("direct", {"email": "ben@x.example"}, at=10, landing_url="/")
    world.outcome("nothing-noted", {"email": "cleo@x.example"}, at=10)
    assert Built(world).touches("touch_id", "channel", "touch_kind") == [
        ("outcome:direct", "Direct", "visit"), ("outcome:seen-by-nobody", "Paid Search", "visit"),
    ]  # fmt: skip


def test_an_orders_landing_that_tracking_saw_is_one_touch() -> None:
    cases: list[tuple[dict[str, Any], float, dict[str, Any], int]] = [
        ({"gclid": "G1"}, 0, {"gclid": "G1"}, 1),
        ({"gclid": "G2"}, -days(9), {"gclid": "G2"}, 1),
        ({"gclid": "G3"}, 0, {"gclid": "G4"}, 2),
        (BRAND, 0, BRAND, 1),
        (BRAND, -days(2), BRAND, 2),
        (BRAND, 0, NEWS, 2),
        (BRAND, 0, {}, 1),
        (BRAND, -days(2), {}, 2),
    ]
    world = World()
    for number, (tracked, at, noted, _) in enumerate(cases):
        world.page({"user": f"u{number}"}, at=at, **tracked)
        world.outcome(f"o{number}", {"user": f"u{number}"}, at=10, landing_url="/", **noted)
    found = Built(world)
    touches = dict(
        found.rows("SELECT identifier, COUNT(*) FROM touches INNER JOIN people USING (person_id) GROUP BY identifier")
    )
    assert [touches[key("user", f"u{number}")] for number in range(len(cases))] == [expected for *_, expected in cases]


def test_a_hubs_touches_stay_with_whom_the_row_names_beside_it() -> None:
    world = World()
    for number in range(25):
        world.event("touch", {"anonymous": "kiosk", "user": f"u{number}"}, stated_channel="Email")
    world.event("touch", {"anonymous": "kiosk"}, stated_channel="Email")
    assert Built(world).rows("SELECT COUNT(*), COUNT(DISTINCT person_id) FROM touches") == [(26, 26)]


def test_click_ids_speak_in_the_order_that_addresses_are_read_in() -> None:
    world = World()
    for number in range(len(CLICK_ID_PRECEDENCE)):
        seen: dict[str, Any] = dict.fromkeys(CLICK_ID_PRECEDENCE[number:], "x")
        noted: dict[str, Any] = dict.fromkeys(CLICK_ID_PRECEDENCE[number:], "y")
        world.page({"anonymous": f"a{number}"}, **seen)
        world.outcome(f"o{number:02d}", {"user": f"u{number}"}, **noted)
    found = Built(world)
    for table in ("visits", "landings"):
        kinds = found.rows(f"SELECT click_id_kind FROM {table} ORDER BY touch_id")
        assert tuple(kind for (kind,) in kinds) == CLICK_ID_PRECEDENCE


ARRIVALS = st.sampled_from(
    [
        {},
        {},
        BRAND,
        NEWS,
        {"gclid": "G1"},
        {"referrer": "https://www.google.com/"},
        {"session_id": "s1"},
        {"session_id": "s2"},
    ]
)
PAGES = st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 120), ARRIVALS), min_size=1, max_size=10)


@settings(max_examples=12)
@given(PAGES, st.data())
def test_touches_do_not_depend_on_the_order_of_rows(
    pages: list[tuple[str, int, dict[str, str]]], data: st.DataObject
) -> None:
    world = World()
    for browser, at, arrival in pages:
        world.page({"anonymous": browser}, at=at, **arrival)
    world.event("identify", {"anonymous": "a", "user": "ana"})
    rows = world.rows["events"]
    shuffled = World(world.context, {**world.rows, "events": data.draw(st.permutations(rows))})
    found, again = Built(world), Built(shuffled)
    everything = "SELECT * EXCLUDE (occurred_at), outturn_micros(occurred_at) FROM touches"
    assert found.rows(everything) == again.rows(everything)
    # Every touch is a hit of its person, and everyone who came has one.
    assert found.rows("SELECT COUNT(DISTINCT person_id) FROM touches") == [(len({browser for browser, _, _ in pages}),)]
    assert key("anonymous", "a") in set().union(*found.persons())
