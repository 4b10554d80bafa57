"""Payment referrals: the payment provider, to which the buyer was sent, sends them back, and takes the credit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from outturn.audit.check import MISROUTED_REVENUE, Check

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outturn.store.engine import Engine

HOSTS = (
    "3dsecure.io", "adyen.com", "affirm.com", "afterpay.com", "arcot.com", "authorize.net", "bancontact.com",
    "braintreegateway.com", "cardinalcommerce.com", "clearpay.co.uk", "giropay.de", "ideal.nl", "klarna.com",
    "mollie.com", "netaxept.no", "pay.google.com", "paydirekt.de", "payone.com", "paypal.com", "paypal.me",
    "paysafecard.com", "przelewy24.pl", "sagepay.com", "securesuite.co.uk", "shop.app", "sofort.com", "stripe.com",
    "swish.nu", "twint.ch", "wirecard.com", "worldpay.com",
)  # fmt: skip


def name_hosts(engine: Engine, _parameters: Mapping[str, Any]) -> None:
    """Name the hosts of payment providers and of banks' own checks; a subdomain is theirs too."""
    engine.register("payment_hosts", pa.table({"host": list(HOSTS)}))


CHECK = Check(
    name="payment_referrals",
    title="Payment providers as referrers",
    means=(
        "Buyers come back from PayPal, Klarna or their bank, and the page takes that for an arrival. Trackers that "
        "begin a new session there book the sale as a referral of the payment provider; the money is those sales. "
        "Outturn keeps a session that goes on within 30 minutes, so only later returns lose their channel here."
    ),
    fix=(
        "Put these hosts into the tracker's list of unwanted referrals, and let the thank-you page be reached without "
        "a referrer (Referrer-Policy on the way back)."
    ),
    where=("source", "subject"),
    opens="events",
    kind=MISROUTED_REVENUE,
    least=5,
    critical_share=0.2,
    sure_share=0.05,
    prepare=name_hosts,
)
