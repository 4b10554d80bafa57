"""The currencies of ISO 4217 and how many minor digits each has."""

from __future__ import annotations

from outturn.domain.errors import UsageError

_NO_DIGITS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE_DIGITS = "BHD IQD JOD KWD LYD OMR TND"
_TWO_DIGITS = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD
CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD
HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD
MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON
RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD
TZS UAH USD UYU UZS VES WST XCD XCG YER ZAR ZMW ZWG
CYP EEK HRK LTL LVL MTL ROL SIT SKK TRL
"""

# The last line above are currencies that the ECB's history still quotes though they are gone.
MINOR_DIGITS: dict[str, int] = {
    **dict.fromkeys(_NO_DIGITS.split(), 0),
    **dict.fromkeys(_TWO_DIGITS.split(), 2),
    **dict.fromkeys(_THREE_DIGITS.split(), 3),
}


def minor_digits(currency: str) -> int:
    """How many digits the currency's minor unit has: EUR 2, JPY 0, KWD 3.

    Raises:
        UsageError: Not an ISO 4217 code in capitals.
    """
    try:
        return MINOR_DIGITS[currency]
    except KeyError:
        raise UsageError(f"{currency!r} is not a currency: expected an ISO 4217 code such as EUR, USD or JPY") from None
