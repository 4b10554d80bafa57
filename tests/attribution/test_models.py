"""The rules' definitions on journeys written by hand, and how models are found."""

from __future__ import annotations

import pytest

from outturn.attribution import models
from outturn.attribution.rules import weights, weights_of
from outturn.domain.errors import UnknownName


def test_the_seven_rules_are_there() -> None:
    seven = {"first_touch", "last_touch", "last_non_direct", "linear", "position_based", "time_decay", "w_shaped"}
    assert seven <= set(models.names())


def test_all_stands_for_every_model_once() -> None:
    assert models.known(["linear", "all"])[0] == "linear"
    assert sorted(models.known(["linear", "all"])) == list(models.names())


def test_an_unknown_model_names_the_nearest_and_the_file_to_create() -> None:
    with pytest.raises(
        UnknownName, match=r"'time_decy'. Did you mean 'time_decay'\?.*create outturn/attribution/time_decy.py"
    ):
        weights("time_decy")


@pytest.mark.parametrize("own_file", ["kernel", "journey", "models"])
def test_the_rooms_own_files_are_no_models(own_file: str) -> None:
    with pytest.raises(UnknownName):
        models.known([own_file])


@pytest.mark.parametrize("model", models.names())
def test_a_single_touch_has_all_the_credit(model: str) -> None:
    assert weights_of(model, days=[3]) == [1]
    assert weights_of(model, days=[3], channels=["Direct"], converted=9, lead=1, opportunity=2) == [1]


def test_time_decay_halves_every_seven_days() -> None:
    older, newer = weights_of("time_decay", days=[0, 7], converted=21)
    assert newer == 2 * older


def test_time_decay_outlives_ten_years() -> None:
    assert weights_of("time_decay", days=[0, 3650, 3650], converted=20_000) == pytest.approx([0, 0.5, 0.5])


def test_last_non_direct_passes_over_direct_unless_there_is_nothing_else() -> None:
    channels = ["Email", "Direct", "Direct"]
    assert weights_of("last_non_direct", channels=channels, days=[1, 2, 3]) == [1, 0, 0]
    assert weights_of("last_non_direct", channels=channels[1:], days=[2, 3]) == [0, 1]


@pytest.mark.parametrize(
    ("days", "lead", "opportunity", "expected"),
    [
        pytest.param([1, 2, 3, 4, 5], 2, 4, [0.3, 0.3, 0.05, 0.3, 0.05], id="after the opportunity is the rest"),
        pytest.param([1, 2, 3], 2, 3, [1 / 3, 1 / 3, 1 / 3], id="no rest: the anchors are scaled up"),
        pytest.param([1, 2, 3, 4], None, None, [3 / 7, 0.5 / 7, 0.5 / 7, 3 / 7], id="no lead: two anchors"),
        pytest.param([1, 2, 3], 0, 3, [3 / 7, 1 / 7, 3 / 7], id="no touch before the lead: as without it"),
        pytest.param([1, 2, 3], 1, 3, [0.6, 0.1, 0.3], id="first touch made the lead: both shares"),
        pytest.param([1, 2], 2, 2, [1 / 3, 2 / 3], id="lead and opportunity at one touch: both shares"),
        pytest.param([3, 4], 1, 2, [0.75, 0.25], id="stages before the journey: first touch and rest"),
    ],
)
def test_w_shaped(days: list[float], lead: float | None, opportunity: float | None, expected: list[float]) -> None:
    assert weights_of("w_shaped", days=days, lead=lead, opportunity=opportunity) == pytest.approx(expected)
