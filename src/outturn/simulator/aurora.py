"""Aurora Lamps: the invented shop that the demo plays, advertising on Google (EUR) and Meta (USD).

Brand search and retargeting meet people who buy anyway; prospecting, video and generic search cause more
than last touch gives them. One campaign's UTMs join nothing, some send a click id alone, and none is tidy.
"""

from __future__ import annotations

from outturn.simulator.market import Campaign, Line, Market, Organic

_GOOGLE, _META = "google_ads", "meta_ads"

_BRAND = (
    Campaign("21000000011", "Brand | Search, DE", "Search", 0.7, "id", "google", "cpc"),
    Campaign("21000000012", "Brand - Search - AT", "Search", 0.3, "name", "google", "cpc"),
)
_GENERIC = (
    Campaign("21000000021", "Generic | Lamps, EU", "Search", 0.6, "name", "google", "cpc"),
    Campaign("21000000022", "Generic | Outdoor lights", "Search", 0.4, "id", "google", "cpc"),
)
_PMAX = (Campaign("21000000031", 'PMax "Bestsellers"', "Performance Max", 1.0, "auto", "google", "cpc"),)
_VIDEO = (Campaign("21000000041", "YouTube - Room tours", "Video", 1.0, "name", "youtube", "cpv"),)
_DISPLAY = (Campaign("21000000051", "GDN - Interior magazines", "Display", 1.0, "id", "google", "display"),)
_PROSPECTING = (
    Campaign("120210000000000101", "Prospecting, broad 25-54", "", 0.45, "id", "facebook", "paid_social"),
    Campaign("120210000000000102", "Prospecting - Lookalike 1%", "", 0.35, "name", "instagram", "paid_social"),
    Campaign("120210000000000103", 'Reels "Glow up"', "", 0.20, "dirty", "ig", "paid_social"),
)
_RETARGETING = (
    Campaign("120210000000000201", "Retargeting - Basket 14d", "", 0.6, "id", "facebook", "paid_social"),
    Campaign("120210000000000202", "Retargeting - Viewed 30d", "", 0.4, "name", "instagram", "paid_social"),
)
_EMAIL = (Campaign("", "Newsletter", "", 1.0, "name", "newsletter", "email"),)
_PARTNERS = (Campaign("", "Partner offers", "", 1.0, "name", "roomspotter", "affiliate"),)

_SENDS = (0.0, 3.2, 0.0, 2.6, 0.0, 0.0, 1.2)

# fmt: off
LINES = (
    Line("Brand search", "Paid Search", _GOOGLE, _BRAND, spend=2.2, half=1.6, slope=1.2,
         clicks=1.1, click_effect=0.012, carry_days=1.0, interest=0.9, harvest=0.30, ctr=0.11),
    Line("Non-brand search", "Paid Search", _GOOGLE, _GENERIC, spend=8.6, half=9.0, slope=1.1,
         clicks=9.5, click_effect=0.034, carry_days=2.5, interest=0.35, harvest=0.03, ctr=0.045),
    Line("Performance Max", "Cross-network", _GOOGLE, _PMAX, spend=7.0, half=6.5, slope=1.2,
         clicks=8.6, click_effect=0.019, carry_days=3.0, interest=0.55, harvest=0.05, ctr=0.014,
         view_effect=0.006, views=6.0),
    Line("Video", "Paid Video", _GOOGLE, _VIDEO, spend=3.4, half=3.6, slope=1.5,
         clicks=1.9, click_effect=0.016, carry_days=9.0, interest=0.1, harvest=0.004, ctr=0.004,
         view_effect=0.105, views=22.0, flight_days=14),
    Line("Display", "Display", _GOOGLE, _DISPLAY, spend=2.0, half=2.4, slope=1.3,
         clicks=3.4, click_effect=0.004, carry_days=5.0, interest=0.2, harvest=0.01, ctr=0.0035,
         view_effect=0.008, views=18.0, flight_days=21),
    Line("Social prospecting", "Paid Social", _META, _PROSPECTING, spend=9.0, half=8.5, slope=1.3,
         clicks=10.5, click_effect=0.021, carry_days=6.0, interest=0.1, harvest=0.01, ctr=0.011,
         view_effect=0.095, views=60.0, weekdays=(0.95, 0.95, 0.97, 1.0, 1.05, 1.06, 1.02)),
    Line("Social retargeting", "Paid Social", _META, _RETARGETING, spend=3.2, half=2.4, slope=1.1,
         clicks=3.6, click_effect=0.007, carry_days=2.0, interest=0.95, harvest=0.17, ctr=0.016,
         view_effect=0.004, views=35.0),
    Line("Email", "Email", "", _EMAIL, spend=0.35, half=0.3, slope=1.0,
         clicks=7.5, click_effect=0.022, carry_days=1.5, interest=0.75, harvest=0.08, ctr=0.02, weekdays=_SENDS),
    Line("Affiliates", "Affiliates", "", _PARTNERS, spend=0.9, half=0.7, slope=1.0,
         clicks=1.7, click_effect=0.015, carry_days=1.5, interest=0.5, harvest=0.10, ctr=0.02),
)
ORGANIC = (
    Organic("Direct", visits=7.0, harvest=0.30),
    Organic("Organic Search", visits=8.5, harvest=0.26),
    Organic("Organic Social", visits=2.2, harvest=0.03),
    Organic("Referral", visits=2.0, harvest=0.04),
)
# fmt: on
AURORA = Market(LINES, ORGANIC, baseline_orders=0.95)
