"""Draw the README's picture: what `outturn demo` prints on a terminal, as an SVG that loads nothing.

    python scripts/picture.py [docs/pictures/demo.svg]

The program runs on a terminal of its own (a pty), so that the picture is its real output.
"""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import tempfile
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

SOURCE = Path(__file__).resolve().parent.parent / "src"
FILE = SOURCE.parent / "docs" / "pictures" / "demo.svg"
COLUMNS = 122
COMMAND = ("outturn", "demo")


def printed(command: list[str], folder: str) -> str:
    """What a command prints on a terminal of `COLUMNS` columns, its colours and weights included."""
    terminal, inside = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "COLUMNS": str(COLUMNS), "TERM": "xterm-256color"}
    with subprocess.Popen(command, stdout=inside, cwd=folder, env=environment) as process:
        os.close(inside)
        said = b""
        while part := _read(terminal):
            said += part
    os.close(terminal)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed with {process.returncode}")
    return said.decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # how a pty says that its other end is closed
        return b""


def drawn(text: str) -> str:
    """The text as an SVG in the reader's own monospace font."""
    console = Console(record=True, width=COLUMNS, file=StringIO(), color_system="truecolor")
    console.print(Text(f"$ {' '.join(COMMAND)}", style="bold green"))
    console.print(Text.from_ansi(text.rstrip()))
    svg = console.export_svg(title="outturn demo", unique_id="demo")
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL).replace("Fira Code, monospace", "monospace")
    # The one address left is the name of the format.
    assert set(re.findall(r"https?://[^\"'\s)]+", re.sub(r"<!--.*?-->", "", svg))) == {"http://www.w3.org/2000/svg"}
    lines = (line.rstrip() for line in re.sub(r"\s*<!--.*?-->", "", svg).splitlines())
    return "\n".join(line for line in lines if line) + "\n"


def main() -> None:
    """Run the demo and write the picture."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
    with tempfile.TemporaryDirectory() as folder:
        command = Path(folder) / "outturn"  # what an installation puts on the PATH
        command.write_text("from outturn.cli import main\n\nmain()\n", encoding="utf-8")
        text = printed([sys.executable, str(command), *COMMAND[1:]], folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(drawn(text), encoding="utf-8")


if __name__ == "__main__":
    main()
