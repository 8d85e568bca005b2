"""f on the line with f(0) = f'(0) = 0 and piecewise constant second derivative in [mu, L1].

Such an f is mu-strongly convex and L1-smooth with the minimiser 0. Its derivative is continuous, so
that a breakpoint is as good as any other point.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from .. import wire
from ..classes import ProblemClass
from ..methods import Method
from ..outcome import Rejected, require
from .pieces import Pieces


class PiecewiseQuadratic:
    """A piecewise quadratic function of one variable, started at `start`."""

    FIELDS = ("start", "breakpoints", "slopes")

    def __init__(self, found: dict[str, Any], problem: ProblemClass) -> None:
        where = "certificate: function"
        bounded = not problem.partial and not problem.assumed
        require(bounded, Rejected, f"{where}: piecewise_quadratic is not in {problem.name}")
        self.start = wire.rational(found["start"], f"{where}.start")
        self.pieces = Pieces(found, where, problem.parameters["mu"], problem.parameters["L1"])

    def run(self, method: Method, steps: int) -> tuple[dict[str, Fraction], dict[str, Fraction]]:
        """The metrics at the first and at the last iterate."""
        x = before = self.start
        for _ in range(steps):
            y = method.query(x, before)
            x, before = method.advance(x, before, y, self.pieces.integrals(y)[0]), x
        return self._metrics(self.start), self._metrics(x)

    def _metrics(self, x: Fraction) -> dict[str, Fraction]:
        gradient, value = self.pieces.integrals(x)
        return {"objective_gap": value, "squared_distance": x**2, "squared_gradient_norm": gradient**2}
