"""Whatever a user gets wrong: what is said, where it is said, and how the command leaves."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from outturn.store.workspace import Workspace
from tests.cli.terminal import answer, outturn

if TYPE_CHECKING:
    from pathlib import Path

_WRONG = {
    "kpis --by chanel": "Did you mean 'channel'?",
    "kpis --model linaer": "Did you mean 'linear'?",
    "kpis --kpi roass": "Did you mean 'roas'?",
    "kpis --goal sales": "Did you mean 'sale'?",
    "kpis --basis cash": "Did you mean 'cash_day'?",
    "kpis --by week,month": "keep one of them",
    "kpis --from 2025-13-01": "YYYY-MM-DD",
    "kpis --from 2025-04-01 --to 2025-03-01": "ends before it starts",
    "kpis --as-of yesterday": "YYYY-MM-DD",
    "kpis --rows": "--kpi spend",
    "kpis --rows --kpi spend,roas": "--kpi spend",
    "kpis --rows --kpi spend --as-of 2025-03-10": "leave --as-of out",
    "kpis --rows --kpi spend --where channel": "DIMENSION=VALUE",
    "kpis --rows --kpi spend --where chanel=x": "Did you mean 'channel'?",
    "kpis --rows --kpi spend --where date_day=x": "YYYY-MM-DD",
    "kpis --rows --kpi ltv_cac": "no source yet",
    "kpis --where channel=x": "--where goes with --rows",
    "attribute --model linaer": "Did you mean 'linear'?",
    "attribute --by chanel": "'channel', 'campaign'",
    "attribute --lookback 0": "1<=x<=3650",
    "attribute --null-maturity p95": "'p95' is neither p90 nor none nor a number of days",
    "attribute --null-maturity 9999999": "from 0 to 3650",
    "kpis -w acme": "before the command",
    "attribute --truth no-such-file.json": "no-such-file.json",
    "demo x --days 99999999": "1<=x<=3650",
    "demo x --people 0": "1<=x",
    "attribute --players people": "'channel', 'campaign'",
    "attribute --goal sales": "Did you mean 'sale'?",
    "imports undo i20250310T000000000000-0001": "outturn imports",
    "refused i20250310T000000000000-0001": "outturn imports",
    "import": "FILE",
    "import no-such-file.csv": "no-such-file.csv",
    "import {folder}": "is a directory",
    "import {orders} no-such-file.csv": "no-such-file.csv",
    "import {orders} --as shopfy": "Did you mean 'shopify'?",
    "import {orders} --currency EURO": "ISO 4217",
    "import {orders} --time-zone Europe/Berln": "IANA",
    "import {orders} --decimal ;": "',', '.'",
    "import {orders} --dates year-first": "day-first",
    "forget ": "e-mail",
    "kpi": "Did you mean 'kpis'?",
    "explian shopify:1": "Did you mean 'explain'?",
    "summarise": "Known: attribute, audit, backup, build,",
    "imports undoo": "Did you mean 'undo'?",
    "person exprot ana@example.com": "Did you mean 'export'?",
    "attribute --lookbck 30": "Did you mean '--lookback'?",
    "--workspce acme kpis": "Did you mean '--workspace'?",
}


@pytest.mark.parametrize("command", _WRONG)
def test_wrong_usage_leaves_with_two_and_a_sentence_that_helps(pristine: Path, exports: Path, command: str) -> None:
    places = {"folder": exports, "orders": exports / "shopify_orders.csv"}
    ran = outturn("-w", pristine, *command.format(**places).split(" "))
    assert (ran.code, ran.out) == (2, "")
    assert _WRONG[command] in ran.err


_INIT = {
    "--currency EURO": "ISO 4217",
    "--currency EUR --time-zone Europe/Berln": "IANA",
    "": "--currency",
}


@pytest.mark.parametrize("options", _INIT)
def test_init_makes_nothing_when_it_is_asked_wrongly(tmp_path: Path, options: str) -> None:
    ran = outturn("init", tmp_path / "acme", *options.split())
    assert ran.code == 2
    assert _INIT[options] in ran.err
    assert not (tmp_path / "acme").exists()


def test_init_leaves_what_is_there_alone(acme: Path, tmp_path: Path) -> None:
    taken = tmp_path / "file"
    taken.write_text("mine", encoding="utf-8")
    for folder in (acme, taken):
        ran = outturn("init", folder, "--currency", "EUR")
        assert (ran.code, "new folder" in ran.err) == (2, True)
    below = outturn("init", taken / "acme", "--currency", "EUR")
    assert below.code == 1
    assert str(taken) in below.err
    assert taken.read_text(encoding="utf-8") == "mine"


_BAD_FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "EMPTY_FILE"),
    "blank": (b"\n\n\n", "EMPTY_FILE"),
    "junk": (bytes(range(256)) * 40, "NOT_CSV"),
    "words": (b"Dear Sir or Madam,\nplease find the numbers below.\n", "NO_HEADER"),
    "header alone": (b"date_day,channel,kind,cost,currency\n", "EMPTY_FILE"),
    "half a JSON line": (b'{"type":"page","messageId":"m-1","anonymousId":"a', "TRUNCATED"),
    "half a Parquet file": (b"PAR1" + bytes(200), "TRUNCATED"),
    "nobody's columns": (b"a,b,c\n1,2,3\n", "UNRECOGNISED"),
}


@pytest.mark.parametrize("name", _BAD_FILES)
def test_a_file_that_is_no_export_is_refused_by_its_code(empty: Path, tmp_path: Path, name: str) -> None:
    content, code = _BAD_FILES[name]
    file = tmp_path / "export.csv"
    file.write_bytes(content)
    ran = outturn("-w", empty, "import", file, "--json")
    assert ran.code == 1
    (report,) = ran.json["files"]
    assert (report["verdict"], report["import_id"]) == ("refuse", None)
    assert list(report["reasons"]) == [code]
    assert code in outturn("-w", empty, "import", file).err
    assert answer("-w", empty, "imports") == {"imports": []}


@pytest.mark.parametrize("command", ["kpis", "attribute", "unjoined"])
def test_a_question_before_the_first_import_says_what_to_do(empty: Path, command: str) -> None:
    ran = outturn("-w", empty, command)
    assert (ran.code, ran.out) == (1, "")
    assert "outturn import" in ran.err


def test_a_build_of_nothing_is_a_build(empty: Path) -> None:
    assert answer("-w", empty, "build")["conversions"] == 0
    (row,) = answer("-w", empty, "kpis")["rows"]
    assert row["spend"] is None
    assert answer("-w", empty, "kpis", "--by", "channel")["rows"] == []


def test_without_touches_attribute_says_which_exports_would_supply_them(
    empty: Path, exports: Path, tmp_path: Path
) -> None:
    answer("-w", empty, "import", _other_sales(tmp_path), exports / "google_ads_campaigns.csv")
    ran = outturn("-w", empty, "attribute")
    assert ran.code == 1
    for word in ("GA4", "Segment", "MER", "claimed"):
        assert word in ran.err
    (row,) = answer("-w", empty, "kpis")["rows"]
    asked = outturn("-w", empty, "attribute", "--json")
    assert asked.code == 1
    known = asked.json["without_touches"]
    assert {name: known[name] for name in ("conversions", "revenue", "mer")} == {
        name: row[name] for name in ("conversions", "revenue", "mer")
    }
    # The platform's claims beside the ledger, in the table and in --json.
    (claim,) = known["claims"]
    assert (claim["platform"], claim["spend"]) == ("google_ads", row["spend"])
    assert claim["claimed_conversions"] == row["claimed_conversions"] > 0
    assert "google_ads" in ran.out
    assert "never added up" in ran.out


def test_missing_rates_name_currency_and_days_and_refuse_no_import(empty: Path, exports: Path) -> None:
    answer("-w", empty, "import", exports / "meta_ads_campaigns.csv")
    for question in (["kpis", "--by", "channel"], ["kpis", "--kpi", "spend"]):
        ran = outturn("-w", empty, *question)
        assert (ran.code, ran.out) == (1, "")
        for word in ("USD", "2025-03-03", "eurofxref-hist.csv"):
            assert word in ran.err
    assert answer("-w", empty, "kpis", "--kpi", "clicks")["rows"][0]["clicks"] > 0
    answer("-w", empty, "import", exports / "eurofxref-hist.csv")
    assert float(answer("-w", empty, "kpis", "--kpi", "spend")["rows"][0]["spend"]) > 0


def test_no_workspace_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for arguments in (["kpis"], ["-w", str(tmp_path / "nowhere"), "kpis"], ["import", __file__]):
        ran = outturn(*arguments)
        assert ran.code == 1
        assert "outturn init" in ran.err


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ('[workspace\ncurrency = "EUR"', 2, "line 1"),
        ('[workspace]\ncurrency = "EURO"', 2, "ISO 4217"),
        ('[workspace]\ncurency = "EUR"', 2, "currency"),
        ('[workspace]\ncurrency = "EUR"\n[goals.sale]\nkinds = ["purchse"]', 2, "purchase"),
        ("", 2, "currency"),
    ],
)
def test_broken_settings_are_named(acme: Path, text: str, code: int, said: str) -> None:
    (acme / "outturn.toml").write_text(text, encoding="utf-8")
    ran = outturn("-w", acme, "kpis")
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert "outturn.toml" in ran.err


@pytest.mark.parametrize(
    ("file", "content", "command"),
    [
        ("schema.json", b"{", "kpis"),
        ("schema.json", b'{"version": 99}', "kpis"),
        ("lake/builds/published.json", b"{", "kpis"),
        ("identity.key", b"short", "forget ana@example.com"),
    ],
)
def test_a_damaged_workspace_is_said_to_be_one(acme: Path, file: str, content: bytes, command: str) -> None:
    (acme / file).write_bytes(content)
    ran = outturn("-w", acme, *command.split())
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("outturn: ")


def test_a_lost_table_of_a_build_is_said_to_be_lost_and_a_build_brings_it_back(acme: Path) -> None:
    before = answer("-w", acme, "kpis", "--by", "channel")
    for file in (acme / "lake/builds").glob("*/channel_day/*.parquet"):
        file.unlink()
    ran = outturn("-w", acme, "kpis", "--by", "channel")
    assert (ran.code, ran.out) == (1, "")
    assert "outturn build" in ran.err
    answer("-w", acme, "build")
    assert answer("-w", acme, "kpis", "--by", "channel") == before


@pytest.mark.parametrize("command", ["import {file}", "build", "imports undo {import_id}", "forget ana@example.com"])
def test_a_second_writer_is_refused_and_readers_are_not(acme: Path, exports: Path, command: str) -> None:
    *_, latest = answer("-w", acme, "imports")["imports"]
    words = command.format(file=exports / "costs.csv", import_id=latest["import_id"]).split()
    with Workspace.open(acme).lock():
        ran = outturn("-w", acme, *words)
        assert (ran.code, ran.out) == (1, "")
        assert "Another outturn command is writing" in ran.err
        assert answer("-w", acme, "kpis", "--by", "channel")["rows"]
        assert answer("-w", acme, "imports")["imports"][-1]["state"] == "loaded"
    assert outturn("-w", acme, *words).code == 0


def _other_sales(folder: Path) -> Path:
    """Sales of another system of record, which no order of the shop's matches."""
    file = folder / "conversions.csv"
    file.write_text(
        "user_id,occurred_at,value,currency,outcome_id\n"
        "z-1,2025-03-12T10:00:00Z,50.00,EUR,z-1001\nz-2,2025-03-20T10:00:00Z,70.00,EUR,z-1002\n",
        encoding="utf-8",
    )
    return file


def test_a_build_that_cannot_be_made_leaves_the_facts_in_and_the_figures_as_they_were(
    acme: Path, tmp_path: Path
) -> None:
    before = answer("-w", acme, "kpis", "--by", "channel")
    ran = outturn("-w", acme, "import", _other_sales(tmp_path), "--json")
    assert ran.code == 1
    (report,) = ran.json["files"]
    assert report["verdict"] == "accept"
    assert "shopify" in ran.json["error"]
    assert ran.json["error"] in ran.err
    assert answer("-w", acme, "kpis", "--by", "channel") == before
    assert outturn("-w", acme, "build").code == 1
    assert "build" in answer("-w", acme, "imports", "undo", report["import_id"])
    assert answer("-w", acme, "kpis", "--by", "channel") == before


def test_commands_leave_with_their_code_from_a_real_process(pristine: Path, tmp_path: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        code = "from outturn.cli import main; main()"
        return subprocess.run(
            [sys.executable, "-c", code, *arguments],
            capture_output=True, text=True, cwd=tmp_path, check=False, env=_environment(),
        )  # fmt: skip

    done = run("-w", str(pristine), "kpis", "--by", "channel", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["rows"]
    assert run("-w", str(pristine), "kpis", "--by", "chanel").returncode == 2
    refused = run("kpis")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("outturn: No workspace")


def test_a_reader_that_has_had_enough_is_no_error(pristine: Path) -> None:
    code = "from outturn.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", code, "-w", str(pristine), "kpis", "--by", "campaign,date_day", "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_environment(),
    ) as running:  # fmt: skip
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        said = running.stderr.read()
        assert running.wait() == 0
    assert said == b""


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


_ANSWERS = [
    "imports",
    "refused",
    "build",
    "kpis",
    "kpis --by campaign,week --as-of 2999-01-01",
    "kpis --kpi revenue --rows",
    "kpis --kpi roas --rows --where channel=Direct",
    "attribute --model all",
    "attribute --by campaign --lookback 7",
    "unjoined",
    "person export nobody@example.com",
    "forget nobody@example.com",
]


def test_json_is_one_object_on_stdout_for_every_command(acme: Path) -> None:
    for command in _ANSWERS:
        assert answer("-w", acme, *command.split()), command


def test_every_command_explains_itself_with_an_example() -> None:
    from outturn.cli.main import COMMANDS  # noqa: PLC0415

    for command in (*COMMANDS, "imports undo", "person export"):
        ran = outturn(*command.split(), "--help")
        assert ran.code == 0
        if command != "person":
            assert "outturn " in ran.out.split("Options:")[0].split("Usage:")[1].split("\n", 1)[1], command


def test_the_pristine_workspace_is_still_what_it_was(pristine: Path, tmp_path: Path) -> None:
    # Questions write nothing: a copy made now answers as the original does.
    copy = tmp_path / "copy"
    shutil.copytree(pristine, copy)
    assert answer("-w", copy, "kpis", "--by", "campaign") == answer("-w", pristine, "kpis", "--by", "campaign")


def test_sums_beyond_64_bits_are_refused_in_words(empty: Path, tmp_path: Path) -> None:
    file = tmp_path / "outcomes.csv"
    header = "outcome_id,kind,occurred_at,user_id,revenue,currency\n"
    row = "{},purchase,2025-03-10T10:00:00Z,u1,{},EUR\n"

    def taken(*amounts: str, ids: str = "abcd") -> dict[str, object]:
        file.write_text(header + "".join(map(row.format, ids, amounts)), encoding="utf-8")
        (report,) = outturn("-w", empty, "import", file, "--no-build", "--json").json["files"]
        return {name: report[name] for name in ("accepted", "refused", "reasons")}

    most = "9223372036854.775807"
    assert taken("9223372036854.775808", "5") == {"accepted": 1, "refused": 1, "reasons": {"BAD_NUMBER": 1}}
    assert taken(most, most) == {"accepted": 0, "refused": 2, "reasons": {"BAD_NUMBER": 2}}
    assert taken(most, ids="c")["accepted"] == taken(most, ids="d")["accepted"] == 1
    ran = outturn("-w", empty, "build")
    assert ran.code == 1
    assert "64 bits" in ran.err


def test_a_question_that_no_row_answers_says_so(pristine: Path) -> None:
    for question in (["--rows", "--kpi", "spend", "--where", "channel=Nowhere"], ["--from", "9999-12-31"]):
        ran = outturn("-w", pristine, "kpis", *question)
        assert (ran.code, ran.err) == (0, "")
        assert "no row answers this question" in ran.out


def test_an_audit_of_a_build_by_another_version_or_zone_asks_for_a_new_build(acme: Path) -> None:
    pointer = acme / "lake/builds/published.json"
    whole = pointer.read_text()
    document = json.loads(whole)
    del document["files"]["hit_days"]
    pointer.write_text(json.dumps(document))
    ran = outturn("-w", acme, "audit")
    assert (ran.code, ran.out) == (1, "")
    assert "without hit_days" in ran.err
    assert "outturn build" in ran.err
    pointer.write_text(whole)
    settings = acme / "outturn.toml"
    settings.write_text(settings.read_text().replace("Europe/Berlin", "Asia/Tokyo"))
    ran = outturn("-w", acme, "audit")
    assert (ran.code, ran.out) == (1, "")
    assert "days of Europe/Berlin" in ran.err
    answer("-w", acme, "build")
    assert outturn("-w", acme, "audit", "--json").code in {0, 1}
