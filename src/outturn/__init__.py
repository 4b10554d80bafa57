"""Outturn: from every touch, cost and sale to what happened, what caused it, and what to do next.

    import outturn
    ws = outturn.open("acme")
    ws.kpis(by=["channel"]).to_pandas()

`open` and `create` give the workspace, whose methods are the commands of `outturn --help`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from outturn.domain import version

if TYPE_CHECKING:
    from outturn.api import OpenWorkspace, create, open  # noqa: A004  (read as outturn.open)

__version__ = version.VERSION
__all__ = ["OpenWorkspace", "__version__", "create", "open"]


def __getattr__(name: str) -> Any:
    # Importing `outturn` must cost nothing: the command line starts a process per figure.
    if name in __all__:
        return getattr(importlib.import_module("outturn.api"), name)
    raise AttributeError(f"module 'outturn' has no attribute {name!r}")
