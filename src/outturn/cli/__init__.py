"""The front door: a command parses, calls one function of the API, prints.

Reads argv, the environment and the clock, which no other room does. Every command has `--json` (one
object on stdout, nothing else). Exit codes: 0 done; 1 the data was refused or a check failed, never
applied in part; 2 wrong usage.
"""

from __future__ import annotations

from outturn.cli.main import main

__all__ = ["main"]
