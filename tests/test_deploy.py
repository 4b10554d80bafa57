"""The examples of `deploy/` fit the collector as it is."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from configparser import RawConfigParser
from pathlib import Path

from outturn.domain.settings import Settings

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
DEFAULTS = Settings()


def text(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


def test_what_stands_in_front_asks_the_right_port_takes_whole_batches_and_hides_metrics() -> None:
    address = f"{DEFAULTS['server.address']}:{DEFAULTS['server.port']}"
    for name, limit in (("nginx.conf", r"client_max_body_size (\d+)k;"), ("Caddyfile", r"max_size (\d+)KiB")):
        example = text(name)
        assert address in example
        (kilobytes,) = re.findall(limit, example)
        assert DEFAULTS["server.batch_kb"] <= int(kilobytes) < 2 * DEFAULTS["server.batch_kb"]
        assert re.search(r"/metrics\b[\s{]*(return )?404", example)
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text("nginx.conf")


def test_the_service_may_write_its_folder_alone_and_ends_in_peace(tmp_path: Path) -> None:
    unit = RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's names have capitals
    unit.read_string(text("outturn-collector.service"))
    service = unit["Service"]
    assert service["ExecStart"] == "/opt/outturn/bin/outturn -w /var/lib/outturn/acme serve"
    assert (service["ProtectSystem"], service["NoNewPrivileges"], service["UMask"]) == ("strict", "yes", "0077")
    assert (service["KillMode"], int(service["TimeoutStopSec"]) > 20) == ("mixed", True)
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        return  # What only systemd itself could say of it.
    here = tmp_path / "outturn-collector.service"
    here.write_text(text(here.name).replace("/opt/outturn/bin/outturn", sys.executable))
    done = subprocess.run([analyze, "verify", "--man=no", str(here)], check=False, capture_output=True, text=True)
    assert [line for line in done.stderr.splitlines() if here.name in line] == []


def test_the_container_runs_as_nobody_in_particular_on_the_collectors_port() -> None:
    lines = text("Containerfile").splitlines()
    assert [line.split()[1] for line in lines if line.startswith("FROM ")] == ["python:3.12-slim"] * 2
    assert "USER outturn" in lines
    assert f"EXPOSE {DEFAULTS['server.port']}" in lines
