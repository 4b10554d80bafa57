"""Make an environment from a lock, with the standard library alone: it runs before anything is installed.

    python3 scripts/set_up.py .venv requirements.lock
    python3 scripts/set_up.py .venv-spark requirements-spark.lock
    python3 scripts/set_up.py .venv-clients requirements-clients.lock
    python3 scripts/set_up.py .venv-peers requirements-peers.lock

A stamp inside the environment remembers what was installed, so that a second run only compares it:
another lock, another Python or a moved folder makes the environment anew; another pyproject.toml
installs only the project again, since its metadata and entry points are made from that file.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST, NEWEST = (3, 11), (3, 14)
STAMP = "set-up.json"
JAVA_PACKAGE = "openjdk-17-jre-headless"
OLDEST_JAVA = 17
SPARK, PEERS = "requirements-spark.lock", "requirements-peers.lock"
# What a source-only package is built with stands in the lock too, and goes in before it.
BUILD_TOOLS = {SPARK: ("setuptools",), PEERS: ("cython", "numpy", "setuptools")}


class SetUpError(Exception):
    """The machine lacks something that only its owner can add; the text says what."""


def main(arguments: list[str]) -> int:
    """Bring the environment named first to what the lock named second says.

    Returns:
        0 done or nothing to do, 1 the machine lacks something, 2 wrong usage.
    """
    if len(arguments) != 2:
        print("usage: python3 scripts/set_up.py FOLDER LOCK", file=sys.stderr)
        return 2
    environment, lock = ROOT / arguments[0], ROOT / arguments[1]
    try:
        if lock.name == SPARK:
            require_java()
        if lock.name == PEERS:
            require_compiler()
        set_up(environment, lock)
    except SetUpError as error:
        print(f"set-up: {error}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"set-up: installing into {environment.name} failed (see above); run it again to retry", file=sys.stderr)
        return error.returncode or 1
    return 0


def set_up(environment: Path, lock: Path) -> None:
    """Install what the stamp says is missing, and nothing where it matches."""
    stamp = environment / STAMP
    wanted = {
        "lock": digest(lock),
        "project": digest(ROOT / "pyproject.toml"),
        "python": sys.version,
        "root": str(ROOT),
    }
    found = read_stamp(stamp)
    if found == wanted:
        return
    if {**found, "project": wanted["project"]} != wanted:
        stamp.unlink(missing_ok=True)
        create(environment)
        install_lock(environment, lock)
        write_stamp(stamp, {**wanted, "project": "not yet"})
    # Peers stand beside the product, never in one process with it.
    if lock.name != PEERS:
        install(environment, "--no-deps", "--no-build-isolation", "--no-index", "--editable", str(ROOT))
    write_stamp(stamp, wanted)


def create(environment: Path) -> None:
    """A fresh, empty environment, in place of what may lie there."""
    require_python()
    print(f"set-up: making {environment.name} with Python {sys.version.split()[0]}, once; a minute or two", flush=True)
    if environment.exists():
        shutil.rmtree(environment)
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True, stdin=subprocess.DEVNULL)


def install_lock(environment: Path, lock: Path) -> None:
    """Every package of the lock, each only if its bytes have the hash that the lock names."""
    tools = "".join(block for block in blocks(lock) if block.split("==")[0] in BUILD_TOOLS.get(lock.name, ()))
    if not tools:
        install(environment, "--require-hashes", "--requirement", str(lock))
        return
    first = environment / "build-tools.lock"
    first.write_text(tools, encoding="utf-8")
    install(environment, "--require-hashes", "--requirement", str(first))
    install(environment, "--require-hashes", "--no-build-isolation", "--requirement", str(lock))


def blocks(lock: Path) -> list[str]:
    """The lock cut into packages: a line `name==version` with the indented hashes under it."""
    return re.findall(r"^[a-z0-9].*\n(?:[ \t]+.*\n?)*", lock.read_text(encoding="utf-8"), flags=re.MULTILINE)


def install(environment: Path, *arguments: str) -> None:
    """Run the environment's own pip: errors only, and without asking anything."""
    pip = [str(environment / "bin" / "python"), "-m", "pip", "--no-input", "--disable-pip-version-check", "-qq"]
    subprocess.run([*pip, "install", *arguments], check=True, stdin=subprocess.DEVNULL, cwd=ROOT)


def digest(file: Path) -> str:
    """SHA-256 of a file's bytes."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def read_stamp(stamp: Path) -> dict[str, str]:
    """What was installed last; empty when nothing was, or a set-up broke off."""
    try:
        found: dict[str, str] = json.loads(stamp.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def write_stamp(stamp: Path, installed: dict[str, str]) -> None:
    """Remember what was installed; only ever called after it was."""
    stamp.write_text(json.dumps(installed, indent=1), encoding="utf-8")


def require_python() -> None:
    """Refuse a Python that the lock does not cover, or one that Debian has cut down."""
    version = "{}.{}".format(*sys.version_info)
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        raise SetUpError(
            f"Python {version} at {sys.executable} is outside 3.11 to 3.14. Name another: make setup PYTHON=python3.12"
        )
    # A Debian without python3-venv has the module venv and fails halfway, for want of ensurepip.
    if any(importlib.util.find_spec(module) is None for module in ("venv", "ensurepip")):
        raise SetUpError(
            f"Python {version} has no ensurepip, so no environment can be made. "
            f"On Debian or Ubuntu: apt-get install python{version}-venv"
        )


def require_java() -> None:
    """Refuse early what PySpark would say in a traceback minutes later."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")
    if java is None:
        where = f"in JAVA_HOME={home}" if home else "on the PATH"
        raise SetUpError(
            f"Spark needs Java 17 or later and there is none {where}. "
            f"On Debian or Ubuntu: apt-get install {JAVA_PACKAGE}"
        )
    # `java -version` speaks on stderr: openjdk version "17.0.15" 2025-04-15
    spoken = subprocess.run([java, "-version"], check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    version = re.search(r'version "(\d+)', spoken.stderr)
    if version is None or int(version[1]) < OLDEST_JAVA:
        said = spoken.stderr.splitlines()[0] if spoken.stderr else "nothing"
        raise SetUpError(
            f"Spark needs Java 17 or later; {java} says: {said}. On Debian or Ubuntu: apt-get install {JAVA_PACKAGE}"
        )


def require_compiler() -> None:
    """Refuse early what a peer that comes as C++ source would say in a page of the compiler's words."""
    compiler = (os.environ.get("CXX") or "c++").split()[0]
    header = Path(sysconfig.get_path("include")) / "Python.h"
    if shutil.which(compiler) is None or not header.is_file():
        missing = f"no {compiler} on the PATH" if header.is_file() else f"no {header}"
        raise SetUpError(
            f"one of the peers is built from C++ source, and there is {missing}. "
            "On Debian or Ubuntu: apt-get install g++ python3-dev"
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
