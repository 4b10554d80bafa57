"""`outturn links`: what is made, shown, and told once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.terminal import answer, outturn

if TYPE_CHECKING:
    from pathlib import Path


def test_a_link_is_made_shown_and_put_out_of_use(empty: Path) -> None:
    assert answer("-w", empty, "links") == {"links": []}
    to = "https://shop.example/sale?a={sub1}&b={sub_1}"
    options = ("--to", to, "--channel", "affiliates", "--partner", "ana", "--currency", "eur")
    made = answer("-w", empty, "links", "add", "spring", *options, "--host", "https://t.shop.example/")
    assert (made["destination"], made["channel"], made["currency"]) == (to, "Affiliates", "EUR")
    assert (made["unknown_macros"], len(made["secret"]), made["postbacks"]) == (["sub_1"], 32, True)
    assert made["addresses"] == {
        "click": "https://t.shop.example/c/spring",
        "impression": "https://t.shop.example/i/spring.gif",
        "postback": "https://t.shop.example/postback?link=spring&secret=SECRET&click_id=CLICK_ID&txid=TRANSACTION_ID"
        "&status=STATUS&amount=AMOUNT&payout=PAYOUT",
    }
    shown = answer("-w", empty, "links", "show", "spring")
    assert shown["addresses"]["click"] == "http://127.0.0.1:8787/c/spring"
    assert made["secret"] not in str(shown)
    assert answer("-w", empty, "links", "disable", "spring")["state"] == "disabled"
    assert [link["state"] for link in answer("-w", empty, "links")["links"]] == ["disabled"]
    assert answer("-w", empty, "links", "enable", "spring")["state"] == "active"
    assert "is out of use" in outturn("-w", empty, "links", "disable", "spring").out
    assert "is in use again" in outturn("-w", empty, "links", "enable", "spring").out
    assert answer("-w", empty, "links", "secret", "spring")["secret"] != made["secret"]


def test_people_are_shown_what_to_paste_and_what_nothing_fills(empty: Path) -> None:
    done = outturn("-w", empty, "links", "add", "spot", "--kind", "vast", "--channel", "ctv")
    assert "http://127.0.0.1:8787/i/spot/complete.gif?id=[TRANSACTIONID]" in done.out
    assert "SECRET" not in done.out
    done = outturn("-w", empty, "links", "add", "a", "--to", "https://shop.example/?x={nothing}", "--channel", "email")
    assert "Nothing fills {nothing}" in done.err
    assert "It is kept nowhere" in done.out
    assert "https://shop.example/" in outturn("-w", empty, "links").out
    for wrong, message in (
        (("a", "--to", "https://x.example/", "--channel", "email"), "There is a link 'a' already"),
        (("b", "--to", "javascript:alert(1)", "--channel", "email"), "is no destination of a link"),
    ):
        done = outturn("-w", empty, "links", "add", *wrong)
        assert (done.code, message in done.err) == (2, True)
    assert "Did you mean 'spot'" in outturn("-w", empty, "links", "show", "spo").err
