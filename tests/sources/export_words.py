"""How exports write the same thing: header names of five languages, days, amounts, signs, and marks of the unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

LANGUAGES = {
    "google-ads": {
        "en": ("Campaign", "Campaign ID", "Day", "Currency code", "Cost", "Impr.", "Clicks"),
        "de": ("Kampagne", "Kampagnen-ID", "Tag", "Währungscode", "Kosten", "Impr.", "Klicks"),
        "fr": ("Campagne", "ID de campagne", "Jour", "Code de devise", "Coût", "Impr.", "Clics"),
        "es": ("Campaña", "ID de campaña", "Día", "Código de moneda", "Coste", "Impr.", "Clics"),
        "nl": ("Campagne", "Campagne-ID", "Dag", "Valutacode", "Kosten", "Vertoningen", "Klikken"),
    },
    "meta-ads": {
        "en": ("Campaign name", "Campaign ID", "Day", "Currency", "Amount spent ({})", "Impressions", "Link clicks"),
        "de": ("Kampagnenname", "Kampagnen-ID", "Tag", "Währung", "Ausgegebener Betrag ({})", "Impressionen",
               "Link-Klicks"),
        "fr": ("Nom de la campagne", "Identifiant de campagne", "Jour", "Devise", "Montant dépensé ({})", "Impressions",
               "Clics sur un lien"),
        "es": ("Nombre de la campaña", "Identificador de la campaña", "Día", "Divisa", "Importe gastado ({})",
               "Impresiones", "Clics en el enlace"),
        "nl": ("Campagnenaam", "Campagne-ID", "Dag", "Valuta", "Besteed bedrag ({})", "Weergaven", "Klikken op link"),
    },
}  # fmt: skip
NAMES = (
    "Spring",
    "Total",
    "Total: brand",
    "Gesamt",
    'Lamps, "new"',
    "Café – Zürich",
    "Two\nlines",
    "a;b\tc",
    "1,234",
    "(none)",
    "2026-01-01",
)
GROUPS = {
    ".": (",", "", "'", "’", " ", "\u00a0", "\u202f", "indian"),
    ",": (".", "", " ", "\u00a0", "\u202f"),
}
DAYS = {
    "iso": "%Y-%m-%d", "slashed": "%Y/%m/%d", "compact": "%Y%m%d", "dotted": "%d.%m.%Y", "day-first": "%d/%m/%Y",
    "month-first": "%m/%d/%Y", "words": "%b %d, %Y", "hour": "%Y-%m-%d 23:00:00", "short-day-first": "%d/%m/%y",
    "short-month-first": "%m-%d-%y", "named": "",
}  # fmt: skip
MONTHS = {
    "en": "{day} {} 2026|January February March April May June July August September October November December",
    "de": "{day}. {} 2026|Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "{day} {} 2026|janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "{day} de {} de 2026|enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre "
    "diciembre",
    "nl": "{day} {} 2026|januari februari maart april mei juni juli augustus september oktober november december",
}
TOTALS = {
    "en": "Total: Account", "de": "Gesamt: Konto", "fr": "Total : compte", "es": "Total: cuenta",
    "nl": "Totaal: account",
}  # fmt: skip
UNKNOWN = ("", "--", " --", "—", "n/a")
NEGATIVE = ("-{}", "({})", "{}-", "−{}")
SIGNS = {
    "EUR": ("€{}", "{} €", "EUR {}", "{} EUR"),
    "USD": ("${}", "USD {}", "{} USD"),
    "JPY": ("¥{}", "JPY {}"),
    "GBP": ("£{}",),
}


def day_text(day: date, style: str, language: str) -> str:
    """A day of 2026 as a style has it; `named`: in the words of the language."""
    if style != "named":
        return day.strftime(DAYS[style])
    pattern, months = MONTHS[language].split("|")
    return pattern.format(months.split()[day.month - 1], day=day.day)


def amount(micros: int, decimal: str, group: str, *, decimals: int = 2) -> str:
    """An amount without its sign."""
    whole, fraction = divmod(abs(micros), 1_000_000)
    shown = f"{fraction:06d}".rstrip("0").ljust(decimals, "0")
    return grouped(whole, group) + (decimal + shown if shown else "")


def grouped(whole: int, group: str) -> str:
    """Digits in groups of three, or as in India."""
    text = f"{whole:,}"
    if group == "indian":
        head, tail = str(whole)[:-3], str(whole)[-3:]
        parts: list[str] = []
        while head:
            parts.insert(0, head[-2:])
            head = head[:-2]
        return ",".join([*parts, tail])
    return text.replace(",", group)
