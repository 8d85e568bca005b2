"""No rate below the given one holds on the class, with any constant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..outcome import Invalid, require
from .metrics import shown

KEYS = ("rate",)


@dataclass(frozen=True)
class RateLowerBound:
    """There are no r in [0, rate) and C with metric_k <= C r^k * initial for every f, start and k."""

    metric: str
    initial: str
    rate: Any

    @classmethod
    def read(
        cls, metric: str, initial: str, found: Any, number: Callable[[Any, str], Any], where: str
    ) -> RateLowerBound:
        """0 <= rate."""
        rate = number(found["rate"], f"{where}.rate")
        require(rate >= 0, Invalid, f"{where}.rate={rate} must be >= 0 on (0, 1]")
        return cls(metric, initial, rate)

    def words(self, partial: bool, family: bool) -> tuple[str, str]:
        """What comes before "for every function", and the conclusion."""
        metric, initial = shown(self.metric, "k", partial, family), shown(self.initial, "0", partial, family)
        none = f"there are no constant C and no number r, 0 <= r < {self.rate}, such that "
        return none, f"{metric} <= C r^k ({initial}) for every k >= 0"
