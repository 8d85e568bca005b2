"""metric_k <= constant * rate^k * initial for every k >= 0."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..outcome import Invalid, require
from .metrics import shown

KEYS = ("rate", "constant")


@dataclass(frozen=True)
class LinearRate:
    """metric_k <= constant * rate^k * initial for every k >= 0; constant None: for some constant."""

    metric: str
    initial: str
    rate: Any
    constant: Any

    @classmethod
    def read(cls, metric: str, initial: str, found: Any, number: Callable[[Any, str], Any], where: str) -> LinearRate:
        """0 <= rate < 1; the constant positive, or "some"."""
        rate = number(found["rate"], f"{where}.rate")
        require(0 <= rate < 1, Invalid, f"{where}.rate={rate} must be in [0, 1)")
        if found["constant"] == "some":
            return cls(metric, initial, rate, None)
        constant = number(found["constant"], f"{where}.constant")
        require(constant > 0, Invalid, f"{where}.constant={constant} must be > 0")
        return cls(metric, initial, rate, constant)

    def words(self, partial: bool, family: bool) -> tuple[str, str]:
        """What comes before "for every function", and the conclusion."""
        metric, initial = shown(self.metric, "k", partial, family), shown(self.initial, "0", partial, family)
        constant = "C" if self.constant is None else str(self.constant)
        constant = f"({constant})" if " " in constant else constant  # a sum is a factor
        exists = "there is a constant C, the same for every f and start, such that " if self.constant is None else ""
        return "", f"{exists}{metric} <= {constant} * ({self.rate})^k ({initial}) for every k >= 0"
