"""Outturn's own commands, as a person types them."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def outturn(root: Path, *command: str) -> dict[str, Any]:
    """Run a command on a workspace; what it prints as JSON."""
    line = [sys.executable, "-m", "outturn", "-w", str(root), *command, "--json"]
    done = subprocess.run(line, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed
