"""The visitor's id: what a cookie gives back, and what a link can carry to another site."""

from __future__ import annotations

from http.cookies import SimpleCookie

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outturn.collector.visitors import (
    COOKIE_SECONDS,
    Visitor,
    clear_cookie,
    linked,
    linker,
    read_cookie,
    set_cookie,
)

SECRET = b"s" * 32
NOON = 1_780_000_000
IDS = st.binary(min_size=16, max_size=16).map(lambda raw: Visitor.new(lambda _: raw, 0).id)


def test_a_new_visitor_is_as_random_as_the_dice() -> None:
    assert Visitor.new(lambda count: b"\xff" * count, NOON) == Visitor("_____________________w", NOON)


@given(id_=IDS, born_at=st.integers(0, 10**10))
def test_what_is_set_is_read_back(id_: str, born_at: int) -> None:
    said = set_cookie(Visitor(id_, born_at), name="_ot")
    pair = said.split(";")[0]
    assert read_cookie(f"a=1; {pair}; b=2", "_ot") == Visitor(id_, born_at)


def test_the_cookie_is_out_of_reach_of_script_and_other_sites_for_395_days() -> None:
    visitor = Visitor("A" * 22, NOON)
    [cookie] = SimpleCookie(set_cookie(visitor, name="_ot", domain="shop.example")).values()
    assert cookie.value == f"{'A' * 22}.{NOON}"
    assert (cookie["max-age"], COOKIE_SECONDS) == ("34128000", 34_128_000)
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Lax")
    assert (cookie["path"], cookie["domain"]) == ("/", "shop.example")
    assert "Domain" not in set_cookie(visitor, name="_ot")
    assert "Secure" not in set_cookie(visitor, name="_ot", secure=False)


def test_forgetting_names_the_same_cookie() -> None:
    [cookie] = SimpleCookie(clear_cookie(name="_ot", domain="shop.example")).values()
    assert (cookie.value, cookie["max-age"], cookie["domain"], cookie["path"]) == ("", "0", "shop.example", "/")


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "theme=dark",
        "x_ot=AAAAAAAAAAAAAAAAAAAAAA.1",
        "_ot=",
        "_ot=AAAAAAAAAAAAAAAAAAAAAA",
        "_ot=AAAAAAAAAAAAAAAAAAAAAA.",
        "_ot=AAAAAAAAAAAAAAAAAAAAAA.-1",
        "_ot=AAAAAAAAAAAAAAAAAAAAAA.٣",
        "_ot=AAAAAAAAAAAAAAAAAAAAA.1",
        "_ot=AAAAAAAAAAAAAAAAAAAAAB.1",  # The last character's spare bits are never set.
        "_ot=AAAAAAAAAAA AAAAAAAAAAA.1",
        "_ot=<script>alert(1)</scri.1",
    ],
)
def test_what_we_did_not_write_is_no_visitor(header: str | None) -> None:
    assert read_cookie(header, "_ot") is None


def test_of_two_cookies_the_one_that_is_ours_counts() -> None:
    header = "_ot=garbage; _ot=BBBBBBBBBBBBBBBBBBBBBA.5; _ot=CCCCCCCCCCCCCCCCCCCCCA.6"
    assert read_cookie(header, "_ot") == Visitor("BBBBBBBBBBBBBBBBBBBBBA", 5)


@given(header=st.text(), name=st.text(min_size=1))
def test_no_header_is_an_error(header: str, name: str) -> None:
    read_cookie(header, name)
    read_cookie(f"{name}={header}", name)


@given(id_=IDS, at=st.integers(0, 10**10), late=st.integers(-120, 120))
def test_a_link_carries_the_id_for_two_minutes(id_: str, at: int, late: int) -> None:
    token = linker(id_, at, SECRET)
    assert linked(token, at + late, SECRET) == id_
    assert linked(token, at + 121, SECRET) is None
    assert linked(token, at - 121, SECRET) is None
    assert linked(token, at, b"another secret") is None


def test_a_token_is_short_url_safe_and_does_not_tell_the_id() -> None:
    id_ = Visitor.new(bytes, 0).id
    tokens = {linker(id_, NOON + second, SECRET) for second in range(50)}
    assert len(tokens) == 50
    assert {len(token) for token in tokens} == {50}
    assert all(
        set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") for token in tokens
    )
    assert not any("AAAAAA" in token[7:] for token in tokens)
    # Two people's tokens of one second have nothing but that second in common.
    one, other = linker("A" * 22, NOON, SECRET), linker("A" * 21 + "Q", NOON, SECRET)
    assert one[:6] == other[:6]
    assert sum(a == b for a, b in zip(one[7:], other[7:], strict=True)) < 10


@given(id_=IDS, place=st.integers(0, 49), character=st.sampled_from("ABCxyz019-_"))
def test_a_token_that_was_written_into_is_refused(id_: str, place: int, character: str) -> None:
    token = linker(id_, NOON, SECRET)
    changed = token[:place] + character + token[place + 1 :]
    assert linked(changed, NOON, SECRET) == (id_ if changed == token else None)


@given(token=st.text())
def test_no_token_is_an_error(token: str) -> None:
    assert linked(token, NOON, SECRET) is None


def test_only_an_id_of_ours_becomes_a_token() -> None:
    with pytest.raises(ValueError, match="not an id of ours"):
        linker("ana@example.com", NOON, SECRET)
