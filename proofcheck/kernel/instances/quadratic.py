"""f(x) = curvature x^2 / 2 on the line."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from .. import wire
from ..classes import ProblemClass
from ..methods import Method
from ..outcome import Rejected, require


class Quadratic:
    """A quadratic of one variable, started at 1; in any class without u that has its curvature."""

    FIELDS = ("curvature",)

    def __init__(self, found: dict[str, Any], problem: ProblemClass) -> None:
        require(not problem.partial, Rejected, f"certificate: function: quadratic is not in {problem.name}")
        self.curvature = wire.rational(found["curvature"], "certificate: function.curvature")
        misfit = problem.misfit(self.curvature)
        require(misfit is None, Rejected, f"certificate: function.curvature={self.curvature} {misfit}")

    def run(self, method: Method, steps: int) -> tuple[dict[str, Fraction], dict[str, Fraction]]:
        """The metrics at the first and at the last iterate."""
        x = before = Fraction(1)
        for _ in range(steps):
            y = method.query(x, before)
            x, before = method.advance(x, before, y, self.curvature * y), x
        return self._metrics(Fraction(1)), self._metrics(x)

    def _metrics(self, x: Fraction) -> dict[str, Fraction]:
        return {
            "objective_gap": self.curvature / 2 * x**2,
            "squared_distance": x**2,
            "squared_gradient_norm": (self.curvature * x) ** 2,
        }
