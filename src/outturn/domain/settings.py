"""What a workspace can be told: one table of settings makes the loader, the checks and the docs page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from outturn.domain.currencies import minor_digits
from outturn.domain.errors import UnknownName, UsageError
from outturn.domain.goals import DEFAULT_GOAL, Goal
from outturn.domain.time import zone

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of `outturn.toml`: `[section] name = default`."""

    section: str
    name: str
    default: Any
    unit: str
    says: str
    choices: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """`section.name`, as errors and docs write it."""
        return f"{self.section}.{self.name}"


SETTINGS: tuple[Setting, ...] = (
    Setting("workspace", "currency", "", "ISO 4217", "currency of every report; given to `outturn init`"),
    Setting("workspace", "time_zone", "UTC", "IANA name", "zone whose calendar gives the business's days"),
    Setting("revenue", "basis", "net", "", "net: without tax, shipping and discount; gross: as charged", ("net", "gross")),
    Setting("attribution", "model", "last_non_direct", "model", "the model of `kpis` where none is asked for"),
    Setting("journeys", "session_minutes", 30, "minutes", "inactivity that ends a session"),
    Setting("journeys", "identity_degree_cap", 20, "identifiers", "an identifier tied to more others than this joins nobody"),
    Setting("journeys", "company_people_cap", 1000, "people", "a company with more people than this groups nobody: a placeholder, a mail provider"),
    Setting("journeys", "own_hosts", (), "host names", "referrers that are the business itself, beside the hosts of its own pages"),
    Setting("journeys", "new_customer_history_days", 30, "days", "first days of the ledger in which new cannot be told from old"),
    Setting("channels", "rules", (), "tables", "[{platform, campaign, channel}]: campaigns by name pattern (`*`), first match wins"),
    Setting("privacy", "refused_days", 30, "days", "how long refused rows are kept"),
    Setting("privacy", "phone_region", "", "ISO 3166", "country of phone numbers written without `+`"),
    Setting("server", "address", "127.0.0.1", "address", "where the collector listens; anything else than this machine is said aloud"),
    Setting("server", "port", 8787, "port", "of the collector"),
    Setting("server", "workers", 2, "processes", "that answer; each writes a stream of the journal"),
    Setting("server", "trusted_proxies", (), "networks", "whose X-Forwarded-For is believed"),
    Setting("server", "metrics_networks", ("127.0.0.1", "::1"), "networks", "that may read /metrics"),
    Setting("server", "origins", (), "origins", "pages that may send from a browser, such as https://shop.example"),
    Setting("server", "tag_path", "/o.js", "path", "under which the tag is served"),
    Setting("server", "cookie", "_ot", "name", "of the cookie that holds a browser's id"),
    Setting("server", "cookie_domain", "", "host name", "the site above the collector's own host, so that its other hosts share the id; empty: the collector's host alone"),
    Setting("server", "message_kb", 32, "KB", "largest message"),
    Setting("server", "batch_kb", 500, "KB", "largest batch, decompressed"),
    Setting("server", "queue_mb", 16, "MB", "what may wait for the disk in one worker before clients are sent away"),
    Setting("server", "address_rate", 100, "requests/s", "from one network with a public key, in one worker; bursts of ten seconds; 0: any number"),
    Setting("server", "key_rate", 20000, "requests/s", "with one key, in one worker; bursts of ten seconds; 0: any number"),
    Setting("server", "refused_per_minute", 60, "rows", "refused messages of one key that are kept to be looked at, in one worker"),
    Setting("consent", "required", default=False, unit="", says="true: who has not said yes to analytics_storage is taken to have said no"),
    Setting("journal", "load_seconds", 60, "seconds", "between two loads into the lake"),
    Setting("journal", "load_mb", 32, "MB", "in the journal that are loaded at once, and before their time"),
    Setting("journal", "keep_days", 30, "days", "how long segments are kept once they are in the lake"),
    Setting("engine", "name", "duckdb", "", "what computes", ("duckdb", "spark")),
    Setting("engine", "threads", 0, "threads", "0: one per core"),
    Setting("engine", "memory_limit_mb", 0, "MB", "memory before spilling to disk; 0: DuckDB takes a quarter of the machine's, Spark 2,048"),
    Setting("engine", "spark_url", "local[2]", "URL", "the Spark session: local[2], spark://host:7077, ..."),
)  # fmt: skip

Basis = Literal["net", "gross"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one workspace, checked.

    Attributes:
        values: By `section.name`, every setting of `SETTINGS`.
        goals: In the file's order; the first is the default goal.
    """

    values: Mapping[str, Any] = field(default_factory=lambda: {setting.key: setting.default for setting in SETTINGS})
    goals: tuple[Goal, ...] = (DEFAULT_GOAL,)

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    @property
    def currency(self) -> str:
        """The currency of every report."""
        return str(self["workspace.currency"])

    @property
    def time_zone(self) -> str:
        """The zone of the business's days."""
        return str(self["workspace.time_zone"])

    @property
    def channel_rules(self) -> tuple[tuple[str, str, str], ...]:
        """The user's own rules as (platform or *, campaign name pattern, channel)."""
        return tuple((rule.get("platform", "*"), rule["campaign"], rule["channel"]) for rule in self["channels.rules"])

    def goal(self, goal_id: str | None = None) -> Goal:
        """The goal of that id; the first one where none is named.

        Raises:
            UnknownName: No such goal.
        """
        if goal_id is None:
            return self.goals[0]
        for goal in self.goals:
            if goal.id == goal_id:
                return goal
        raise UnknownName("goal", goal_id, [goal.id for goal in self.goals], hint="Goals stand in outturn.toml.")


def checked(document: Mapping[str, Any], *, where: str) -> Settings:
    """Turn a parsed `outturn.toml` into settings.

    Args:
        document: Sections with their values; `[goals.<id>]` tables are goals.
        where: The file's name, for messages.

    Raises:
        UsageError: An unknown section or key (with the nearest known one), a value of the wrong
            type or outside its choices, an unknown currency, zone or kind.
    """
    goals = tuple(Goal.from_table(goal_id, table) for goal_id, table in document.get("goals", {}).items())
    given = _flat({section: table for section, table in document.items() if section != "goals"}, where)
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        values[setting.key] = _value(setting, given.pop(setting.key, setting.default), where)
    if given:
        raise UnknownName(
            "setting", next(iter(given)), [setting.key for setting in SETTINGS], hint=f"It stands in {where}."
        )
    if not values["workspace.currency"]:
        raise UsageError(f'{where} names no currency: add `currency = "EUR"` under [workspace]')
    minor_digits(values["workspace.currency"])
    zone(values["workspace.time_zone"])
    for rule in values["channels.rules"]:
        if not isinstance(rule, dict) or not {"campaign", "channel"} <= rule.keys() <= {
            "platform",
            "campaign",
            "channel",
        }:
            raise UsageError(f"{where}: channels.rules holds {rule!r}: expected {{platform, campaign, channel}}")
    return Settings(values, goals or (DEFAULT_GOAL,))


def _flat(document: Mapping[str, Any], where: str) -> dict[str, Any]:
    for section, table in document.items():
        if not isinstance(table, dict):
            raise UsageError(f"{where}: {section!r} stands outside a [section]")
    return {f"{section}.{name}": value for section, table in document.items() for name, value in table.items()}


def _value(setting: Setting, given: Any, where: str) -> Any:
    expected = type(setting.default)
    value = tuple(given) if expected is tuple and isinstance(given, list) else given
    if type(value) is not expected or (isinstance(value, int) and value < 0):
        names = {str: "text", int: "a whole number >= 0", bool: "true or false", tuple: "a list"}
        raise UsageError(f"{where}: {setting.key} is {given!r}: expected {names[expected]} ({setting.says})")
    if setting.choices and value not in setting.choices:
        raise UsageError(f"{where}: {setting.key} is {given!r}: expected one of {', '.join(setting.choices)}")
    return value
