"""Whose rows they are: the ad account of each, as the file, the command, known campaigns or a lone account say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from outturn.domain.errors import FileRefused
from outturn.sources.known import UNNAMED, Account
from outturn.sources.two_names import adopted

if TYPE_CHECKING:
    from typing import Any

    import duckdb

    from outturn.sources.known import Known
    from outturn.sources.scope import Scope, Stated
    from outturn.sources.source import Source


def owner_key() -> str:
    """What a row without an account can be told by: only where that is the case, so that most files have one owner."""
    return (
        "CASE WHEN placed.stated_account IS NULL AND placed.stated_account_name IS NULL AND getvariable('by_owner') "
        "THEN "
        "COALESCE('campaign:' || placed.campaign_id, 'ad_group:' || placed.ad_group_id, 'ad:' || placed.ad_id, "
        "'campaign:name:' || placed.campaign_name) END"
    )


def make_owners(
    connection: duckdb.DuckDBPyConnection, known: Known, source: Source, stated: Stated, scope: Scope
) -> None:
    """The table `owners`: for each way in which rows say whose they are, the account with its currency and zone."""
    connection.execute("SET VARIABLE by_owner = false")
    silent = "stated_account IS NULL AND stated_account_name IS NULL"
    platforms = [
        row[0]
        for row in connection.execute(f"SELECT DISTINCT platform FROM placed WHERE {silent}").fetchall()  # noqa: S608
    ]
    if not stated.account and any(len(known.accounts(platform)) > 1 for platform in platforms):
        connection.execute("SET VARIABLE by_owner = true")
    distinct = connection.execute(
        f"SELECT DISTINCT platform, stated_account, stated_account_name, {owner_key()} FROM placed ORDER BY ALL"  # noqa: S608
    ).fetchall()
    matched = {key: known.owner(key[0], *key[3].split(":", 1)) for key in distinct if key[3]}
    # Asked once for the file: one may name a thousand accounts.
    known_of = {platform: known.accounts(platform) for platform in {key[0] for key in distinct}}
    ids_of = {platform: _ids_by_name(accounts) for platform, accounts in known_of.items()}
    campaigns = _campaigns(connection) if source.account_forms else {}
    owners: list[dict[str, Any]] = []
    for key in distinct:
        platform, account, name, _owner = key
        accounts = known_of[platform]
        if not account and name:
            account = ids_of[platform].get(name, name)
        account = account or stated.account or matched.get(key) or _only(platform, accounts, matched, scope)
        scope.owner = _settled(known, source, key, account, (accounts, campaigns), scope)
        account = scope.owner.account_id
        owners.append(
            {
                "platform": platform, "stated_account": key[1], "stated_account_name": name, "owner_key": key[3],
                "account_id": account,
                "currency": scope.owner.currency or None,
                "time_zone": scope.owner.time_zone or None,
            }
        )  # fmt: skip
    scope.accounts = list(dict.fromkeys([*scope.accounts, *(owner["account_id"] for owner in owners)]))
    names = ("platform", "stated_account", "stated_account_name", "owner_key", "account_id", "currency", "time_zone")
    table = pa.Table.from_pylist(owners, schema=pa.schema([(name, pa.string()) for name in names]))
    connection.register("owners_made", table)
    connection.execute("CREATE OR REPLACE TABLE owners AS SELECT * FROM owners_made")
    connection.unregister("owners_made")


def _ids_by_name(accounts: dict[str, Account]) -> dict[str, str]:
    """The first account that bears each name."""
    ids: dict[str, str] = {}
    for one in accounts.values():
        ids.setdefault(one.name, one.account_id)
    return ids


def _campaigns(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """The campaigns that the file has of each account that it states."""
    found = connection.execute(
        "SELECT stated_account, LIST(DISTINCT campaign_id) FROM placed "
        "WHERE stated_account IS NOT NULL AND campaign_id IS NOT NULL GROUP BY stated_account"
    ).fetchall()
    return dict(found)


def _settled(
    known: Known,
    source: Source,
    key: tuple[str, str | None, str | None, str | None],
    account: str,
    of_platform: tuple[dict[str, Account], dict[str, list[str]]],
    scope: Scope,
) -> Account:
    """What is known of an account, under whichever of its platform's two identifiers it came first."""
    _platform, stated, name, _owner = key
    accounts, campaigns = of_platform
    found = accounts.get(account, Account(account))
    if not source.account_forms or not stated:
        return found
    other = adopted(known, source, account, name=name or "", campaigns=campaigns.get(stated, []))
    if not other:
        return found
    scope.flags.append(f"account {account} is known as {other}: kept as that")
    first = accounts[other]
    return Account(other, first.name, first.currency or found.currency, first.time_zone or found.time_zone)


def _only(platform: str, accounts: dict[str, Any], matched: dict[Any, str], scope: Scope) -> str:
    """The account of rows that do not say: the platform's only one, or that of all known campaigns of the file."""
    if len(accounts) <= 1:
        account = next(iter(accounts), UNNAMED)
        if account != UNNAMED:
            flag = f"account not stated: {account} is the only one of {platform}"
            if flag not in scope.flags:
                scope.flags.append(flag)
        return account
    seen = {account for key, account in matched.items() if account and key[0] == platform}
    if len(seen) == 1:
        return next(iter(seen))
    raise FileRefused(
        "NO_ACCOUNT",
        f"the file names no ad account and the workspace knows {len(accounts)} of {platform} "
        f"({', '.join(sorted(accounts)[:8])}): pass --account",
        needs=("account",),
    )
