"""The rules a certificate may use, by name: each a small file with a function `apply`.

A rule reads the certificate's fields, raises a Refusal or returns (word, reason).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..claim import FAMILY, FORMAT, Claim
from . import balls, growth, instance, lower_bound, lyapunov, specialise, worst_case

Rule = tuple[tuple[str, ...], Callable[[Claim, dict[str, Any]], tuple[str, str]]]

REGISTRY: dict[str, dict[str, Rule]] = {
    FORMAT: {
        "lyapunov": (lyapunov.FIELDS, lyapunov.apply),
        "worst_case": (worst_case.FIELDS, worst_case.apply),
        "instance": (instance.FIELDS, instance.apply),
        "growth": (growth.FIELDS, growth.apply),
    },
    FAMILY: {
        "lyapunov": (lyapunov.FIELDS, lyapunov.apply),
        "lyapunov_in_balls": (balls.FIELDS, balls.apply),
        "slow_family": (lower_bound.FIELDS, lower_bound.apply),
        "specialise": (specialise.FIELDS, specialise.apply),
    },
}
