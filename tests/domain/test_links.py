"""Links: where they lead is decided when they are made, and by nothing that comes later."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outturn.domain.errors import UsageError
from outturn.domain.links import MACROS, SUB_IDS, Link, checked_destination, made_link, unknown_macros

NO_HARM = re.compile(r"[!#-;=?-\[\]_a-z{}~]+")
AT = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        ("https://shop.example", "https://shop.example/"),
        ("HTTPS://Shop.Example:8443/a b".replace(" ", ""), "https://shop.example:8443/ab"),
        ("https://shöp.example/grün?x=ä#ö", "https://xn--shp-tna.example/gr%C3%BCn?x=%C3%A4#%C3%B6"),
        ("http://[::1]:8000/", "http://[::1]:8000/"),
        ("https://shop.example/?id={click_id}&a={sub1}", "https://shop.example/?id={click_id}&a={sub1}"),
        ("https://shop.example/%7Bx%7D?q=%26", "https://shop.example/%7Bx%7D?q=%26"),
    ],
)
def test_a_web_address_is_a_destination(given_text: str, kept: str) -> None:
    assert checked_destination(given_text) == kept
    assert checked_destination(kept) == kept


@pytest.mark.parametrize(
    "text",
    [
        "", "shop.example", "//shop.example/", "javascript:alert(1)", "myapp://open", "ftp://shop.example/", "https:///x",
        "https://user@shop.example/", "https://user:pass@shop.example/", "https://shop.example\\@evil.example/",
        "https://shop.example/a b", "https://shop.example/\r\nset-cookie: a=b", "https://shop.example/\x00",
        "https://shop.example:99999/", "https://shop.example:0/", "https://shop.example:x/", "https://-/", "https://a..b/",
        "https://[::1", "https://[nonsense]/", "https://{sub1}.example/", "https://shop.example/{sub1}",
        "https://shop.example/#{sub1}", "https://shop.example/?a=" + "x" * 2000, "https://%0d%0a.example/",
        "https://shop.example/\u2028", "https://shop.example/\ud800",
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_none(text: str) -> None:
    with pytest.raises(UsageError, match="is no destination of a link"):
        checked_destination(text)


def test_macros_are_filled_and_the_click_id_goes_along() -> None:
    link = made_link(
        "spring", "click", "affiliates", created_at=AT,
        destination="https://net.example/?c={click_id}&l={link_id}&t={timestamp}&s={sub1}{sub2}&x={unknown}#top",
    )  # fmt: skip
    assert link.channel == "Affiliates"
    assert unknown_macros(link.destination) == ("unknown",)
    filled = link.address(click_id="C1", subs={"sub1": "a&b=c"}, timestamp=7, carried={"gclid": "G/1", "c": "no"})
    assert filled == "https://net.example/?c=C1&l=spring&t=7&s=a%26b%3Dc&x=&gclid=G%2F1#top"
    own = made_link("own", "click", "Email", created_at=AT, destination="https://shop.example/#top")
    assert own.address(click_id="C1", subs={}, timestamp=7) == "https://shop.example/?oclid=C1#top"
    assert own.address(click_id="", subs={}, timestamp=7) == "https://shop.example/#top"


def test_a_link_is_checked_when_it_is_made() -> None:
    wrong: list[tuple[dict[str, str], str]] = [
        ({"link_id": "a b"}, "no id for a link"),
        ({"kind": "clic"}, "Did you mean 'click'"),
        ({"channel": " (not set) "}, "needs a channel"),
        ({"kind": "vast"}, "leads nowhere"),
        ({"currency": "EURO"}, "not a currency"),
        ({"duplicates": "sum"}, "No duplicate mode"),
        ({"outcome_kind": "refund"}, "No kind of outcome"),
    ]
    usual = {"link_id": "a", "kind": "click", "channel": "Email", "destination": "https://shop.example/"}
    for changed, message in wrong:
        with pytest.raises(UsageError, match=message):
            made_link(**{**usual, **changed}, created_at=AT)
    made = made_link(**usual, currency="eur", partner="", created_at=AT)
    assert (made.currency, made.partner, made.duplicates, made.outcome_kind) == ("EUR", "", "update", "purchase")


QUERIES = st.lists(
    st.sampled_from(
        ["a=1", "oclid=x", "a={sub1}", "{sub2}={sub1}", "id={click_id}", "{nonsense}", "b", "=", "&", "x=%26"]
    ),
    max_size=5,
).map("&".join)  # fmt: skip
VALUES = st.text(st.characters(codec="utf-8"), max_size=30)


@given(
    front=st.sampled_from(["https://shop.example/", "http://shop.example:8080/a/b", "https://[::1]/x", "https://a.b"]),
    query=QUERIES,
    fragment=st.sampled_from(["", "#top", "#?a=1"]),
    subs=st.dictionaries(st.sampled_from(SUB_IDS), VALUES),
    carried=st.dictionaries(st.sampled_from(["gclid", "fbclid", "a"]), VALUES),
    click_id=st.sampled_from(["", "AAAAAAAAAAAAAAAAAAAAAA"]),
)
def test_nothing_that_fills_a_link_changes_where_it_leads(
    front: str, query: str, fragment: str, subs: dict[str, str], carried: dict[str, str], click_id: str
) -> None:
    stored = checked_destination(front + (f"?{query}" if query else "") + fragment)
    filled = Link("l", "click", "Email", stored).address(click_id=click_id, subs=subs, timestamp=1, carried=carried)
    before, after = urlsplit(stored), urlsplit(filled)
    assert (after.scheme, after.netloc, after.path, after.fragment) == (
        before.scheme, before.netloc, before.path, before.fragment
    )  # fmt: skip
    assert NO_HARM.fullmatch(filled)
    assert not any(f"{{{name}}}" in filled for name in MACROS)
    if click_id:
        assert click_id in filled or "oclid" in dict(parse_qsl(before.query))


@given(st.text(max_size=60) | st.builds("https://{}".format, st.text(max_size=40)))
def test_any_text_is_a_safe_destination_or_refused(text: str) -> None:
    try:
        kept = checked_destination(text)
    except UsageError:
        return
    parts = urlsplit(kept)
    assert parts.scheme in ("http", "https")
    assert parts.hostname
    assert "@" not in parts.netloc
    assert NO_HARM.fullmatch(kept)
    assert checked_destination(kept) == kept
