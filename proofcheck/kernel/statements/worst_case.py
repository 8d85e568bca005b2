"""metric_N <= bound * initial for N = steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .. import wire
from ..outcome import Invalid, require
from .metrics import shown

KEYS = ("steps", "bound")
MAX_STEPS = 64


@dataclass(frozen=True)
class WorstCase:
    """metric_N <= bound * initial for N = steps."""

    metric: str
    initial: str
    steps: int
    bound: Fraction

    @classmethod
    def read(cls, metric: str, initial: str, found: Any, number: Callable[[Any, str], Any], where: str) -> WorstCase:
        """0 <= steps <= MAX_STEPS, 0 <= bound."""
        steps = wire.integer(found["steps"], f"{where}.steps", 0, MAX_STEPS)
        bound = number(found["bound"], f"{where}.bound")
        require(bound >= 0, Invalid, f"{where}.bound={bound} must be >= 0")
        return cls(metric, initial, steps, bound)

    def words(self, partial: bool, family: bool) -> tuple[str, str]:
        """What comes before "for every function", and the conclusion."""
        metric, initial = (
            shown(self.metric, str(self.steps), partial, family),
            shown(self.initial, "0", partial, family),
        )
        return "", f"{metric} <= {self.bound} ({initial})"
