"""Exact functions from piecewise data, with the constants that follow from the data alone."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from proofcheck.errors import InvalidInput
from proofcheck.testing.function import Function

ZERO = Fraction(0)
Vector = tuple[Fraction, ...]


@dataclass(frozen=True)
class Steps:
    """The function that is `values[i]` between `breakpoints[i - 1]` and `breakpoints[i]`, and what it integrates to.

    Raises
    ------
    InvalidInput
        If the breakpoints do not increase or there is not one value more than breakpoints.

    Examples
    --------
    >>> hinge = Steps((Fraction(0),), (Fraction(0), Fraction(1)))
    >>> hinge.integral(Fraction(-2)), hinge.integral(Fraction(3))
    (Fraction(0, 1), Fraction(3, 1))
    """

    breakpoints: Vector
    values: Vector

    def __post_init__(self) -> None:
        if not all(a < b for a, b in pairwise(self.breakpoints)):
            raise InvalidInput("breakpoints must increase")
        if len(self.values) != len(self.breakpoints) + 1:
            raise InvalidInput(f"{len(self.values)} values for {len(self.breakpoints)} breakpoints: one more expected")
        left = [ZERO]
        for value, (a, b) in zip(self.values[1:], pairwise(self.breakpoints), strict=False):
            left.append(left[-1] + value * (b - a))
        object.__setattr__(self, "_left", left)
        object.__setattr__(self, "_origin", self._from_first(ZERO) if self.breakpoints else ZERO)

    def at(self, x: Fraction) -> Fraction:
        """The value at x, the right one at a breakpoint."""
        return self.values[bisect_right(self.breakpoints, x)]

    def _from_first(self, x: Fraction) -> Fraction:
        """The integral from the first breakpoint to x."""
        place = bisect_right(self.breakpoints, x)
        left: list[Fraction] = self._left  # type: ignore[attr-defined]
        start = max(place - 1, 0)
        return left[start] + self.values[place] * (x - self.breakpoints[start])

    def integral(self, x: Fraction) -> Fraction:
        """The integral from 0 to x."""
        if not self.breakpoints:
            return self.values[0] * x
        origin: Fraction = self._origin  # type: ignore[attr-defined]
        return self._from_first(x) - origin

    def second_integral(self, x: Fraction) -> Fraction:
        """The integral of the integral from 0 to x."""
        low, high = min(x, ZERO), max(x, ZERO)
        ends = [low, *(b for b in self.breakpoints if low < b < high), high]
        slices = ((a, self.integral(a), self.at(a), b - a) for a, b in pairwise(ends))
        total = sum((once * width + slope * width**2 / 2 for _, once, slope, width in slices), ZERO)
        return total if x > 0 else -total


def constant(value: Fraction) -> Steps:
    """One piece."""
    return Steps((), (value,))


@dataclass(frozen=True)
class Structure:
    """What the pieces of a function say about it, for all points at once: each number is attained or a limit."""

    mu: Fraction
    L1: Fraction | None
    L2: Fraction
    squared_G1: Fraction
    G2: Fraction
    outer_minimum: Fraction
    highest_minimum: Fraction
    squared_jacobian: Fraction


@dataclass(frozen=True)
class Profile:
    r"""A function of x alone, f(x) = \int_0^x (jump sign(s) + \int_0^s curvature): f(0) = 0, u is a spectator.

    As a composition: h = stretch x and g(s) = f(s/stretch).
    """

    curvature: Steps
    jump: Fraction = ZERO
    stretch: Fraction = Fraction(1)
    spectator: bool = False
    push: Fraction = ZERO  # J that the oracle claims although h does not depend on u

    def gradient(self, x: Fraction) -> Fraction:
        """f'(x), and 0 at the kink."""
        return self.jump * ((x > 0) - (x < 0)) + self.curvature.integral(x)

    def value(self, x: Fraction) -> Fraction:
        """f(x)."""
        return self.jump * abs(x) + self.curvature.second_integral(x)

    def structure(self) -> Structure:
        """Constants from the pieces; the minimum is f(0) = 0 where f' has the sign of x at breakpoints and beyond."""
        steepest = max(abs(value) for value in self.curvature.values)
        outwards = all(self.gradient(b) * b >= 0 for b in self.curvature.breakpoints) and self.jump >= 0
        grows = self.curvature.values[0] >= 0 and self.curvature.values[-1] >= 0
        least = ZERO if outwards and grows and self.curvature.at(ZERO) > 0 else Fraction(-1)
        smooth = None if self.jump else steepest
        zero = ZERO
        outer = steepest / self.stretch**2
        return Structure(min(self.curvature.values), smooth, outer, zero, zero, least, least, self.push**2)

    def function(self, name: str) -> Function:
        """The callables."""
        s = self.stretch
        return Function(
            name=name,
            dimensions=(1, 1 if self.spectator else 0),
            constants={"f_star": ZERO},
            exact=True,
            value=lambda x, u: self.value(x[0]),
            gradient_x=lambda x, u: (self.gradient(x[0]),),
            gradient_u=(lambda x, u: (self.push * self.gradient(x[0]) / s,)) if self.spectator else None,
            inner=lambda x, u: (s * x[0],),
            outer=lambda h: self.value(h[0] / s),
            outer_gradient=lambda h: (self.gradient(h[0] / s) / s,),
            minimiser=lambda u: (ZERO,),
        )


@dataclass(frozen=True)
class Valley:
    """f = (M/2) ((r x + phi(u))^2 + zeta(u)^2), h = (r x + phi, zeta), g = (M/2) |s|^2; phi and zeta piecewise linear.

    The oracle uses the derivative of h in u, cut to [-clip, clip] where `clip` is given, or the number `push` instead.
    """

    M: Fraction
    r: Fraction
    phi: Steps
    zeta: Steps = constant(ZERO)  # noqa: RUF009 - frozen
    clip: Fraction | None = None
    push: Fraction | None = None

    def jacobian(self, u: Fraction) -> Vector:
        """J at u, as the oracle has it."""
        if self.push is not None:
            return (self.push, ZERO)
        slope = self.phi.at(u)
        if self.clip is not None:
            slope = max(-self.clip, min(self.clip, slope))
        return (slope, self.zeta.at(u))

    def inner(self, x: Vector, u: Vector) -> Vector:
        """h(x, u)."""
        return (self.r * x[0] + self.phi.integral(u[0]), self.zeta.integral(u[0]))

    def structure(self) -> Structure:
        """Constants from the pieces."""
        steepest = max(abs(slope) for slope in self.phi.values)
        flat = all(slope == 0 for slope in self.zeta.values)
        tilt = max(abs(slope) for slope in self.zeta.values)
        ends = self.zeta.breakpoints or (ZERO,)
        outside = self.zeta.values[0] == 0 == self.zeta.values[-1]
        height = max(abs(self.zeta.integral(u)) for u in ends) if outside or flat else None
        a = self.M * self.r**2
        top = self.M / 2 * height**2 if height is not None else Fraction(1)
        sloped = steepest**2 + tilt**2  # an upper bound, attained where one of the two is flat
        used = sloped if self.clip is None else min(steepest, self.clip) ** 2 + tilt**2
        squared = used if self.push is None else self.push**2
        return Structure(a, a, self.M, sloped, self.M * self.r * steepest, ZERO, top, squared)

    def function(self, name: str) -> Function:
        """The callables."""
        m, r = self.M, self.r

        def step(x: Vector, u: Vector) -> Vector:
            return (sum((j * m * s for j, s in zip(self.jacobian(u[0]), self.inner(x, u), strict=True)), ZERO),)

        return Function(
            name=name,
            dimensions=(1, 1),
            constants={"f_star": ZERO},
            exact=True,
            value=lambda x, u: m / 2 * sum(s**2 for s in self.inner(x, u)),
            gradient_x=lambda x, u: (m * r * self.inner(x, u)[0],),
            gradient_u=step,
            inner=self.inner,
            outer=lambda s: m / 2 * (s[0] ** 2 + s[1] ** 2),
            outer_gradient=lambda s: (m * s[0], m * s[1]),
            minimiser=lambda u: (-self.phi.integral(u[0]) / r,),
        )


__all__ = ["Profile", "Steps", "Structure", "Valley", "constant"]
