"""Exact functions that satisfy everything but min g = min f: f has a bounded gradient in u, and g goes on below."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from proofcheck.testing.function import Function
from proofcheck.testing.piecewise import ZERO, Steps, Structure

Vector = tuple[Fraction, ...]


def _outer(m: Fraction, L2: Fraction) -> dict[str, Callable[[Any], Any]]:
    """Return g(s) = m s for s >= 0 and m s + L2 s^2/2 for s < 0, with its gradient: L2-smooth, min g = -m^2/(2 L2)."""
    return {
        "outer": lambda s: m * s[0] + (L2 * s[0] ** 2 / 2 if s[0] < 0 else ZERO),
        "outer_gradient": lambda s: (m + (L2 * s[0] if s[0] < 0 else ZERO),),
    }


@dataclass(frozen=True)
class Steep:
    r"""A function whose dependence on u is steep near the minimiser only; min f = 0.

    With p(u) = slope max(-1, min(u, 1)), A = L1 - mu and the Huber function H(y) = y^2/2 for |y| <= K, else
    K |y| - K^2/2: f = (mu/2) (x^2 - p^2) + (H(A x - L1 p) - mu^2 p^2/2)/A. Then grad_1 f has the slopes mu and L1 in x,
    f(p(u), u) = 0 is the minimum over x, and |grad_2 f| <= bound. So h = f/m is G1-Lipschitz in u for m = bound/G1, and
    g(s) = m s for s >= 0, m s + L2 s^2/2 for s < 0 is L2-smooth: everything holds but min g = -m^2/(2 L2) < min f.
    """

    mu: Fraction
    L1: Fraction
    L2: Fraction
    G1: Fraction
    slope: Fraction
    K: Fraction

    @property
    def A(self) -> Fraction:
        """L1 - mu."""
        return self.L1 - self.mu

    @property
    def m(self) -> Fraction:
        """The slope of g at the minimum of f."""
        return self.L1 / self.A * self.slope * (self.K + self.mu * self.slope) / self.G1

    def centre(self, u: Fraction) -> Fraction:
        """p(u)."""
        return self.slope * max(Fraction(-1), min(u, Fraction(1)))

    def _cut(self, x: Fraction, p: Fraction) -> Fraction:
        return max(-self.K, min(self.K, self.A * x - self.L1 * p))

    def value(self, x: Vector, u: Vector) -> Fraction:
        """f(x, u)."""
        p = self.centre(u[0])
        y = self.A * x[0] - self.L1 * p
        huber = y**2 / 2 if abs(y) <= self.K else self.K * abs(y) - self.K**2 / 2
        return self.mu / 2 * (x[0] ** 2 - p**2) + (huber - self.mu**2 * p**2 / 2) / self.A

    def gradient_u(self, x: Vector, u: Vector) -> Vector:
        """grad_2 f(x, u); the right one where p has a kink."""
        p = self.centre(u[0])
        slope = self.slope if -1 <= u[0] < 1 else ZERO
        return (-slope * self.L1 / self.A * (self._cut(x[0], p) + self.mu * p),)

    def structure(self) -> Structure:
        """Constants from the data; mu slope <= K keeps the minimiser where H is quadratic."""
        inside = self.mu * self.slope <= self.K and self.A > 0
        steepest = self.L1 / self.A * self.slope * (self.K + self.mu * self.slope) / self.m
        lowest = -(self.m**2) / (2 * self.L2)
        top = ZERO if inside else Fraction(1)
        mixed = self.L1 * self.slope
        return Structure(self.mu, self.L1, self.L2, steepest**2, mixed, lowest, top, steepest**2)

    def function(self, name: str) -> Function:
        """The callables."""
        m = self.m
        return Function(
            name=name,
            dimensions=(1, 1),
            constants={"f_star": ZERO},
            exact=True,
            value=self.value,
            gradient_x=lambda x, u: (self.mu * x[0] + self._cut(x[0], self.centre(u[0])),),
            gradient_u=self.gradient_u,
            inner=lambda x, u: (self.value(x, u) / m,),
            **_outer(m, self.L2),
            minimiser=lambda u: (self.centre(u[0]),),
        )


@dataclass(frozen=True)
class Bent:
    r"""A function (mu/2) (x - p(u))^2 for |x| <= edge, that does not depend on u far away; min f = 0.

    With A = L1 - mu, P = max |p| and b = 2 mu P the gradient in x is mu (x - p) + min(A (x - edge), b + mu p) for
    x > edge, and mirrored below: from some |x| on it is mu x +- b. So |grad_2 f| is bounded and h = f/m is
    G1-Lipschitz in u for m = bound/G1; |grad_1 f(x, u) - grad_1 f(x, v)| <= mu |p(u) - p(v)|. g is as for `Steep`.
    p' has the pieces `slopes`, 0 outside.
    """

    mu: Fraction
    L1: Fraction
    L2: Fraction
    G1: Fraction
    slopes: Steps

    @property
    def A(self) -> Fraction:
        """L1 - mu."""
        return self.L1 - self.mu

    @property
    def P(self) -> Fraction:
        """The largest |p|."""
        return max(abs(self.slopes.integral(u)) for u in self.slopes.breakpoints)

    @property
    def bound(self) -> Fraction:
        """On |grad_2 f|; the edge is at 2 P."""
        steepest = max(abs(slope) for slope in self.slopes.values)
        return self.mu * steepest * (3 * self.P + 3 * self.mu * self.P / self.A)

    def function(self, name: str) -> Function:
        """The callables."""
        mu, A, P, m = self.mu, self.A, self.P, self.bound / self.G1
        edge, b = 2 * P, 2 * mu * P

        def parts(x: Vector, u: Vector) -> tuple[Fraction, Fraction, Fraction, Fraction]:
            """p, and the side of x: its sign, how far beyond the edge, and the cap there."""
            p = self.slopes.integral(u[0])
            sign = Fraction(1 if x[0] > 0 else -1)
            return p, sign, max(abs(x[0]) - edge, ZERO), b + sign * mu * p

        def value(x: Vector, u: Vector) -> Fraction:
            p, _, s, cap = parts(x, u)
            more = A * s**2 / 2 if A * s <= cap else cap * s - cap**2 / (2 * A)
            return mu / 2 * (x[0] - p) ** 2 + more

        def gradient_x(x: Vector, u: Vector) -> Vector:
            p, sign, s, cap = parts(x, u)
            return (mu * (x[0] - p) + sign * min(A * s, cap),)

        def gradient_u(x: Vector, u: Vector) -> Vector:
            p, sign, s, cap = parts(x, u)
            return (self.slopes.at(u[0]) * mu * (p - x[0] + sign * max(s - cap / A, ZERO)),)

        return Function(
            name=name,
            dimensions=(1, 1),
            constants={"f_star": ZERO},
            exact=True,
            value=value,
            gradient_x=gradient_x,
            gradient_u=gradient_u,
            inner=lambda x, u: (value(x, u) / m,),
            **_outer(m, self.L2),
            minimiser=lambda u: (self.slopes.integral(u[0]),),
        )

    def structure(self) -> Structure:
        """Constants from the data; p must be constant outside for P to be its bound."""
        bounded = self.slopes.values[0] == 0 == self.slopes.values[-1]
        steepest = max(abs(slope) for slope in self.slopes.values)
        lowest = -((self.bound / self.G1) ** 2) / (2 * self.L2)
        top, lipschitz = (ZERO, self.G1**2) if bounded else (Fraction(1), 4 * self.G1**2)
        return Structure(self.mu, self.L1, self.L2, lipschitz, self.mu * steepest, lowest, top, lipschitz)


__all__ = ["Bent", "Steep"]
