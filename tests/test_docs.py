"""The docs are complete and true: what there is stands in them, what they show runs, and no link leads nowhere."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from click import Context, Group

from outturn.attribution import models
from outturn.audit.registry import checks
from outturn.cli.main import COMMANDS, cli
from outturn.domain.errors import REFUSAL_CODES
from outturn.domain.goals import Goal
from outturn.domain.settings import SETTINGS
from outturn.metrics.kpis import KPIS
from outturn.sources.registry import sources
from outturn.store.tables import TABLES
from scripts import console_docs, reference_docs

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


# Complete --------------------------------------------------------------------------------------


def test_the_reference_is_what_the_code_says() -> None:
    assert reference_docs.differing() == [], "run: python scripts/reference_docs.py"


def commands() -> list[str]:
    context = Context(cli, info_name="outturn")
    found = []
    for name in COMMANDS:
        command = cli.get_command(context, name)
        parts = list(command.commands) if isinstance(command, Group) else []
        found += [f"outturn {name}", *(f"outturn {name} {part}" for part in parts)]
    return found


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("sources", [f"`{source}`" for source in sources()]),
        ("sources", [f"`{layout.name}`" for source in sources().values() for layout in source.layouts]),
        ("models", [f"## {name}" for name in models.names()]),
        ("kpis", [f"`{kpi.id}`" for kpi in KPIS]),
        ("checks", [f"## {name}\n" for name in checks()]),
        ("settings", [f"`{setting.key}`" for setting in SETTINGS]),
        ("settings", [f"`{key}`" for key in Goal.__dataclass_fields__]),
        ("commands", [f"# {command}\n" for command in commands()]),
        ("refusals", [f"`{code}`" for code in REFUSAL_CODES]),
        ("tables", [f"## {table}\n" for table in TABLES]),
    ],
)
def test_whatever_there_is_stands_in_the_docs(name: str, words: list[str]) -> None:
    text = page(f"docs/reference/{name}.md")
    assert [word for word in words if word not in text] == []


def test_every_model_says_what_it_assumes() -> None:
    assert [name for name in models.names() if f"| `{name}` |" not in page("docs/statistics.md")] == []


def test_every_page_is_in_the_navigation() -> None:
    listed = set(re.findall(r"[\w/-]+\.md", page("mkdocs.yml")))
    assert listed == {file.relative_to(DOCS).as_posix() for file in DOCS.rglob("*.md")}


def test_every_decision_is_in_the_index() -> None:
    listed = re.findall(r"\((\d{3}[\w-]+\.md)\)", page("docs/decisions/index.md"))
    assert listed == sorted(file.name for file in (DOCS / "decisions").glob("[0-9]*.md"))


# Whole -----------------------------------------------------------------------------------------


def anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", text), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("file", PAGES, ids=name_of)
def test_links_and_pictures_lead_somewhere(file: Path) -> None:
    lost = []
    for target in LINK.findall(FENCE.sub("", file.read_text(encoding="utf-8"))):
        path, _, anchor = unquote(target).partition("#")
        if "://" in target:
            continue
        there = (file.parent / path).resolve() if path else file
        if not there.exists() or (anchor and anchor not in anchors(there.read_text(encoding="utf-8"))):
            lost.append(target)
    assert lost == []


def test_the_picture_loads_nothing() -> None:
    svg = page("docs/pictures/demo.svg")
    assert set(re.findall(r"https?://[^\"'\s)<>]+", svg)) == {"http://www.w3.org/2000/svg"}
    assert "<script" not in svg
    assert "outturn" in svg


def test_the_readme_reaches_a_first_result_by_line_30() -> None:
    head = page("README.md").splitlines()[:30]
    assert "make demo" in head
    assert any("docs/pictures/demo.svg" in line for line in head)


# True ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", console_docs.PAGES)
def test_what_a_page_shows_is_what_happens(name: str, tmp_path: Path) -> None:
    text = page(name)
    assert console_docs.written(text, console_docs.session(tmp_path, text)) == text, (
        "run: python scripts/console_docs.py"
    )


def test_what_the_readme_types_works(tmp_path: Path) -> None:
    """But for `make`, which the whole check runs, and the shell's own activation."""
    text = page("README.md")
    session = console_docs.session(tmp_path, text)
    assert session.run("outturn demo demo --people 1000 --days 45 --json")[0] == 0
    typed = [line for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    typed += re.findall(r"`((?:outturn -w|cp) [^`]+)`", text)
    made = {line for line in typed if line.startswith("make ")}
    assert made <= {f"make {target}" for target in re.findall(r"^([a-z-]+):", page("Makefile"), re.MULTILINE)}
    run = [line for line in typed if not line.startswith(("make ", ". "))]
    assert len(run) > 5
    for line in sorted(run, key=lambda line: not line.startswith("cp ")):
        code, output = session.run(line)
        assert code == 0, f"{line}\n{output}"
    (python,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    (tmp_path / "readme.py").write_text(python)
    code, output = session.run("python readme.py")
    assert code == 0, output
    assert "Paid Search" in output
