"""How long browsers keep ids, in a small world typed by hand: only a return after a week under another id is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from outturn.audit.needs import statement_of
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
        anonymous_key=name.encode(), user_key=user.encode() if signed_in else None,
    )  # fmt: skip


def found(world: World) -> dict[str, tuple[int, int]]:
    """Found and seen by browser."""
    world.build()
    lines = world.engine.rows(
        f"SELECT subject, found, seen FROM ({statement_of('cookie_lifetime').text}) AS lines", {"zone": "UTC"}
    )
    return {subject: (renewed, returned) for subject, renewed, returned in lines}


def test_who_comes_back_after_a_week_under_another_id_is_found_by_browser(world: World) -> None:
    for browser, later in (("Safari", "other"), ("Chrome", "same")):
        page(world, browser, f"{browser}-same", 1, browser=browser)
        page(world, browser, f"{browser}-same", 8, browser=browser)  # seven days: not yet more
        page(world, browser, f"{browser}-{later}", 16, browser=browser)
    assert found(world) == {"Safari": (1, 1), "Chrome": (0, 1)}


def test_pages_before_the_sign_in_are_the_users_too(world: World) -> None:
    page(world, "ana", "a", 1, signed_in=False)
    page(world, "ana", "a", 2)
    page(world, "ana", "b", 12, signed_in=False)
    page(world, "ana", "b", 13)
    assert found(world) == {"Safari": (1, 1)}


def test_who_changes_ids_as_often_within_a_week_has_two_browsers(world: World) -> None:
    for on, name in ((1, "a"), (2, "b"), (3, "a"), (14, "b"), (25, "b")):
        page(world, "ana", name, on)
    assert found(world) == {"Safari": (0, 2)}


def test_an_id_of_two_users_and_a_user_of_very_many_ids_say_nothing(world: World) -> None:
    for user in ("ana", "bo"):
        page(world, user, "shared", 1)
        page(world, user, "shared", 20)
    for number in range(21):
        page(world, "kiosk", f"k{number}", 1 + number * 10)
    assert found(world) == {}
