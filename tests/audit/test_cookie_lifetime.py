"""How long browsers keep ids, in a small world typed by hand: only a return after a week under another id is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from outturn.audit import cookie_lifetime as check
from outturn.audit.needs import name_step
from tests.metrics.conftest import World, at

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.engine.close()


def page(world: World, user: str, name: str, on: int, *, browser: str = "Safari", signed_in: bool = True) -> None:
    number = len(world.rows["events"])
    world.add(
        "events", import_id="i1", line=number + 2, event_id=f"segment:{number}", source="segment", type="page",
        occurred_at=at(on), received_at=at(on), trust="file", is_bot=False, browser=browser,
        anonymous_key=name.encode(), user_key=user.encode('latin-1') if signed_in else None,
    )  # fmt: skip


def found(world: World) -> dict[str, tuple[int, int]]:
    """Found and seen by browser."""
    world.build()
    check.name_days(world.engine, {})
    name_step(world.engine, "cookie_lifetime", {"zone": "UTC"}, as_name="lines")
    lines = world.engine.rows("SELECT subject, found, seen FROM lines WHERE subject <> ''")
    return {subject: (renewed, returned) for subject, renewed, returned in lines}


def test_who_comes_back_after_a_week_under_another_id_is_found_by_browser(world: World) -> None:
    for browser, later in (("Safari", "other"), ("Chrome", "same")):
        page(world, browser, f"{browser}-same", 1, browser=browser)
        page(world, browser, f"{browser}-same", 8, browser=browser)  # seven days: not yet more
        page(world, browser, f"{browser}-{later}", 16, browser=browser)
    assert found(world) == {"Safari": (1, 1), "Chrome": (0, 1)}


def test_pages_before_the_sign_in_are_nobodys(world: World) -> None:
    page(world, "ana", "a", 1)
    page(world, "ana", "b", 12, signed_in=False)
    page(world, "ana", "a", 13)
    assert found(world) == {"Safari": (0, 1)}


def test_who_changes_ids_as_often_within_a_week_has_two_browsers(world: World) -> None:
    for on, name in ((1, "a"), (2, "b"), (3, "a"), (14, "b"), (25, "b")):
        page(world, "ana", name, on)
    assert found(world) == {"Safari": (0, 2)}


def test_a_user_of_very_many_ids_says_nothing(world: World) -> None:
    for number in range(10):
        page(world, "till", f"a{number}", 1 + number * 8)
        page(world, "till", f"b{number}", 1 + number * 8, browser="Chrome")
    assert found(world) == {"Safari": (9, 9), "Chrome": (9, 9)}
    page(world, "till", "another", 80)
    assert found(world) == {}


def test_what_browsers_forgot_long_ago_says_nothing(world: World) -> None:
    for number in range(3):
        page(world, "ana", f"k{number}", 1 + number * 10)
    assert found(world) == {"Safari": (2, 2)}
    page(world, "ben", "same", 111)
    assert found(world) == {}


def test_of_very_many_pages_a_share_of_the_people_is_looked_at(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "MOST_PAGES", 256)
    for number in range(256):
        for on in (1, 20):
            page(world, chr(number), "same", on)
    ((_, returned),) = found(world).values()
    assert returned == pytest.approx(128, abs=1)
