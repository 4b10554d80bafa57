"""The same report in five languages, as Google and Meta write it there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sources.worlds import World

GOOGLE = {
    "en": ("Campaign,Ad group,Day,Currency code,Cost,Impr.,Clicks", "09/13/2026", ",", "1,234.50", "Total:"),
    "de": ("Kampagne;Anzeigengruppe;Tag;Währungscode;Kosten;Impr.;Klicks", "13.09.2026", ";", "1.234,50", "Gesamt:"),
    "fr": (
        "Campagne;Groupe d’annonces;Jour;Code de devise;Coût;Impr.;Clics",
        "13/09/2026", ";", "1\u202f234,50", "Total :",
    ),
    "es": ("Campaña;Grupo de anuncios;Día;Código de moneda;Coste;Impr.;Clics", "13/09/2026", ";", "1.234,50", "Total:"),
    "nl": (
        "Campagne;Advertentiegroep;Dag;Valutacode;Kosten;Vertoningen;Klikken", "13-09-2026", ";", "1.234,50", "Totaal:",
    ),
}  # fmt: skip
META = {
    "en": "Campaign name,Day,Amount spent (EUR),Impressions,Link clicks",
    "de": "Kampagnenname,Tag,Ausgegebener Betrag (EUR),Impressionen,Link-Klicks",
    "fr": "Nom de la campagne,Jour,Montant dépensé (EUR),Impressions,Clics sur un lien",
    "es": "Nombre de la campaña,Día,Importe gastado (EUR),Impresiones,Clics en el enlace",
    "nl": "Campagnenaam,Dag,Besteed bedrag (EUR),Weergaven,Klikken op link",
}


@pytest.mark.parametrize("language", GOOGLE)
def test_google_ads(world: World, language: str) -> None:
    header, day, mark, cost, total = GOOGLE[language]
    cost = f'"{cost}"' if mark in cost else cost
    rows = [
        mark.join(["Spring", "A", day, "EUR", cost, "10", "1"]),
        mark.join([total, " --", " --", "EUR", cost, "10", "1"]),
    ]
    report = world.text("export.csv", "\n".join([header, *rows]) + "\n")
    assert (report.source, report.layout, report.accepted, report.ignored) == ("google-ads", "ad_group_report", 1, 1)
    found = world.rows(
        "SELECT ad_group_name, CAST(date_day AS VARCHAR), spend_micros, impressions, clicks FROM ad_spend"
    )
    assert found == [("A", "2026-09-13", 1_234_500_000, 10, 1)]


@pytest.mark.parametrize("language", META)
def test_meta_ads(world: World, language: str) -> None:
    report = world.text("export.csv", META[language] + "\nSpring,2026-09-13,1234.50,10,1\n")
    assert (report.source, report.layout, report.accepted) == ("meta-ads", "campaign_export", 1)
    found = world.rows("SELECT CAST(date_day AS VARCHAR), currency, spend_micros, impressions, clicks FROM ad_spend")
    assert found == [("2026-09-13", "EUR", 1_234_500_000, 10, 1)]
