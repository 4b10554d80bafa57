"""A terminal for tests: one command, in this process, with what it printed and how it left."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outturn.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Ran:
    """What one command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one JSON object that stdout must be, and nothing beside it."""
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found


def outturn(*arguments: str | Path) -> Ran:
    """Run a command as the console would; a traceback fails the test as the exception that it is."""
    out, err = io.StringIO(), io.StringIO()
    code: object = 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as left:
            code = left.code
    assert isinstance(code, int)
    assert "Traceback" not in err.getvalue()
    return Ran(code, out.getvalue(), err.getvalue())


def answer(*arguments: str | Path) -> dict[str, Any]:
    """The `--json` of a command that must succeed, with nothing on stderr."""
    ran = outturn(*arguments, "--json")
    assert (ran.code, ran.err) == (0, ""), ran
    return ran.json
