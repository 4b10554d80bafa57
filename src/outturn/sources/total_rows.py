"""What says of a row that it is the total of the others: a word in its first cell, or that nothing has a name in it.

`summary_rows` then spares what is only named like one: a campaign called "Total" has a day or an id beside its name.
"""

from __future__ import annotations

_LABEL = (
    r"^\s*((grand\s+)?totals?|total(e|es|en)|total\s+g[eé]n[eé]ra(l|le)|totaux|totaal|eindtotaal|gesamt(summe|ergebnis)?|"
    r"insgesamt|summe)\s*($|:|\(\d|(of|de|von|van|sur)\s+\d)"
)
_BEGINNINGS = ("tot", "grand", "eind", "gesamt", "insg", "summe")
_FIRST = "LOWER(first_text)"

# The rule is dear, so only cells that begin like a total are held against it.
_BEGINS = " OR ".join(f"LTRIM({_FIRST}) LIKE '{beginning}%'" for beginning in _BEGINNINGS)

LABELLED = f"CASE WHEN {_BEGINS} THEN regexp_matches({_FIRST}, '{_LABEL}') ELSE FALSE END"
"""SQL over `parsed` for `Layout.total`: `Total`, `Grand total:`, `Total of 12 results`, and so in other languages."""


def blank(*texts: str) -> str:
    """SQL, never NULL: whether nothing but white space stands in any of the texts."""
    # TRIM is dear, and a text that begins with a sign of ASCII is not blank.
    all_blank = " AND ".join(f"COALESCE(TRIM({text}), '') = ''" for text in texts)
    return f"CASE WHEN {texts[0]} >= '!' AND {texts[0]} < '~' THEN FALSE ELSE {all_blank} END"
