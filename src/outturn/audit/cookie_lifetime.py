"""Cookie lifetime: a browser that forgets its id within a week makes a new visitor of whoever comes back."""

from __future__ import annotations

from outturn.audit.check import Check

CHECK = Check(
    name="cookie_lifetime",
    title="A browser that forgets who it was within seven days",
    means=(
        "People who sign in came back to this browser after more than seven days, and most of them under another id; "
        "after fewer days they kept it. Safari cuts cookies that script writes to seven days, or one after a click "
        "from an ad. There, all who do not sign in are new visitors: what brought them first gets no credit, "
        "lookbacks are a week long in truth, and returning buyers look like new ones."
    ),
    fix=(
        "Let your server set the id (HttpOnly, on the site's own domain and not behind a CNAME to somebody else): the "
        "collector's tag does. Until then read journeys of this browser as a week long, and ask people to sign in."
    ),
    where=("source", "subject"),
    opens="events",
    normal_share=0.35,
    least=12,
    critical_share=0.8,
    sure_share=1.0,
    implies=("revenue_without_touch",),
)
