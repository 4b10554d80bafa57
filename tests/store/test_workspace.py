"""A workspace folder: private, versioned, with one writer at a time."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

import pytest

from outturn.domain.errors import OutturnError, UnknownName, UsageError, WorkspaceError
from outturn.store.workspace import SCHEMA_VERSION, Workspace

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "acme", currency="EUR", time_zone="Europe/Berlin")


def test_a_new_workspace_is_its_owners_alone(workspace: Workspace) -> None:
    assert stat.S_IMODE(workspace.root.stat().st_mode) == 0o700
    assert stat.S_IMODE((workspace.root / "identity.key").stat().st_mode) == 0o600
    assert len(workspace.secret()) == 32
    assert (workspace.settings.currency, workspace.settings.time_zone) == ("EUR", "Europe/Berlin")
    assert workspace.settings.goal().id == "sale"


def test_it_is_found_from_any_folder_below(workspace: Workspace) -> None:
    below = workspace.root / "exports" / "2026"
    below.mkdir(parents=True)
    assert Workspace.find(below).root == workspace.root


def test_where_there_is_none_the_command_to_make_one_is_named(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="outturn init"):
        Workspace.find(tmp_path)


def test_nothing_is_written_over_a_folder_in_use(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="not empty"):
        Workspace.create(workspace.root, currency="EUR", time_zone="UTC")


@pytest.mark.parametrize(("currency", "time_zone"), [("EURO", "UTC"), ("EUR", "Berlin")])
def test_a_wrong_currency_or_zone_makes_nothing(tmp_path: Path, currency: str, time_zone: str) -> None:
    with pytest.raises(UsageError):
        Workspace.create(tmp_path / "acme", currency=currency, time_zone=time_zone)
    assert not (tmp_path / "acme").exists()


def test_a_newer_schema_is_refused(workspace: Workspace) -> None:
    (workspace.root / "schema.json").write_text(json.dumps({"version": SCHEMA_VERSION + 1}))
    with pytest.raises(WorkspaceError, match="newer Outturn"):
        Workspace.open(workspace.root)


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"version": "x"}'])
def test_a_damaged_schema_file_is_an_error_not_a_guess(workspace: Workspace, content: str) -> None:
    (workspace.root / "schema.json").write_text(content)
    with pytest.raises(WorkspaceError, match="missing or damaged"):
        Workspace.open(workspace.root)


def test_a_lost_identity_key_is_said(workspace: Workspace) -> None:
    (workspace.root / "identity.key").unlink()
    with pytest.raises(WorkspaceError, match="Restore it"):
        workspace.secret()


def test_a_second_writer_is_refused_and_a_later_one_is_not(workspace: Workspace) -> None:
    with workspace.lock(), pytest.raises(WorkspaceError, match="Another outturn command"), workspace.lock():
        pass
    with workspace.lock():
        pass


@pytest.mark.parametrize(
    ("line", "error", "message"),
    [
        ("[revenue]\nbasis = 'netto'", UsageError, "expected one of net, gross"),
        ("[revenue]\nbase = 'net'", UnknownName, "Did you mean 'revenue.basis'"),
        ("[journeys]\nsession_minutes = '30'", UsageError, "expected a whole number"),
        ("[journeys]\nsession_minutes = true", UsageError, "expected a whole number"),
        ("[channels]\nrules = [{campaign = 'x'}]", UsageError, "expected {platform, campaign, channel}"),
        ("revenue = 'net'", UsageError, "outside a"),
        ("[revenue\n", UsageError, "not readable as TOML"),
        ("[goals.sale]\nkinds = ['purchas']", OutturnError, "purchase"),
    ],
)
def test_a_wrong_setting_is_named_with_what_was_expected(
    workspace: Workspace, line: str, error: type[OutturnError], message: str
) -> None:
    path = workspace.root / "outturn.toml"
    head = "" if line.startswith("revenue") else "[workspace]\ncurrency = 'EUR'\n"
    path.write_text(head + line)
    with pytest.raises(error, match=message):
        Workspace.open(workspace.root)
