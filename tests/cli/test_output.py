"""What a terminal shows is whole figures, however narrow it is."""

from __future__ import annotations

import sys

import pytest

from outturn.cli.output import print_table
from tests.cli.terminal import outturn

COLUMNS = ["channel", "spend", "last_non_direct", "claimed orders"]
ROWS: list[list[object]] = [["Paid Search", 12_345, 1_234_567, 89], ["(none)", None, 23, 0.0125]]


def printed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int, labels: int = 1) -> str:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    print_table("Title", COLUMNS, ROWS, labels=labels)
    return capsys.readouterr().out


@pytest.mark.parametrize("width", [20, 30, 40, 60, 80, 200])
def test_no_figure_is_ever_cut(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    words = printed(capsys, monkeypatch, width).split()
    assert {"12,345", "1,234,567", "89", "23", "0.0125"} <= set(words)


def test_headings_break_before_a_table_does(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = printed(capsys, monkeypatch, 80)
    narrow = printed(capsys, monkeypatch, 50)
    assert "last_non_direct" in wide
    assert "last_non_direct" not in narrow
    assert "direct" in narrow
    assert (wide.count("channel"), narrow.count("channel")) == (1, 1)
    assert printed(capsys, monkeypatch, 30).count("channel") == 3


def test_labels_stand_beside_every_figure(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    narrow = printed(capsys, monkeypatch, 36, labels=2)
    assert (narrow.count("channel"), narrow.count("spend"), narrow.count("direct")) == (2, 2, 1)
    assert printed(capsys, monkeypatch, 20, labels=0).count("channel") == 1


def test_off_a_terminal_a_line_is_a_row(capsys: pytest.CaptureFixture[str]) -> None:
    print_table("Title", COLUMNS, ROWS)
    assert "last_non_direct" in capsys.readouterr().out


@pytest.mark.parametrize("command", [[], ["imports"], ["person"]])
def test_no_command_is_described_by_half_a_sentence(monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    _, _, listed = outturn(*command, "--help").out.partition("Commands:\n")
    told = listed.strip().splitlines()
    assert told
    assert {line[-1] for line in told} == {"."}
    assert "..." not in listed
