"""f(x, u) = t^2, t = sqrt(curvature/2) x + Gamma psi(u / unit), Gamma = L2 G1^2, unit = G1 sqrt(2 L2).

psi is piecewise linear with slopes in [-1, 1] and psi(0) = 0. Then f = (L2/2) h^2 with a G1-Lipschitz
h, the minimum over x is 0 for every u, and f is quadratic in x with the given curvature. In the
variables X = sqrt(curvature/2) x and U = u / unit everything is rational: the gradient acts on X as
curvature * t and on U as psi'(U) t. The method must never query psi' at a breakpoint.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from .. import wire
from ..classes import ProblemClass
from ..methods import Method
from ..outcome import Rejected, require
from .pieces import Pieces


class Staircase:
    """One strongly convex variable x and one variable u with a piecewise linear coupling."""

    FIELDS = ("curvature", "start", "breakpoints", "slopes")

    def __init__(self, found: dict[str, Any], problem: ProblemClass) -> None:
        where = "certificate: function"
        require(problem.partial, Rejected, f"{where}: staircase is not in {problem.name}")
        p = problem.parameters
        self.coupling = p["L2"] * p["G1"] ** 2
        self.curvature = wire.rational(found["curvature"], f"{where}.curvature")
        inside = p["mu"] <= self.curvature <= p["L1"]
        require(inside, Rejected, f"{where}.curvature={self.curvature} is outside [{p['mu']}, {p['L1']}]")
        steep = "G2" in p and self.curvature * self.coupling > p["G2"] ** 2
        require(not steep, Rejected, f"{where}.curvature={self.curvature} breaks Assumption 5")
        self.start = wire.rational(found["start"], f"{where}.start")
        self.pieces = Pieces(found, where, Fraction(-1), Fraction(1))

    def _root(self, x: Fraction, u: Fraction) -> Fraction:
        """T at (x, u), so that f = t^2."""
        return x + Fraction(self.coupling * self.pieces.integrals(u)[0])

    def _slope(self, u: Fraction) -> Fraction:
        """psi'(u), which must exist."""
        smooth = u not in self.pieces.breakpoints
        require(smooth, Rejected, "certificate: function: the method queries the derivative at a breakpoint")
        return self.pieces.after(u)

    def run(self, method: Method, steps: int) -> tuple[dict[str, Fraction], dict[str, Fraction]]:
        """The metrics at the first and at the last iterate."""
        x = x_before = self.start
        u = u_before = Fraction(0)
        for _ in range(steps):
            y, v = method.query(x, x_before), method.query(u, u_before)
            t = self._root(y, v)
            x, x_before = method.advance(x, x_before, y, self.curvature * t), x
            u, u_before = method.advance(u, u_before, v, self._slope(v) * t), u
        first, last = self._root(self.start, Fraction(0)), self._root(x, u)
        return {"objective_gap": first**2}, {"objective_gap": last**2}
