"""The rules a certificate may use, by name: each a small file with a function `apply`.

A rule reads the certificate's fields, raises a Refusal or returns (word, reason).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..claim import Claim
from . import growth, instance, lyapunov, worst_case

Rule = tuple[tuple[str, ...], Callable[[Claim, dict[str, Any]], tuple[str, str]]]

REGISTRY: dict[str, Rule] = {
    "lyapunov": (lyapunov.FIELDS, lyapunov.apply),
    "worst_case": (worst_case.FIELDS, worst_case.apply),
    "instance": (instance.FIELDS, instance.apply),
    "growth": (growth.FIELDS, growth.apply),
}
