"""Whether everybody who states a file's currency states the same: its header, signs and rows, the command, the account.

Money is never guessed, so where two of them differ the file is refused and both are named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outturn.domain.errors import FileRefused

if TYPE_CHECKING:
    import duckdb

    from outturn.sources.known import Known
    from outturn.sources.reading import Reading


def refuse_other_currencies(
    connection: duckdb.DuckDBPyConnection, reading: Reading, known: Known, stated: str
) -> list[str]:
    """Hold what is stated of a file's currency together, once its rows are `accepted`.

    Args:
        connection: Where they are.
        reading: Of the file.
        known: What tables say of accounts.
        stated: `--currency`; empty: it was not given.

    Returns:
        Sentences for the user: that `--currency` was not needed, where every row states its own.

    Raises:
        FileRefused: CURRENCY_MISMATCH.
    """
    recognised = reading.recognised
    header = recognised.header_currency
    if header and stated and header != stated:
        raise _mismatch(
            f"its header or the signs beside its amounts state {header}, and --currency says {stated}",
            "import it without --currency, or with the currency that it is in",
        )
    if recognised.layout.spend and (known.bills() or recognised.sign_currencies):
        _refuse_other_than_accounts(connection, reading, known)
    if not (stated and reading.has("currency")):
        return []
    other = [
        row[0] for row in connection.execute(f"{_CURRENCIES} WHERE currency <> $stated", {"stated": stated}).fetchall()
    ]
    return (
        [f"its rows state {', '.join(sorted(other))} themselves: --currency {stated} did not count for them"]
        if other
        else []
    )


_CURRENCIES = "SELECT DISTINCT currency FROM accepted"


def _refuse_other_than_accounts(connection: duckdb.DuckDBPyConnection, reading: Reading, known: Known) -> None:
    rows = connection.execute("SELECT DISTINCT platform, account_id, currency FROM accepted ORDER BY ALL").fetchall()
    possible = reading.recognised.sign_currencies
    accounts = {platform: known.accounts(platform) for platform in {row[0] for row in rows}}
    for platform, account_id, currency in rows:
        account = accounts[platform].get(account_id)
        if account and account.currency and currency and account.currency != currency:
            raise _mismatch(
                f"its amounts are stated in {currency}, and the table of accounts says that {account_id} of {platform} "
                f"is billed in {account.currency}",
                "pass --account if it is another's, or import the account's table anew if that is wrong",
            )
        if possible and currency and currency not in possible:
            raise _mismatch(
                f"{account_id} of {platform} is billed in {currency}, and the signs beside the file's amounts are none "
                "of that currency",
                "pass --account if it is another's, or import the account's table anew if that is wrong",
            )


def _mismatch(what: str, remedy: str) -> FileRefused:
    return FileRefused("CURRENCY_MISMATCH", f"{what}: {remedy}")
