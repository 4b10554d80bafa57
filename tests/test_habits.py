"""The habits that no linter knows: what may lie in the tree, and what the set-up promises."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from shutil import which
from typing import Any

import pytest

from outturn.domain.version import VERSION
from scripts.set_up import blocks

ROOT = Path(__file__).resolve().parent.parent
ENGINES = ("requirements.lock", "requirements-spark.lock")
WITH_PRODUCT = (*ENGINES, "requirements-clients.lock")
LOCKS = (*WITH_PRODUCT, "requirements-peers.lock")
# One character of each stands in brackets, so that this file does not trip over itself.
FORBIDDEN = {
    "a package index": r"pypi[.]org|pythonhosted[.]or[g]|(?<!emit-)index-ur[l]\s*[ =]\s*\S|find-link[s]\s*[ =]\s*\S",
    "an index address": r"https?://[^\s\"'<>)]*/simpl[e]\b",
    "a path of some machine": r"(?<![\w.])/(?:wor[k]|far[m])/|/tm[p]/v/|/hom[e]/\w+/|/Use[r]s/\w+/",
}
LONGEST_LINE = 5_000
HEAVY = ("altair", "deltalake", "duckdb", "numba", "pyarrow", "rich", "scipy", "sqlalchemy", "sqlglot")


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that git tracks or would; of an unpacked archive, all that lies outside what `make` makes."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True) if which("git") else None
    if listed and listed.returncode == 0:
        found = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        made = [line.strip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()]
        found = [
            file
            for file in ROOT.rglob("*")
            if not any(fnmatch(part, pattern) for part in file.relative_to(ROOT).parts for pattern in made)
        ]
    return tuple(file for file in found if file.is_file())


def text_of(file: Path) -> str | None:
    """The file's text, or None for bytes that are none."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_tree_names_no_index_and_no_machine(what: str) -> None:
    forbidden = re.compile(FORBIDDEN[what], re.IGNORECASE)
    found = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for file in tracked()
        for number, line in enumerate((text_of(file) or "").splitlines(), 1)
        if forbidden.search(line)
    ]
    assert found == []


def test_no_third_party_script_or_style_lies_in_the_tree() -> None:
    kinds = {".js", ".mjs", ".css", ".woff", ".woff2", ".ttf"}
    web = [file for file in tracked() if file.suffix in kinds]
    minified = [
        file.relative_to(ROOT).as_posix()
        for file in web
        if ".min." in file.name
        or file.suffix.startswith((".woff", ".ttf"))
        or any(len(line) > LONGEST_LINE for line in (text_of(file) or "").splitlines())
    ]
    assert minified == []


def test_nothing_is_called_utils_common_or_helpers() -> None:
    nameless = {"util", "utils", "common", "helper", "helpers", "misc"}
    found = [file for file in tracked() if nameless & {part.split(".")[0] for part in file.relative_to(ROOT).parts}]
    assert found == []


def test_every_statement_says_its_table_grain_and_sources() -> None:
    header = re.compile(r"\A-- table: .+\n-- grain: .+\n-- reads: .+\n(?:-- takes: .+\n)?-- says: .+\n")
    statements = [file for file in tracked() if file.suffix == ".sql" and "src" in file.parts]
    assert [file.name for file in statements if not header.match(text_of(file) or "")] == []


# The set-up ------------------------------------------------------------------------------------


def packages(lock: str) -> list[tuple[str, str]]:
    """The lock's packages: the line that names one, and the hashes under it."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    return re.findall(r"^([^\s#].*)\n((?:[ ]{4}--hash=.*\n?)*)", text, flags=re.MULTILINE)


def wanted(file: str) -> set[str]:
    """The requirements that a .in file asks for."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return {line.strip() for line in lines if line.strip() and not line.startswith("#")}


def name_of(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0].lower().replace("_", "-")


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_is_exact_hashed_and_names_no_place(lock: str) -> None:
    assert packages(lock)
    for line, hashes in packages(lock):
        assert re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.]*( ; .+)? \\", line), line
        assert "--hash=sha256:" in hashes, line
    assert not re.search(r"://|@|/|^\s*-(?!-hash=)", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_all_that_was_asked_for(lock: str) -> None:
    locked = {name_of(line) for line, _ in packages(lock)}
    assert {name_of(line) for line in wanted(lock.replace(".lock", ".in"))} <= locked


def test_the_product_runs_on_the_same_versions_everywhere() -> None:
    product = {name_of(line) for line in project()["dependencies"]}
    plain, *others = ({line for line, _ in packages(lock) if name_of(line) in product} for lock in WITH_PRODUCT)
    assert all(other == plain for other in others)


def project() -> dict[str, Any]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        table: dict[str, Any] = tomllib.load(file)["project"]
    return table


def test_what_the_project_declares_is_what_the_locks_ask_for() -> None:
    product = set(project()["dependencies"])
    assert product <= wanted("requirements.in")
    assert product | set(project()["optional-dependencies"]["spark"]) <= wanted("requirements-spark.in")
    assert product <= wanted("requirements-clients.in")


def test_the_node_clients_lock_is_exact_and_names_no_place() -> None:
    folder = ROOT / "tests" / "clients"
    asked = json.loads((folder / "package.json").read_text(encoding="utf-8"))["dependencies"]
    text = (folder / "package-lock.json").read_text(encoding="utf-8")
    locked = {name: package for name, package in json.loads(text)["packages"].items() if name}
    assert asked == {name: locked[f"node_modules/{name}"]["version"] for name in asked}
    assert all(package["integrity"].startswith("sha512-") for package in locked.values())
    assert "://" not in text


def test_every_dependency_has_its_decision() -> None:
    decisions = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "docs" / "decisions").glob("*.md"))
    asked = {name_of(line) for lock in LOCKS for line in wanted(lock.replace(".lock", ".in"))}
    assert {name for name in asked if f"`{name}`" not in decisions} == set()


def test_a_peers_licence_never_reaches_the_project() -> None:
    asked = {name_of(line) for line in wanted("requirements-peers.in")}
    beside = {"matplotlib", "cython", "numpy", "setuptools", "granian", "uvloop"}
    assert asked - beside == {"channelattribution", "fastapi", "litestar"}
    for file in tracked():
        if file.suffix == ".py" and file.name not in ("channel_attribution.py", Path(__file__).name):
            imported = re.findall(r"^\s*(?:import|from) (\w+)", text_of(file) or "", re.MULTILINE)
            assert "ChannelAttribution" not in imported, file
            assert file.name == "peer_apps.py" or {"fastapi", "litestar"}.isdisjoint(imported), file


def test_the_program_knows_its_version() -> None:
    assert project()["version"] == VERSION


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = sorted(int(file.name[:3]) for file in (ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


def test_set_up_needs_nothing_but_the_standard_library() -> None:
    imported = set(re.findall(r"^(?:import|from) (\w+)", (ROOT / "scripts" / "set_up.py").read_text(), re.MULTILINE))
    assert imported <= sys.stdlib_module_names


def test_set_up_cuts_the_lock_into_whole_packages() -> None:
    for lock in LOCKS:
        assert "".join(blocks(ROOT / lock)) == (ROOT / lock).read_text(encoding="utf-8")


# Start-up --------------------------------------------------------------------------------------


@pytest.mark.parametrize("module", ["outturn", "outturn.domain.money", "outturn.domain.errors", "outturn.store.tables"])
def test_the_light_modules_load_nothing_heavy(module: str) -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", f"import sys, {module}; print(*sorted(sys.modules))"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert set(loaded.stdout.split()) & set(HEAVY) == set()
