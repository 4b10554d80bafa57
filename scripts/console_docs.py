"""Run the commands that the pages show, and hold the output that stands under them to the real one.

    python scripts/console_docs.py            # write the outputs anew
    python scripts/console_docs.py --check    # say which pages differ

A page's ```console blocks are one session in one folder: `$ ` begins a command, `> ` goes on with it (a here
document), the rest is what it prints, both streams together. The last command of a block with
`title="Refused: exit code 1"` has to end with that code, every other one with 0. Ids of imports and seconds differ
from run to run, so pages carry stand-ins; a command that names such an id gets the real one. A ```python block with
`title="src/..."` is written there before, in a copy of the project, and the session runs on that copy.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("docs/tutorial.md", "docs/audit.md", "docs/add-a-platform.md", "docs/add-a-model.md")

_BLOCK = re.compile(r"^```console(?P<info>[^\n]*)\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)
_FILE = re.compile(r'^```python title="(?P<path>src/[^"]+)"\n(?P<body>.*?)^```$', re.DOTALL | re.MULTILINE)
_COPIED = ("src", "tests", "pyproject.toml")
_CODE = re.compile(r"exit code (\d+)")
_IMPORT_ID = re.compile(r"i\d{8}T\d{12}(?=-\d{4})")
_SECONDS = re.compile(r"(?<= in )\d+\.\d+(?= ?s\b)")
_COUNTED = re.compile(r", \d+ deselected")


@dataclass
class Session:
    """A folder in which commands run one after another, and the imports seen so far."""

    folder: Path
    imports: list[str] = field(default_factory=list)

    def run(self, command: str) -> tuple[int, str]:
        """Run one shell command; give its exit code and its output with stand-ins."""
        for stand_in, real in zip(self._stand_ins(), self.imports, strict=True):
            command = command.replace(stand_in, real)
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}
        environment |= {"PATH": f"{self.folder / '.bin'}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, self._plain(done.stdout)

    def _stand_ins(self) -> list[str]:
        return [f"i20260504T{at:06}000000" for at in range(1, len(self.imports) + 1)]

    def _plain(self, output: str) -> str:
        for real in _IMPORT_ID.findall(output):
            if real not in self.imports:
                self.imports.append(real)
        for stand_in, real in zip(self._stand_ins(), self.imports, strict=True):
            output = output.replace(real, stand_in)
        lines = [line.rstrip() for line in _SECONDS.sub("1.0", _COUNTED.sub("", output)).splitlines()]
        return "".join(f"{line}\n" for line in lines if line)


def session(folder: Path, page: str) -> Session:
    """A session whose `outturn` and `python` are this tree's, or those of a copy that has the page's own files."""
    files = list(_FILE.finditer(page))
    for name in _COPIED if files else ():
        _copy(ROOT / name, folder / name)
    for file in files:
        (folder / file["path"]).write_text(file["body"], encoding="utf-8")
    tools = folder / ".bin"
    tools.mkdir()
    # A workspace's own key decides into which of the 64 buckets people fall, hence intervals: here always the same one.
    start = "import secrets\n\nfrom outturn.cli import main\n\nsecrets.token_bytes = bytes\nmain()\n"
    (tools / "main.py").write_text(start, encoding="utf-8")
    python = f'PYTHONPATH="{folder if files else ROOT}/src" exec "{sys.executable}"'
    for name, call in {"outturn": f'{python} "{tools}/main.py" "$@"', "python": f'{python} "$@"'}.items():
        (tools / name).write_text(f"#!/bin/sh\n{call}\n", encoding="utf-8")
        (tools / name).chmod(0o755)
    return Session(folder)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copyfile(source, target)


def commands(body: str) -> list[tuple[str, str]]:
    """The commands of a block as they are typed, each with the lines that show it."""
    found: list[tuple[str, str]] = []
    for line in body.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], line + "\n"))
        elif line.startswith("> "):
            found[-1] = (f"{found[-1][0]}\n{line[2:]}", f"{found[-1][1]}{line}\n")
    return found


def written(page: str, running: Session) -> str:
    """The page with every output as it is now.

    Raises:
        SystemExit: A command ended with another code than the page says.
    """

    def anew(block: re.Match[str]) -> str:
        said = _CODE.search(block["info"])
        text = ""
        shown_commands = commands(block["body"])
        for at, (command, shown) in enumerate(shown_commands, 1):
            expected = int(said[1]) if said and at == len(shown_commands) else 0
            code, output = running.run(command)
            if code != expected:
                raise SystemExit(f"exit code {code} instead of {expected} of: {command}\n{output}")
            text += shown + output
        return f"```console{block['info']}\n{text}```"

    return _BLOCK.sub(anew, page)


def main() -> int:
    """Write or check the pages."""
    differing = []
    for name in PAGES:
        page = (ROOT / name).read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder:
            now = written(page, session(Path(folder), page))
        if now != page:
            differing.append(name)
            if "--check" not in sys.argv[1:]:
                (ROOT / name).write_text(now, encoding="utf-8")
    if differing:
        print(f"outputs differ: {', '.join(differing)}", file=sys.stderr)
    return bool(differing) and "--check" in sys.argv[1:]


if __name__ == "__main__":
    sys.exit(main())
