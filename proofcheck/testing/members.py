"""True functions of a class in exact arithmetic, as conformance samples them.

u is measured in G1 sqrt(2 L2), as in the kernel: then sqrt(f - f*) moves by at most L2 G1^2 |u - v|.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from typing import Any

from proofcheck.numbers import rational_sqrt
from proofcheck.testing.function import Function

Coordinates = tuple[Fraction, ...]
ZERO = Fraction(0)
UNKNOWN = (-8, -5, -4, -3, -1, 1, 3, 5, 6, 8, 20)
"""Quarters: where a third party's functions are looked at, as nobody says where they bend."""


@dataclass(frozen=True)
class State:
    """What an inequality may ask about one point; `R` is None where the square root of F is irrational."""

    x: Coordinates
    u: Coordinates
    F: Fraction
    R: Fraction | None
    g: Coordinates
    w: Coordinates
    z: Coordinates


@dataclass(frozen=True)
class Member:
    """A function of the class.

    Attributes
    ----------
    name
        For messages.
    dimensions
        Numbers in x and in u.
    at
        The state at a position (x, u).
    kinks
        Positions of interest in x (of its first coordinate, relative to the minimiser).
    """

    name: str
    dimensions: tuple[int, int]
    at: Callable[[Coordinates, Coordinates], State]
    kinks: tuple[Fraction, ...] = ()


@dataclass(frozen=True)
class Bent:
    """A function of one number with its minimum 0 at 0: f'' = curvatures[n] after n breaks."""

    curvatures: tuple[Fraction, ...]
    breaks: tuple[Fraction, ...] = ()

    def __call__(self, x: Fraction) -> tuple[Fraction, Fraction]:
        """Value and derivative.

        Examples
        --------
        >>> Bent((Fraction(1), Fraction(3)), (Fraction(1),))(Fraction(2))
        (Fraction(3, 1), Fraction(4, 1))
        """
        forward = x >= 0
        between = [b for b in self.breaks if (0 < b < x if forward else x < b < 0)]
        index = sum(b <= 0 for b in self.breaks) if forward else sum(b < 0 for b in self.breaks)
        at = value = slope = ZERO
        for stop in [*(between if forward else between[::-1]), x]:
            step, c = stop - at, self.curvatures[index]
            value, slope, at = value + slope * step + c * step**2 / 2, slope + c * step, stop
            index += 1 if forward else -1
        return value, slope


def smooth_members(mu: Fraction, L1: Fraction) -> list[Member]:
    """Quadratics, Huber-like functions and functions that bend once, of one number and of two."""
    middle = (mu + L1) / 2
    shapes = [Bent((c,)) for c in dict.fromkeys((mu, middle, L1))]
    if mu < L1:
        one, two = Fraction(1), Fraction(2)
        shapes += [Bent(pair, (b,)) for pair in ((mu, L1), (L1, mu)) for b in (ZERO, one, -one / 2)]
        shapes += [Bent((a, b, a), (-one, one)) for a, b in ((mu, L1), (L1, mu))]
        shapes += [Bent((mu, L1, middle), (one / 2, two)), Bent((L1, mu, L1), (one, two))]
    lines = [separable((shape,), (Fraction(n % 3 - 1, 3),)) for n, shape in enumerate(shapes)]
    pairs = list(zip(shapes, shapes[::-1], strict=True))[::4]
    return lines + [separable(pair, (Fraction(1), Fraction(-1, 2))) for pair in pairs]


def separable(shapes: Sequence[Bent], centre: Coordinates) -> Member:
    """Return the sum of bent functions, one of each coordinate."""

    def at(x: Coordinates, u: Coordinates) -> State:
        parts = [shape(a - c) for shape, a, c in zip(shapes, x, centre, strict=True)]
        total = sum((value for value, _ in parts), ZERO)
        return State(x, (), total, rational_sqrt(total), tuple(slope for _, slope in parts), (), centre)

    shown = " + ".join(
        f"[f'' = {'; '.join(map(str, s.curvatures))}; breaks {', '.join(map(str, s.breaks)) or 'none'}](x{n} - {c})"
        for n, (s, c) in enumerate(zip(shapes, centre, strict=True))
    )
    return Member(shown, (len(shapes), 0), at, shapes[0].breaks)


@dataclass(frozen=True)
class Path:
    """A piecewise linear s(u) with s(0) = 0; slopes[n] after n breaks."""

    slopes: tuple[Fraction, ...]
    breaks: tuple[Fraction, ...] = ()

    def __call__(self, u: Fraction) -> tuple[Fraction, Fraction]:
        """Value and (right) slope."""
        steps = Bent(self.slopes, self.breaks)(u)[1]
        return steps, self.slopes[sum(b <= u for b in self.breaks)]


def partial_members(p: dict[str, Fraction]) -> list[Member]:
    """Valleys of one and of two slopes along lines, folds and stairs in u, and sums of two valleys."""
    mu, L1, reach = p["mu"], p["L1"], p["L2"] * p["G1"] ** 2
    bends = [(c, c) for c in valley_curvatures(mu, L1)] + ([(mu, L1), (L1, mu)] if mu < L1 else [])
    members = []
    for pair in bends:
        top = steepest(max(pair), p)
        one = Fraction(1)
        shapes = [
            Path((top,)),
            Path((-top / 2,)),
            Path((-top, top), (ZERO,)),
            Path((ZERO, top, ZERO, -top), (-one, one, 2 * one)),
        ]
        if reach:
            members += [valley(pair, shape, reach) for shape in shapes]
        else:
            members += [valley(pair, Path((ZERO,)), reach, shift) for shift in (ZERO, one, -one / 2)]
    if reach:
        members.append(_sum_of_valleys((mu, L1), steepest(L1, p), reach))
        members.append(_plane_of_u(mu, steepest(mu, p), reach))
    return members


def valley_curvatures(mu: Fraction, L1: Fraction) -> list[Fraction]:
    """Return mu, L1, one between, and where sqrt(mu/2) or sqrt(L1/2) is irrational one near it with a rational root.

    Examples
    --------
    >>> [str(c) for c in valley_curvatures(Fraction(2), Fraction(18))]
    ['2', '8', '18']
    """
    low, high = (rational_sqrt(c / 2) for c in (mu, L1))
    inner = low or Fraction(isqrt(int(mu / 2 * 10**8)) + 1, 10**4), high or Fraction(isqrt(int(L1 / 2 * 10**8)), 10**4)
    if inner[0] > inner[1]:  # no rational root between
        return list(dict.fromkeys((mu, L1)))
    return list(dict.fromkeys((mu, 2 * inner[0] ** 2, (inner[0] + inner[1]) ** 2 / 2, 2 * inner[1] ** 2, L1)))


def steepest(curvature: Fraction, p: dict[str, Fraction]) -> Fraction:
    """The steepest rational s'(u) such that f = c/2 (x + s(u))^2 respects G1, and G2 where it is given."""
    square = 2 * (p["L2"] * p["G1"] ** 2) ** 2 / curvature
    if "G2" in p:
        square = min(square, 2 * p["L2"] * (p["G1"] * p["G2"]) ** 2 / curvature**2)
    found = rational_sqrt(square)
    return Fraction(isqrt(int(square * 10**8)), 10**4) if found is None else found


def valley(pair: tuple[Fraction, Fraction], path: Path, reach: Fraction, shift: Fraction = ZERO) -> Member:
    """Return f = c/2 y^2 with y = x + s(u) + shift, where c depends on the sign of y."""

    def at(x: Coordinates, u: Coordinates) -> State:
        moved, slope = path(u[0])
        moved += shift
        y = x[0] + moved
        c = pair[0] if y >= 0 else pair[1]
        total = c / 2 * y**2
        w = c * y * slope / (2 * reach) if reach else ZERO
        return State(x, u, total, rational_sqrt(total), (c * y,), (w,), (-moved,))

    shown = f"c/2 (x + s(u) + {shift})^2, c = {pair[0]} or {pair[1]} by sign, s' = {', '.join(map(str, path.slopes))}"
    return Member(shown, (1, 1), at)


def _sum_of_valleys(curvatures: tuple[Fraction, Fraction], slope: Fraction, reach: Fraction) -> Member:
    """Return f = sum over k of c_k/2 (x_k + s_k u)^2, an additive model: the slopes share what G1 allows."""
    slopes = (slope * 3 / 5, slope * 4 / 5)

    def at(x: Coordinates, u: Coordinates) -> State:
        ys = [a + s * u[0] for a, s in zip(x, slopes, strict=True)]
        total = sum((c / 2 * y**2 for c, y in zip(curvatures, ys, strict=True)), ZERO)
        g = tuple(c * y for c, y in zip(curvatures, ys, strict=True))
        w = sum((a * s for a, s in zip(g, slopes, strict=True)), ZERO) / (2 * reach)
        return State(x, u, total, rational_sqrt(total), g, (w,), tuple(-s * u[0] for s in slopes))

    shown = " + ".join(f"{c}/2 (x{n} + {s} u)^2" for n, (c, s) in enumerate(zip(curvatures, slopes, strict=True)))
    return Member(shown, (2, 1), at)


def _plane_of_u(curvature: Fraction, slope: Fraction, reach: Fraction) -> Member:
    """Return f = c/2 (x + s (3 u_0 + 4 u_1)/5)^2."""
    parts = (slope * 3 / 5, slope * 4 / 5)

    def at(x: Coordinates, u: Coordinates) -> State:
        moved = sum((a * s for a, s in zip(u, parts, strict=True)), ZERO)
        y = x[0] + moved
        total = curvature / 2 * y**2
        w = tuple(curvature * y * s / (2 * reach) for s in parts)
        return State(x, u, total, rational_sqrt(total), (curvature * y,), w, (-moved,))

    return Member(f"{curvature}/2 (x + {parts[0]} u0 + {parts[1]} u1)^2", (1, 2), at)


def quadratic_member(curvature: Fraction) -> Member:
    """c/2 x^2, which every class of third parties names as its member."""
    return Member(f"{curvature}/2 x^2", (1, 0), lambda x, u: _centred(x, *Bent((curvature,))(x[0])))


def _centred(x: Coordinates, value: Fraction, slope: Fraction) -> State:
    return State(x, (), value, rational_sqrt(value), (slope,), (), (ZERO,))


def member_of(function: Function) -> Member:
    """A third party's function of x alone, with x measured from its minimiser and f from its minimum."""
    centre = minimiser_of(function)
    lowest = function.constants.get("f_star", function.value(centre, ()))

    def at(x: Coordinates, u: Coordinates) -> State:
        place = tuple(a + c for a, c in zip(x, centre, strict=True))
        total = Fraction(function.value(place, ())) - Fraction(lowest)
        assert function.gradient_x is not None
        g = tuple(map(Fraction, function.gradient_x(place, ())))
        return State(x, (), total, rational_sqrt(total), g, (), (ZERO,) * len(x))

    return Member(function.name, function.dimensions, at, tuple(Fraction(n, 4) for n in UNKNOWN))


def minimiser_of(function: Function) -> Coordinates:
    """The minimiser that the function names, or the origin."""
    if function.minimiser is None:
        return (ZERO,) * function.dimensions[0]
    return tuple(map(Fraction, function.minimiser(())))


def members_of(subject: Any) -> list[Member]:
    """The true functions of a class under test (`ClassUnderTest`)."""
    if not subject.shipped:
        functions = [member_of(function) for function in subject.problem.functions()]
        return [quadratic_member(Fraction(subject.problem.member)), *functions]
    p = subject.parameters
    return partial_members(p) if subject.partial else smooth_members(p["mu"], p["L1"])
