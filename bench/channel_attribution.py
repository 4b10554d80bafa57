"""ChannelAttribution in its own environment and process, which answers what it is asked on standard input.

    .venv-peers/bin/python -P bench/channel_attribution.py FOLDER

FOLDER holds what `paths.write_for_peer` wrote. Each line asked is a JSON list of a call and its options; the
answer is one line of JSON. Its licence is the GPL: nothing of it is imported by the project, nor this file.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from pathlib import Path
from typing import Any

with contextlib.redirect_stdout(io.StringIO()):  # it greets
    import ChannelAttribution
import numpy as np
import pandas as pd


def main() -> None:
    """Answer until nothing more is asked."""
    folder = Path(sys.argv[1])
    rows = pd.DataFrame(
        {
            "path": (folder / "paths.txt").read_text(encoding="utf-8").split("\n"),
            "conversions": np.load(folder / "conversions.npy"),
            "value": np.load(folder / "value.npy"),
        }
    )
    rows["null"] = 1 - rows["conversions"]
    shuffled = rows.sample(frac=1.0, random_state=1).reset_index(drop=True)
    print("ready", flush=True)
    for line in sys.stdin:
        call, options = json.loads(line)
        given = shuffled if options.pop("shuffled", False) else rows
        with contextlib.redirect_stdout(io.StringIO()):
            answer = _CALLS[call](given, **options)
        print(json.dumps(answer), flush=True)


def heuristics(rows: pd.DataFrame) -> dict[str, Any]:
    """First, last and linear touch, conversions and value."""
    found = ChannelAttribution.heuristic_models(rows, "path", "conversions", var_value="value", sep=">", flg_pro=False)
    linear: dict[str, Any] = found.set_index("channel_name")["linear_touch_conversions"].to_dict()
    return linear


def markov(rows: pd.DataFrame, **options: Any) -> dict[str, Any]:
    """Markov of order 1 with everything that it can say; removal effects on conversions by channel."""
    found = ChannelAttribution.markov_model(
        rows, "path", "conversions", var_value="value", var_null="null", order=1, out_more=True, sep=">",
        verbose=False, flg_pro=False, **options,
    )  # fmt: skip
    tables = list(found.values()) if isinstance(found, dict) else list(found)
    effects: dict[str, Any] = tables[2].set_index("channel_name").iloc[:, 0].to_dict()
    return effects


_CALLS = {"heuristics": heuristics, "markov": markov}

if __name__ == "__main__":
    main()
