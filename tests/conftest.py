"""What every test may lean on: steady property tests, and the example files that are not ours to copy."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
# Exports of other people's systems, kept beside the project: read where they are, never copied in.
FIXTURES = ROOT.parent / "shared" / "fixtures"

# A busy machine is no failure of a law. Examples are few enough that the whole suite stays in
# minutes, and the same from run to run: a failure can be met again by whoever reads of it.
settings.register_profile(
    "outturn",
    deadline=None,
    derandomize=True,
    max_examples=60,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
# `make soak` asks for this one by --hypothesis-profile.
settings.register_profile(
    "soak", deadline=None, max_examples=2_000, print_blob=True, suppress_health_check=list(HealthCheck)
)
settings.load_profile("outturn")


@pytest.fixture(scope="session")
def fixtures() -> Path:
    """The folder of example exports; a test that needs it is skipped only where there is none."""
    if not FIXTURES.is_dir():
        pytest.skip("no folder ../shared/fixtures beside the project")
    return FIXTURES
