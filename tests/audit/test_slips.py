"""Which names are a slip of another: letters mistyped in one word, and never a number, a date, a country or a thing."""

from __future__ import annotations

import pytest

from outturn.audit.slips import slips

USUAL = 1_000


@pytest.mark.parametrize(
    ("usual", "rare"),
    [
        ("spring_prospecting_2026", "spring_prospectng_2026"),
        ("spring_prospecting_2026", "Spring-Prospectting 2026"),
        ("spring_prospecting_2026", "spring_porspecting_2026"),
        ("spring_prospecting_2026", "spring_prospekting_2026"),
        ("carpets | eu", "carpet | eu"),
    ],
)
def test_one_slip_in_one_word_is_found(usual: str, rare: str) -> None:
    assert slips({usual: USUAL, rare: 100}) == {rare: usual}


@pytest.mark.parametrize(
    ("usual", "other"),
    [
        ("spring_sale_1", "spring_sale_2"),
        ("newsletter_2026_03_01", "newsletter_2026_03_10"),
        ("prospecting_de", "prospecting_dk"),
        ("prospecting_us_east", "prospecting_us_west"),
        ("mens_shirts", "mens_shorts"),
        ("brand", "brands"),
        ("retarget", "retargeting"),
        ("prospecting_spring", "prospectng_autumn"),
        ("prospecting_spring", "prospecting"),
        ("prospecting", "prosptceing"),
        ("1_prospecting", "prospecting_1"),
    ],
)
def test_what_differs_on_purpose_is_no_slip(usual: str, other: str) -> None:
    assert slips({usual: USUAL, other: 5}) == {}


def test_a_name_that_is_used_nearly_as_much_is_its_own() -> None:
    assert slips({"prospecting": USUAL, "prospectings": 101}) == {}
    assert slips({"prospecting": USUAL, "prospectings": 100}) == {"prospectings": "prospecting"}


def test_a_name_that_an_ad_account_knows_is_meant_so() -> None:
    used = {"Prospecting EU": USUAL, "prospectings_eu": 5}
    assert slips(used, ["Prospectings / EU"]) == {}


def test_of_two_usual_names_the_most_used_is_meant() -> None:
    used = {"carpets": 300, "carpetts": 900, "carpettts": 9}
    assert slips(used) == {"carpettts": "carpetts"}


def test_ten_thousand_names_are_looked_at_in_one_go() -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    used = {f"campaign{one}{two}{three}": 5 for one in letters for two in letters for three in letters[:15]}
    assert slips(used | {"newsletter": USUAL, "newsleter": 7}) == {"newsleter": "newsletter"}
