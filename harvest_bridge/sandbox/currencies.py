"""The currencies that Harvest lists (REFERENCE §12.2)."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

import iso4217

_CODES = """
USD EUR GBP AUD CAD JPY AED AFN ALL AMD ANG AOA ARS AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL
BSD BTN BWP BYN BYR BZD CDF CHF CLF CLP CNY COP CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB FJD
FKP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD KES KGS KHR KMF
KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LTL LVL LYD MAD MDL MGA MKD MMK MNT MOP MRO MUR MVR MWK MXN
MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG
SEK SGD SHP SKK SLL SOS SRD SSP STD SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX UYU UZS
VEF VND VUV WST XAF XAG XAU XBA XBB XBC XBD XCD XDR XOF XPD XPF YER ZAR ZMW
"""
CURRENCIES = frozenset(_CODES.split())
_WITHDRAWN = {"BYR": 0}


@lru_cache(maxsize=512)
def smallest_unit(currency: str) -> Decimal:
    """0.01 for EUR, 1 for JPY, 0.001 for KWD; what ISO 4217 does not list has cents."""
    try:
        exponent = _WITHDRAWN[currency] if currency in _WITHDRAWN else iso4217.Currency(currency).exponent
    except ValueError:
        exponent = None
    return Decimal(1).scaleb(-(2 if exponent is None else exponent))
