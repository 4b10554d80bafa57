"""Seven and eleven models over ten million built touches, against DuckDB counting the raw ones by user."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from string import Template

import duckdb

from bench.measured import Ratio, alternating, hand_over, peak_memory_mb
from outturn.attribution.credits import Question, credit_all, write_credits
from outturn.attribution.models import ORDERS, names
from outturn.domain.goals import Goal
from outturn.store.engine import Engine, open_engine
from outturn.store.tables import TABLES

TOUCHES = 10_000_000
CONVERSIONS = 300_000
USERS = 1_500_000
DAYS = 90
GOALS = [Goal("sale", ("purchase",), lookback_days=30)]

# Twelve channels of ten campaigns; what varies is drawn from the row's number, so every run has the same market.
_AT = """TIMESTAMPTZ '2026-01-01 00:00:00+00'
        + to_microseconds(CAST(hash(i + 1000000007) % ($days * 86400000000) AS BIGINT)) AS occurred_at"""
_PERSON = """CAST(user_id % 64 AS INTEGER) AS bucket,
    user_id % 64 * ($users // 64 + 1) + user_id // 64 AS person_id"""
_RAW = """
SELECT CAST(hash(i) % $users AS BIGINT) AS user_id, $at, CAST(1 + hash(i + 2000000011) % 120 AS INTEGER) AS place
FROM range($touches) AS t(i)
"""
_TOUCHES = """
SELECT $person, occurred_at, place, '' AS touch_id, 'visit' AS touch_kind,
    NULL AS ad_group_id, NULL AS ad_id, NULL AS joined_by
FROM read_parquet('$raw')
"""
# One in twenty is a refund, some days after its sale.
_CONVERSIONS = """
WITH drawn AS (
    SELECT i, CAST(hash(i + 3000000019) % $users AS BIGINT) AS user_id, $at,
        CASE WHEN i % 20 = 0 THEN -1 ELSE 1 END AS sign
    FROM range($conversions) AS t(i)
)
SELECT 'sale' AS goal, 'o' || i AS outcome_id, NULL AS parent_outcome_id, 'purchase' AS kind, $person, occurred_at,
    -1 AS company_id, NULL AS lead_at, NULL AS opportunity_at, CAST(occurred_at AS DATE) AS date_day,
    CAST(occurred_at AS DATE) + CASE WHEN sign < 0 THEN CAST(1 + i % 14 AS INTEGER) ELSE 0 END AS cash_day,
    CASE WHEN sign > 0 THEN 1 ELSE 0 END AS counts, CASE WHEN sign > 0 THEN 1 ELSE 0 END AS kept,
    sign * CAST(1000000 + hash(i + 5000000029) % 200000000 AS BIGINT) AS value_micros,
    sign * CAST(hash(i + 6000000001) % 50000000 AS BIGINT) AS margin_micros,
    i % 3 = 0 AS new_customer, '' AS flags
FROM drawn
"""
_PLACES = """
SELECT 0 AS place, '(none)' AS channel, '' AS platform, '' AS account_id, '' AS campaign_key, NULL AS campaign_id,
    NULL AS campaign_name
UNION ALL
SELECT CAST(1 + i AS INTEGER), 'Channel ' || (i // 10), 'ads', '1', 'c' || i, 'c' || i, 'Campaign ' || i
FROM range(120) AS t(i)
"""
_NO_COMPANIES = """
SELECT 0 AS bucket, 0 AS company_id, TIMESTAMPTZ '2026-01-01 00:00:00+00' AS occurred_at, 0 AS place, '' AS touch_id,
    0 AS person_id
WHERE FALSE
"""
_ORDERS = {
    "touches": ("bucket", "person_id", "occurred_at", "place"),
    "company_touches": ("bucket", "company_id", "occurred_at", "place"),
    "conversions": ("bucket", "person_id", "occurred_at", "outcome_id"),
    "places": ("place",),
}


def make(folder: Path) -> None:
    """Write the raw touches, with integer and with text ids, and what a build makes of them."""
    raw, text = folder / "raw.parquet", folder / "text.parquet"
    drawn = {
        "at": Template(_AT).substitute(days=DAYS),
        "person": Template(_PERSON).substitute(users=USERS),
        "raw": raw,
        "touches": TOUCHES,
        "conversions": CONVERSIONS,
        "users": USERS,
    }
    duckdb.execute("COPY (" + Template(_RAW).substitute(drawn) + f") TO '{raw}'")
    touches = duckdb.read_parquet(str(raw))
    touches.project("md5(CAST(user_id AS VARCHAR)) AS user_id, occurred_at, place").write_parquet(str(text))
    engine = open_engine()
    statements = {"touches": _TOUCHES, "conversions": _CONVERSIONS, "places": _PLACES, "company_touches": _NO_COMPANIES}
    for name, statement in statements.items():
        made = Template(statement).substitute(drawn)
        engine.write(made, folder / name, order=_ORDERS[name], table=TABLES[name])
    engine.close()


def opened(folder: Path) -> Engine:
    """An engine that knows the built tables, as a build or a reader has it."""
    engine = open_engine()
    for name in _ORDERS:
        engine.relation(name, [str(file) for file in sorted((folder / name).glob("*.parquet"))], TABLES[name])
    return engine


def credited(folder: Path, question: Question) -> int:
    """From the built files to credits in memory; how many rows they are."""
    engine = opened(folder)
    made = credit_all(engine, GOALS, question)
    engine.close()
    return int(made.cells.num_rows)


def written(folder: Path) -> None:
    """The same, and the table `credits` on disk."""
    engine = opened(folder)
    write_credits(engine, folder / "written", GOALS)
    engine.close()
    shutil.rmtree(folder / "written")


def counted(file: Path) -> None:
    """What it is held against: how many touches each user has, materialised."""
    connection = duckdb.connect()
    users = connection.read_parquet(str(file)).aggregate("user_id, count(*) AS touches", "user_id")
    users.create("counted")
    connection.close()


SEVEN = tuple(name for name in names() if name not in ORDERS and name != "shapley")


def main() -> None:
    """Measure and hand over."""
    folder = Path(tempfile.mkdtemp(prefix="outturn-bench-"))
    bare = "DuckDB `GROUP BY user_id`"
    try:
        # In a process of its own, whose memory is not ours.
        subprocess.run([sys.executable, "-m", "bench.attribution", str(folder)], check=True)
        ratios = []
        for what, question, bound in (
            ("seven models over 10M touches", Question(SEVEN, intervals=False), "<= 2.00"),
            ("eleven models", Question(intervals=False), "<= 2.00"),
            ("eleven models with intervals", Question(), "<= 3.00"),
        ):
            rows = credited(folder, question)  # and once for the compiler
            peak = peak_memory_mb()
            mine, theirs = alternating(
                lambda question=question: credited(folder, question), lambda: counted(folder / "raw.parquet")
            )
            ratios.append(Ratio(what, mine, bare, theirs, bound, f"{rows:,} rows, peak {peak:.0f} MB"))
        beside, text = alternating(lambda: written(folder), lambda: counted(folder / "text.parquet"))
        ratios += [
            Ratio("the same against text ids", mine, f"{bare}, text", text),
            Ratio("the same, and `credits` written", beside, bare, theirs, "", f"peak {peak_memory_mb():.0f} MB"),
        ]
        print("\n".join(ratio.row() for ratio in ratios), file=sys.stderr)
        hand_over(ratios)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    if sys.argv[1:]:
        make(Path(sys.argv[1]))
    else:
        main()
