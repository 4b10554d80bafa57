"""What can go wrong, as a tree: every error says what, where, what was expected, and what to do.

```
OutturnError                 anything that Outturn itself refuses; never a bug
├── UsageError               the request was wrong (exit code 2): unknown name, flag, setting
│   └── UnknownName          a name that is not known, with the nearest known ones
├── Refusal                  the data was refused, nothing of it was applied (exit code 1)
│   ├── NoTouches            nothing to credit, with what can be said without
│   └── FileRefused          one file, with its refusal code
├── WorkspaceError           the workspace is missing, locked, newer than this program, or damaged
├── CurrencyMismatch         two currencies met in one sum
└── MissingRates             amounts could not be converted: names currency and days
```
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# The codes of refused files and rows. They are part of the `--json` contract: additions only.
REFUSAL_CODES: dict[str, str] = {
    "AMBIGUOUS_CAMPAIGN": "several campaigns bear the name by which a partial file would replace one",
    "AMBIGUOUS_CURRENCY": "the file states no currency and none was given; pass --currency",
    "AMBIGUOUS_DATE": "dates read as day-first and as month-first; pass --dates",
    "AMBIGUOUS_NUMBER": "numbers read with ',' and with '.' as the decimal sign; pass --decimal",
    "BAD_DATE": "not a date, or one that does not exist",
    "BAD_ENCODING": "bytes that are no text in the file's encoding",
    "BAD_NUMBER": "not a number, not a whole micro, or out of range",
    "COLUMN_SHIFT": "the row has another number of cells than the header",
    "CURRENCY_MISMATCH": "header, signs, rows, --currency or the account's table state different currencies",
    "DROPS_CAMPAIGNS": "the file would drop campaigns with spend from days that it covers",
    "DUPLICATE_HEADER": "a needed column stands twice in the header",
    "EMPTY_FILE": "no rows",
    "ID_PRECISION_LOST": "an id that a spreadsheet has rounded (1.2E+14) or lost (#N/A)",
    "MISSING_VALUE": "a required cell is empty",
    "MIXED_NUMBER_STYLE": "one column mixes two number styles",
    "NOT_JSON": "the bytes are no JSON object",
    "NO_ACCOUNT": "the file names no ad account and the workspace knows several; pass --account",
    "NO_DAY": "the rows cover a period, not a day",
    "NO_HEADER": "no header line was found",
    "NOT_ALLOWED": "the write key may not send this",
    "NOT_CSV": "the bytes are neither text, Parquet nor JSON lines",
    "REPEATED": "the transaction counts by its first postback, as its link says",
    "ROWCOUNT_MISMATCH": "the file states another number of rows than it has",
    "SETTLED": "a postback contradicts a transaction that is approved, which is final",
    "SUPPRESSED": "the person asked to be forgotten",
    "TOO_LARGE": "what is packed unpacks to more than is read",
    "TRUNCATED": "the file ends inside a record",
    "UNKNOWN_KIND": "a kind that is not known",
    "UNRECOGNISED": "no source knows this layout; name one with --as",
    "WRONG_PLATFORM": "the file is another platform's than --as says",
    "XLSX_MULTIPLE_SHEETS": "several sheets hold tables",
}


class OutturnError(Exception):
    """Anything that Outturn refuses to do, said in full sentences to a user."""

    exit_code = 1


class UsageError(OutturnError):
    """The request itself was wrong: nothing was read or written."""

    exit_code = 2


class UnknownName(UsageError):
    """A name that nothing bears; the message offers the nearest known names."""

    def __init__(self, kind: str, name: str, known: Iterable[str], *, hint: str = "") -> None:
        """Say which name of what `kind` was not known, and which are.

        Args:
            kind: What was looked for, in the user's words ("model", "setting").
            name: What was asked for.
            known: All the names there are; the message lists them, sorted.
            hint: One more sentence on how to get there, without a leading space.
        """
        names = sorted(known)
        near = get_close_matches(name, names, n=1, cutoff=0.6)
        guess = f" Did you mean {near[0]!r}?" if near else ""
        more = f" {hint}" if hint else ""
        known_names = f"Known: {', '.join(names)}." if names else "There is none yet."
        super().__init__(f"No {kind} named {name!r}.{guess} {known_names}{more}")


class Refusal(OutturnError):
    """The data was refused; nothing of it was applied."""


class NoTouches(Refusal):
    """Nothing can be credited, because no import holds touches.

    Attributes:
        known: What can be said without, in the form of `--json`.
    """

    def __init__(self, message: str, known: Mapping[str, object]) -> None:
        self.known = dict(known)
        super().__init__(message)


class FileRefused(Refusal):
    """One whole file was refused.

    Attributes:
        code: One of `REFUSAL_CODES`.
        needs: What would settle it ("currency", "account", "decimal", "dates"), may be empty.
        reason: The sentence for the user, without the file's name.
    """

    def __init__(self, code: str, reason: str, *, needs: Iterable[str] = ()) -> None:
        if code not in REFUSAL_CODES:
            raise ValueError(f"unknown refusal code {code}")
        self.code = code
        self.reason = reason
        self.needs = tuple(needs)
        super().__init__(f"{code}: {reason}")


class WorkspaceError(OutturnError):
    """The workspace is missing, locked, newer than this program, or damaged."""


class CurrencyMismatch(OutturnError):
    """Two currencies met in one sum, which only an exchange rate could settle."""


class MissingRates(OutturnError):
    """Amounts in a foreign currency have no ECB rate within seven days before their day."""
