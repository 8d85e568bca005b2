"""Classes and a method as somebody else writes them; loaded by the fixture `own`."""

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

import proofcheck as pc
from proofcheck.errors import InvalidInput


@dataclass(frozen=True)
class RestrictedSecant(pc.InequalityClass):
    """<g, x - x*> >= mu |x - x*|^2 and |g| <= L |x - x*|; such functions need not be convex."""

    name: ClassVar[str] = "restricted_secant"
    title: ClassVar[str] = "functions with a restricted secant inequality"
    source: ClassVar[str] = "Guille-Escuret et al. (2022), Definition 1"

    mu: Fraction
    L: Fraction

    def domain(self):
        if not 0 < self.mu <= self.L:
            raise InvalidInput(f"mu={self.mu} must be in (0, L={self.L}]")

    def inequalities(self):
        return {
            "secant": pc.Inequality(points=1, gram={("x_i", "g_i"): 1, ("x_i", "x_i"): -self.mu}),
            "error_bound": pc.Inequality(points=1, gram={("x_i", "x_i"): self.L**2, ("g_i", "g_i"): -1}),
        }

    @property
    def member(self):
        return self.mu


@dataclass(frozen=True)
class Interpolated(pc.InequalityClass):
    """Smooth strongly convex functions, by their interpolation inequality."""

    name: ClassVar[str] = "interpolated"
    title: ClassVar[str] = "smooth strongly convex functions, once more"
    source: ClassVar[str] = "Taylor, Hendrickx and Glineur (2017), Theorem 4"

    mu: Fraction
    L1: Fraction

    def inequalities(self):
        mu, s = self.mu, 1 / (2 * (1 - self.mu / self.L1))
        t = 2 * mu * s / self.L1
        gram = [("g_j", "x_i", -1 - t), ("x_j", "g_j", 1 + t), ("x_i", "g_i", t), ("g_i", "x_j", -t)]
        for letter, factor in (("g", s / self.L1), ("x", s * mu)):
            i, j = f"{letter}_i", f"{letter}_j"
            gram += [(i, i, -factor), (j, j, -factor), (i, j, factor), (j, i, factor)]
        return {"interpolated": pc.Inequality(points=2, values={"i": 1, "j": -1}, gram=gram)}

    @property
    def member(self):
        return (self.mu + self.L1) / 2


@dataclass(frozen=True)
class Momentum(pc.LinearMethod):
    """x+ = x + beta (x - x_before) - eta g at y = x + gamma (x - x_before); Nesterov's method with gamma = beta."""

    name: ClassVar[str] = "momentum"
    title: ClassVar[str] = "momentum with a query anywhere"
    source: ClassVar[str] = "Lessard, Recht and Packard (2016), Section 2"

    beta: Fraction = Fraction(0)
    gamma: Fraction = Fraction(0)

    def recursion(self):
        b, c = self.beta, self.gamma
        return pc.Recursion(state=(1 + b, -b), query=(1 + c, -c), eta=self.eta)
