"""What a source of files is: its layouts as data, its laws, and how little of it is code.

A source is one module of this folder with a `SOURCE`. It says which columns tell its files from all
others, which cell means what, and which rows of facts come of it. Reading bytes, settling number and
date styles, refusing rows with their line, hashing identifiers, resolving account, currency and zone,
restatement and the commit are done once, for every source, by the frame and the importer.

How one file becomes facts:

1. `frame.open_frame` finds kind (CSV-like, JSON lines, Parquet), encoding, delimiter, preamble, header.
2. `recognition.recognise` compares the header with every layout; the most specific one that fits wins.
3. Every `Cell` is read as text and parsed by its `Kind`. The relation `parsed` has one row per record:
   `line`, `first_text` (the record's first cell), for each cell `<name>` (typed; NULL: not known)
   and `<name>_text` (as it stands in the file).
4. Rows for which `total` holds are ignored; then rows with an unreadable cell, a missing required one,
   or a failed `Check` are refused with code, column and line.
5. `accepted` is what is left, with the same columns (without `_text`), and each of `outputs` (fact table
   -> SELECT over `accepted`) gives that table's rows. A SELECT may give fewer or more rows than lines. It
   gives `line` and any of the table's columns by name; the others are NULL. `import_id`, `imported_at`
   are filled by the store. `getvariable('currency')`, `('time_zone')`, `('file')`, `('now')` give the
   `--currency` flag or NULL, the zone of naive times, the file's name and the time of the import.
6. Tables of one system may lean on one another (`Layout.lends`, `leans`, `steps`): `loans.py` says how.

Laws that `tests/sources/test_contract.py` holds for every layout unasked: rows read = accepted + refused +
ignored; sums equal an independent reading by `csv` and `Decimal`; importing again changes nothing; account,
currency and zone stand on every spend row; a later file restates. It builds a sample file from the cells,
or takes `Layout.sample` where cells have expressions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from outturn.sources.dates import Order


class Kind(Enum):
    """How a cell's text is read. Blank cells and the marks of missing (`--`, `null`) are NULL."""

    TEXT = "text"
    """As it stands; blank is NULL."""
    ID = "id"
    """An identifier: trimmed; scientific notation is refused (ID_PRECISION_LOST), `.0` of a spreadsheet dropped."""
    ACCOUNT = "account"
    """An ad account's identifier: as ID, without `act_` and without dashes between digits."""
    COUNT = "count"
    """A whole number >= 0 of any grouping: BIGINT."""
    MONEY = "money"
    """Major units in the file's number style: exact BIGINT micros, never rounded."""
    MICROS = "micros"
    """Whole micros already: BIGINT."""
    SHARE = "share"
    """A decimal that need not be exact, such as fractional conversions: DOUBLE. `< 10%` is NULL."""
    DAY = "day"
    """A calendar day in the file's date style: DATE. A day after today is refused."""
    AT = "at"
    """An instant: ISO 8601 (with an offset, else UTC), whole microseconds, or what a spreadsheet makes of one, with day
    and month in the file's order (`instants.py`): TIMESTAMPTZ. After now is refused."""
    AT_LOCAL = "at_local"
    """An instant: as AT, but without an offset in the zone of the file: TIMESTAMPTZ. After now is refused."""
    VERSION = "version"
    """An instant of any past or future, such as a table's updated_at: TIMESTAMPTZ."""
    FLAG = "flag"
    """true/false, yes/no, 1/0: BOOLEAN."""
    CURRENCY = "currency"
    """An ISO 4217 code, of any case: capitals. Others are refused."""
    ZONE = "zone"
    """An IANA time zone. Others are refused."""
    KEY = "key"
    """A person's identifier, kept only as its keyed hash: BLOB. Its `_text` never leaves the reading."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One column of a layout.

    Attributes:
        name: The cell's name in `parsed`; where it is a column of the layout's `table`, it fills it.
        kind: How it is read.
        headers: The names that it bears in files, in order of preference. Compared case-folded with blanks
            squeezed. `Amount spent ({currency})` matches any ISO code there and states the file's currency.
            In JSON lines: a dotted path, `context.campaign.source`.
        required: The layout fits only files that have the column.
        filled: A blank cell refuses its row with MISSING_VALUE.
        expression: Instead of headers: DuckDB SQL over `record` (the line of JSON lines, or the row of Parquet, as
            JSON) that gives VARCHAR. To keep the whole record: `CAST(record AS VARCHAR)`.
        identity: For KEY: what it identifies (anonymous, user, email, phone, crm, company).
        choices: What may stand there, lower case; others are refused with UNKNOWN_KIND. Empty: anything.
        canonical: For KEY: SQL over `text` for the canonical text that is hashed; empty: as its identity has it.
        future: A day or instant after now is no fault, such as the day on which a deal should close.
        sought: Only that a file has the column counts: nobody reads what stands in it, and its value is NULL.
        usual_dates: For DAY: by header, how the platform always writes 03/04/2026 under that header, where the file's
            own days leave it open. Only what a platform fixes stands here: English reports of Microsoft Ads
            (`Gregorian date`) and of LinkedIn (`Start Date (in UTC)`) are month-first whatever the country. All other
            files that leave it open are refused with AMBIGUOUS_DATE until --dates says it.
    """

    name: str
    kind: Kind
    headers: tuple[str, ...] = ()
    required: bool = False
    filled: bool = False
    expression: str = ""
    identity: str = ""
    choices: tuple[str, ...] = ()
    canonical: str = ""
    future: bool = False
    sought: bool = False
    usual_dates: Mapping[str, Order] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """A further reason to refuse a row.

    Attributes:
        code: One of `domain.errors.REFUSAL_CODES`.
        when: SQL over `parsed`: true refuses, NULL does not. May hold window functions.
        detail: What to tell the user, a sentence.
    """

    code: str
    when: str
    detail: str


@dataclass(frozen=True, slots=True)
class Total:
    """A figure of the import's summary: by currency, over the accepted rows.

    Attributes:
        name: Its name in `--json`.
        sums: SQL over `accepted` that is summed; NULL rows stay out, none at all gives null.
        money: True: micros, shown as a decimal string.
    """

    name: str
    sums: str
    money: bool = False


class View(str):
    """A step that each of its readers works out anew, where that takes less than to keep whole rows."""


@dataclass(frozen=True, slots=True)
class Preamble:
    """What the lines above a report's header say of all of its rows.

    Attributes:
        zone: IANA zone of its days; empty: not said.
        period: The first and last day that it covers; None: not said.
    """

    zone: str = ""
    period: tuple[date, date] | None = None


SPEND_TOTALS = (
    Total("impressions", "impressions"),
    Total("clicks", "clicks"),
    Total("spend", "spend_micros", money=True),
)


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """One shape of file.

    Attributes:
        name: Kept in `imports.layout`.
        cells: Its columns. Columns of the file that no cell names are passed over.
        table: The fact table that rows go to, cell by cell; empty with `outputs`, or where nothing uses the
            file: then every row is counted as ignored.
        constants: Column -> SQL over `accepted`, for columns of `table` that no cell fills.
        outputs: Fact table -> SELECT over `accepted`, beside or instead of `table`.
        seldom: SQL over `accepted` -> columns of its one output that stand empty in all rows unless a row meets it.
            Of a large file they are neither worked out nor written then.
        marks: Further headers that must be there. Not read; the more a layout asks for, the more specific it is.
        without: Headers that tell that it is another layout.
        looks: Cell -> regular expression of its values, where other platforms' files bear the same headers: of those
            that fit, the one whose looks the first rows have is meant.
        shape: "any" (CSV, Parquet or flat JSON lines), "records" (JSON lines or Parquet with nested fields, all by
            expression) or "lines" (JSON lines alone: nested fields by their dotted paths).
        total: SQL over `parsed`: true for a total or footer row. Use `first_text` and `<cell>_text`.
        footed: Lines of one cell below the last whole row are a footer, whatever they say, and ignored.
        deleted: SQL over `parsed`: true for a row that its own table marks as deleted. It is ignored, and no total.
        checks: Reasons of its own to refuse a row, tried in order after the cells.
        totals: What the summary adds up.
        level: For `ad_spend` and `claims`: the level of its rows; SQL over `accepted` if it varies.
        number: The decimal sign where the format fixes it ("." for tables out of an API), else settled by evidence.
        priced: Cells of money that need a currency. The row's `currency` cell, then a header's, then
            `--currency`, then (spend) the account's; none: AMBIGUOUS_CURRENCY. By default every MONEY and MICROS cell.
        preamble: Reads the lines above the header, and is told how the file writes 03/04/2026; None: `dates.range_of`
            looks for a range of days there.
        may_be_period: A file whose rows all bear the first day of a longer range covers that range, row by row.
        zone: Of the days of accounts whose own zone is not known; empty: the workspace's.
        day: For `ad_spend` and `claims`: SQL over `accepted` that makes `date_day` of an instant, once `time_zone` and
            `time_zone_assumed` stand; empty: the cell of that name.
        fills: For `ad_spend` and `claims`: column of `accepted` -> SQL over `accepted` and what was borrowed, which
            stands in its place.
        suppressed: What a forgotten person's row does: "refuse" it, or "strip" its identifiers and keep the amount.
        steps: Table (or view: `View`) -> SELECT over `accepted`, earlier steps and what was borrowed; made in this
            order before the outputs. Here `outturn_key(kind, canonical)` makes a key, and `suppressed` (key) is whom to
            forget.
        turn: Of several files of one command, those of a lower turn come first.
        lends: Relation of the source -> SELECT over `accepted` and the steps: what later files of the command may read.
        leans: Relations that its SQL reads: those of the source, `earlier` and `claimed` (`loans.py`). What nobody lent
            is empty.
        misses: Those of them whose lack is said to the user.
        sample: A small file, where the contract test cannot build one from the cells.
    """

    name: str
    cells: tuple[Cell, ...]
    table: str = ""
    constants: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    seldom: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    marks: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    looks: Mapping[str, str] = field(default_factory=dict)
    shape: Literal["any", "records", "lines"] = "any"
    total: str = "FALSE"
    footed: bool = False
    deleted: str = "FALSE"
    checks: tuple[Check, ...] = ()
    totals: tuple[Total, ...] = ()
    level: str = ""
    number: str = ""
    priced: tuple[str, ...] | None = None
    preamble: Callable[[Sequence[str], Order], Preamble] | None = None
    may_be_period: bool = False
    zone: str = ""
    day: str = ""
    fills: Mapping[str, str] = field(default_factory=dict)
    suppressed: Literal["refuse", "strip"] = "refuse"
    steps: Mapping[str, str] = field(default_factory=dict)
    turn: int = 0
    lends: Mapping[str, str] = field(default_factory=dict)
    leans: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()
    sample: str = ""

    def __post_init__(self) -> None:
        names = [cell.name for cell in self.cells]
        if len(set(names)) != len(names):
            raise ValueError(f"layout {self.name}: a cell's name stands twice")

    @property
    def tables(self) -> tuple[str, ...]:
        """The fact tables that the layout writes; none: its rows are counted as ignored."""
        return (*((self.table,) if self.table else ()), *self.outputs)

    @property
    def used(self) -> bool:
        """Whether its rows serve anything: facts, or another file of the command."""
        return bool(self.tables or self.lends)

    @property
    def spend(self) -> bool:
        """Whether account, zone and restatement rules of advertising apply."""
        return "ad_spend" in self.tables or "claims" in self.tables

    @property
    def first(self) -> bool:
        """Whether it is loaded before others of one command, since they may lean on it."""
        return bool(self.lends or {"accounts", "ad_entities", "fx_rates"} & set(self.tables))

    def cell(self, name: str) -> Cell | None:
        """The cell of that name, or None."""
        return next((cell for cell in self.cells if cell.name == name), None)

    @property
    def priced_cells(self) -> tuple[str, ...]:
        """The names of the cells whose amounts need a currency."""
        if self.priced is not None:
            return self.priced
        return tuple(cell.name for cell in self.cells if cell.kind in {Kind.MONEY, Kind.MICROS})


@dataclass(frozen=True, slots=True)
class Relation:
    """What files of one command lend to one another, as a table.

    Attributes:
        columns: Its columns as CREATE TABLE takes them.
        says: What becomes of a file that misses it, for the user.
    """

    columns: str
    says: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where files come from.

    Attributes:
        name: As in `--as` and `imports.source`: `google-ads`.
        title: As people write it: `Google Ads`.
        platform: Value of `platform` columns: `google_ads`; empty where it is no ad platform.
        layouts: Every shape of file that it gives.
        clicks: Which clicks `clicks` are, for the docs; empty: no clicks.
        zone: The IANA zone of its days where the platform fixes one for all accounts, else empty.
        currency: In which the platform bills, where neither a file, nor `--currency`, nor the account's table says one;
            empty: such a file is refused.
        account_forms: Regular expressions of the two forms in which it writes one account's identifier, where an export
            has another than the API; empty: there is but one.
        notes: What a user should know of its exports, for the docs page.
        relations: What its layouts lend and lean on, by name.
    """

    name: str
    title: str
    platform: str
    layouts: tuple[Layout, ...]
    clicks: str = ""
    zone: str = ""
    currency: str = ""
    account_forms: tuple[str, ...] = ()
    notes: str = ""
    relations: Mapping[str, Relation] = field(default_factory=dict)

    def layout(self, name: str) -> Layout:
        """Its layout of that name."""
        return next(layout for layout in self.layouts if layout.name == name)
