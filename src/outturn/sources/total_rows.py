"""Which rows of a report are its totals and footers, told from campaigns that are themselves named "Total"."""

from __future__ import annotations

_LABEL = (
    r"^\s*(grand\s+)?(total|totals|totale|totales|totaux|totaal|gesamt|gesamtsumme|insgesamt|summe|eindtotaal)\s*"
    r"($|[:(–-]|(of|de|von|van|sur)\s+\d)"
)
_BEGINS = ("tot", "grand", "gesamt", "insg", "summe", "eind")
_FOOTER = r"^\s*[©@]\s?\d{4}\s"
_MISSING = r"^\s*(--?|—|–)?\s*$"


def total_row(*names: str, footer: bool = False) -> str:
    """SQL over `parsed` for `Layout.total`: the first cell is a total's label and nothing says what the row is of.

    Args:
        names: The cells that say what a row is of: its day, its ids, its names.
        footer: A line of copyright below the rows is no record either.
    """
    first = "LOWER(first_text)"
    begins = " OR ".join(f"LTRIM({first}) LIKE '{word}%'" for word in _BEGINS)
    # The label stands in the first column, whichever that is; a second one may repeat it.
    unnamed = " AND ".join(
        f"(COALESCE({name}_text, '') = first_text OR regexp_matches(COALESCE({name}_text, ''), '{_MISSING}'))"
        for name in names
    )
    total = f"CASE WHEN {begins} THEN regexp_matches({first}, '{_LABEL}') AND {unnamed} ELSE FALSE END"
    return f"({total} OR COALESCE(regexp_matches(first_text, '{_FOOTER}'), FALSE))" if footer else total
