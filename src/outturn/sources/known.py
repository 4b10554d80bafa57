"""What the workspace knows of ad accounts: their currency and zone, and which account a campaign or ad belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from outturn.store.duckdb_engine import DuckDBEngine

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from typing import Any

    from outturn.store.facts import Facts

UNNAMED = "(unnamed)"
"""The account of a platform's first files, as long as none has named one."""

_TABLES = ("accounts", "ad_entities", "ad_spend")
_REMEMBERED = """
SELECT platform, account_id, level, id, name FROM ad_entities WHERE account_id IS NOT NULL
UNION
SELECT platform, account_id, 'campaign', campaign_id, campaign_name
FROM ad_spend WHERE COALESCE(campaign_id, campaign_name) IS NOT NULL
UNION
SELECT platform, account_id, 'ad', ad_id, NULL FROM ad_spend WHERE ad_id IS NOT NULL
"""
_PARENTS = "SELECT platform, level, id, parent_id FROM ad_entities WHERE account_id IS NULL AND parent_id IS NOT NULL"
_ABOVE = {"ad": "ad_group", "ad_group": "campaign"}


@dataclass(frozen=True, slots=True)
class Account:
    """One ad account; currency and zone are empty where no table says."""

    account_id: str
    name: str = ""
    currency: str = ""
    time_zone: str = ""


@dataclass(slots=True)
class Known:
    """Read from the facts when first asked for, and told of each file of the same command."""

    facts: Facts
    _accounts: dict[tuple[str, str], Account] = field(default_factory=dict)
    _ids: dict[tuple[str, str, str], set[str]] = field(default_factory=dict)
    _parents: dict[tuple[str, str, str], str] = field(default_factory=dict)
    _spending: set[tuple[str, str]] = field(default_factory=set)
    _read: bool = False

    def accounts(self, platform: str) -> dict[str, Account]:
        """The platform's accounts by id; `(unnamed)` only while none has a name."""
        self._load()
        found = {account_id: account for (of, account_id), account in self._accounts.items() if of == platform}
        if len(found) > 1:
            found.pop(UNNAMED, None)
        return found

    def bills(self) -> bool:
        """Whether any account's currency is known."""
        self._load()
        return any(account.currency for account in self._accounts.values())

    def owner(self, platform: str, level: str, id_or_name: str) -> str:
        """The one account that has this campaign, ad group or ad, or what it is a part of; empty: none or several."""
        key = (platform, level, id_or_name)
        owners = self.owners(*key)
        if not owners and key in self._parents:
            return self.owner(platform, _ABOVE[level], self._parents[key])
        return next(iter(owners)) if len(owners) == 1 else ""

    def owners(self, platform: str, level: str, id_or_name: str) -> set[str]:
        """Every account that tables or spend say has it."""
        self._load()
        return self._ids.get((platform, level, id_or_name), set()) - {UNNAMED}

    def spends(self, platform: str, account_id: str) -> bool:
        """Whether spend is booked under it."""
        self._load()
        return (platform, account_id) in self._spending

    def learn_accounts(self, platform: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Note (account_id, name, currency, time_zone) rows; a later row of an account wins where it says something."""
        for account_id, name, currency, time_zone in rows:
            old = self._accounts.get((platform, account_id), Account(account_id))
            self._accounts[platform, account_id] = Account(
                account_id, name or old.name, currency or old.currency, time_zone or old.time_zone
            )

    def learn_entities(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Note (platform, account_id, level, id, name) rows."""
        for platform, account_id, level, native_id, name in rows:
            self.learn_accounts(platform, [(account_id, "", "", "")])
            for key in (native_id, f"name:{name}" if name else None):
                if key:
                    self._ids.setdefault((platform, level, key), set()).add(account_id)

    def learn_spending(self, platform: str, accounts: Iterable[str]) -> None:
        """Note under which accounts spend is booked."""
        self._spending |= {(platform, account_id) for account_id in accounts}

    def learn_parents(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Note (platform, level, id, parent_id) rows of entities whose table does not say the account."""
        for platform, level, native_id, parent_id in rows:
            if level in _ABOVE:
                self._parents[platform, level, native_id] = parent_id

    def _load(self) -> None:
        if self._read:
            return
        self._read = True
        if not self.facts.history():
            return
        engine = current(self.facts)
        try:
            for platform, *account in engine.rows(
                "SELECT platform, account_id, name, currency, time_zone FROM accounts"
            ):
                self.learn_accounts(platform, [tuple(account)])
            for platform, account_id in engine.rows("SELECT DISTINCT platform, account_id FROM ad_spend"):
                self.learn_accounts(platform, [(account_id, "", "", "")])
                self.learn_spending(platform, [account_id])
            self.learn_entities(engine.rows(_REMEMBERED))
            self.learn_parents(engine.rows(_PARENTS))
        finally:
            engine.close()


def current(facts: Facts, *, without: Collection[str] = ()) -> DuckDBEngine:
    """An engine that holds the current rows that an import has to look at.

    Args:
        facts: Of the workspace.
        without: Ids of imports that are about to be taken back.
    """
    engine = DuckDBEngine()
    facts.expose(engine, only=_TABLES, without=without)
    return engine
