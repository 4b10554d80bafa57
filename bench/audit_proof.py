"""What the audit finds in simulated markets, and what it should have: alarms, recall and precision by check.

python -m bench.audit_proof --seeds 200 --jobs 2    the proof at full size; `make soak` runs it

In each market: as it is, no check may fire; with one fault at its documented size, its check fires, names the place,
tells rows and money within 1 %, stands first, and nothing fires that the fault does not imply; of several at once each
is found at its place and above what it implies. Ends with 1 where one trial is not right. The bound of false alarms is
one-sided, of 95 % confidence, by Clopper and Pearson.

References:
    Clopper and Pearson (1934), The use of confidence or fiducial limits illustrated in the case of the binomial.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scipy.stats import beta

from bench.audit_trials import Trial, trials
from outturn.audit.registry import checks

if TYPE_CHECKING:
    from collections.abc import Iterable

FIRST_SEED = 100
OUT = Path(__file__).resolve().parent / "out"


def share_at_most(found: int, of: int, *, level: float = 0.95) -> float:
    """The upper bound of a share, one-sided, exact whatever its size; 1 where nothing was tried.

    >>> round(share_at_most(0, 200), 4), round(share_at_most(1, 200), 4), share_at_most(3, 3)
    (0.0149, 0.0235, 1.0)
    """
    return 1.0 if found >= of else float(beta.ppf(level, found + 1, of - found))


def share_at_least(found: int, of: int, *, level: float = 0.95) -> float:
    """The lower bound of a share, likewise."""
    return 1.0 - share_at_most(of - found, of, level=level)


def summary(every: Iterable[Trial]) -> dict[str, Any]:
    """What trials say together.

    Returns:
        `clean`: markets without a fault, how many of them alarm, and the bound; `several`: how many draws, faults in
        them, faults found; `checks`: by name, how often planted alone and among several, how often found at its place,
        how often fired, and of these what a planted fault implies, recall and precision; `estimates`: how many
        intervals of rows and of money were told, and hold the truth; `wrong`: the trials that are not right.
    """
    told = list(every)
    clean = [trial for trial in told if not trial.planted]
    several = [trial for trial in told if len(trial.planted) > 1]
    alarms = sum(bool(trial.fired) for trial in clean)
    return {
        "clean": {"markets": len(clean), "alarms": alarms, "at_most": share_at_most(alarms, len(clean))},
        "several": {
            "draws": len(several),
            "faults": sum(len(trial.planted) for trial in several),
            "found": sum(len(trial.planted) - len({*trial.missed, *trial.misplaced}) for trial in several),
        },
        "checks": {name: _of_check(name, told) for name in sorted(checks())},
        "estimates": {what: _held(what, told) for what in ("rows", "money")},
        "wrong": [
            asdict(trial) | {"missed": trial.missed, "outside": trial.outside} for trial in told if not trial.is_right
        ],
    }


def _of_check(name: str, told: list[Trial]) -> dict[str, Any]:
    alone = [trial for trial in told if trial.planted == (name,)]
    among = [trial for trial in told if name in trial.planted and len(trial.planted) > 1]
    fired = [trial for trial in told if name in trial.fired]
    caused = [trial for trial in fired if name not in trial.outside]
    planted, found = len(alone) + len(among), sum(_found(name, trial) for trial in (*alone, *among))
    return {
        "alone": len(alone),
        "found_alone": sum(_found(name, trial) for trial in alone),
        "among_several": len(among),
        "found_among_several": sum(_found(name, trial) for trial in among),
        "right_alone": sum(trial.is_right for trial in alone),
        "fired": len(fired),
        "implied": sum(name not in trial.planted for trial in caused),
        "recall": found / planted if planted else None,
        "recall_at_least": share_at_least(found, planted) if planted else None,
        "precision": len(caused) / len(fired) if fired else None,
    }


def _held(what: str, told: list[Trial]) -> dict[str, int]:
    held = [trial.held[what] for trial in told if what in trial.held]
    return {"told": len(held), "held": sum(held)}


def _found(name: str, trial: Trial) -> bool:
    return name in trial.fired and name not in trial.misplaced


def table(found: dict[str, Any]) -> str:
    """As Markdown."""
    clean, several, estimates = found["clean"], found["several"], found["estimates"]
    lines = [
        (
            f"Markets without a fault: {clean['markets']}, of which alarmed: {clean['alarms']}; at most "
            f"{clean['at_most']:.1%} of workspaces at 95 % confidence. Draws of several faults: {several['draws']}, of "
            f"{several['faults']} faults found: {several['found']}. Of {estimates['rows']['told']} estimates, the "
            f"interval of 90 % held the rows in {estimates['rows']['held']}, the money in {estimates['money']['held']}."
        ),
        "",
        "| check | alone | among several | recall | fired | as implied | precision |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| `{name}` | {one['found_alone']} of {one['alone']} | {one['found_among_several']} of {one['among_several']} "
        f"| {_share(one['recall'])} | {one['fired']} | {one['implied']} | {_share(one['precision'])} |"
        for name, one in found["checks"].items()
    ]
    return "\n".join(lines)


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def of_seed(folder: Path, number: int) -> list[Trial]:
    """All trials of one market."""
    return list(trials(folder / str(number), FIRST_SEED + number, number=number))


def main() -> int:
    """Play, print the table, write bench/out/audit_proof.json; 1 when a trial is not right."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=200, help="markets")
    parser.add_argument("--first", type=int, default=0, help="number of the first market")
    parser.add_argument("--jobs", type=int, default=1, help="markets that are played at once")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="outturn-proof-"))
    numbers = range(asked.first, asked.first + asked.seeds)
    every: list[Trial] = []
    try:
        with ProcessPoolExecutor(asked.jobs, mp_context=get_context("spawn")) as pool:
            for told in pool.map(partial(of_seed, folder), numbers):
                every += told
                _say(told)
                OUT.mkdir(exist_ok=True)
                (OUT / "audit_proof.json").write_text(json.dumps(summary(every), indent=1), encoding="utf-8")
    finally:
        shutil.rmtree(folder)
    found = summary(every)
    print(table(found))
    return int(bool(found["wrong"]))


def _say(told: list[Trial]) -> None:
    wrong = [trial for trial in told if not trial.is_right]
    print(f"seed {told[0].seed}: {len(told)} trials, {len(wrong)} not right", file=sys.stderr, flush=True)
    for trial in wrong:
        print(f"  {trial}; missed {trial.missed}, outside {trial.outside}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
