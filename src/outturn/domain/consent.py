"""What people are asked: the purposes for which their data may be used, in the words that consent managers share.

References:
    Google, "Consent mode"; IAB Tech Lab, "Global Privacy Control".
"""

from __future__ import annotations

from typing import Literal, get_args

Purpose = Literal["analytics_storage", "ad_storage", "ad_user_data", "ad_personalization"]

PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
