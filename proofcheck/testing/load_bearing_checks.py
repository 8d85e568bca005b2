"""Whether a function satisfies every assumption but one: from its pieces, and again at points, in exact arithmetic."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from proofcheck.errors import NotSupported
from proofcheck.testing.breaking import Draft, Point
from proofcheck.testing.function import Function
from proofcheck.testing.piecewise import ZERO, Structure
from proofcheck.testing.shipped import Instance
from proofcheck.testing.textbook import Visit

Vector = tuple[Fraction, ...]
DIGITS = 10**60
"""Points with larger numbers are left to the pieces: comparing all their pairs would take long."""


@dataclass(frozen=True)
class Demand:
    """What the theorem asks, in numbers: every constant that is not None."""

    mu: Fraction
    L1: Fraction
    L2: Fraction | None
    G1: Fraction | None
    G2: Fraction | None
    balls: tuple[tuple[str, Fraction], ...]

    @property
    def partial(self) -> bool:
        """Whether there is a u."""
        return self.L2 is not None


def demand(inst: Instance) -> Demand:
    """Of a theorem in numbers."""
    return Demand(inst.mu, inst.L1, inst.L2, inst.G1, inst.G2, tuple(inst.balls.items()))


def dot(a: Sequence[Fraction], b: Sequence[Fraction]) -> Fraction:
    """The inner product."""
    return sum((p * q for p, q in zip(a, b, strict=True)), ZERO)


def minus(a: Sequence[Fraction], b: Sequence[Fraction]) -> Vector:
    """The difference."""
    return tuple(p - q for p, q in zip(a, b, strict=True))


def squared(a: Sequence[Fraction]) -> Fraction:
    """The squared length."""
    return dot(a, a)


def structural(found: Structure, want: Demand) -> dict[str, bool]:
    """Each assumption, decided for all points at once from the pieces."""
    assert want.mu > 0
    verdicts = {"A1": found.mu >= want.mu, "A2": found.L1 is not None and found.L1 <= want.L1}
    if not want.partial:
        return verdicts
    assert want.L2 is not None
    assert want.G1 is not None
    verdicts |= {
        "A3": found.L2 <= want.L2,
        "A3min": found.outer_minimum >= 0,
        "A4": found.squared_G1 <= want.G1**2,
        "A6": found.highest_minimum == 0,
        "proviso": found.squared_jacobian <= want.G1**2,
    }
    if want.G2 is not None:
        verdicts["A5"] = found.G2 <= want.G2
    return verdicts


def _none(*point: Vector) -> Any:
    raise NotSupported("the function is not given as a composition")


class Sides:
    """Both sides of each assumption at given points; it holds where left <= right."""

    def __init__(self, f: Function, want: Demand) -> None:
        assert f.gradient_x is not None
        self.f, self.want = f, want
        self.value, self.gradient = cache(f.value), cache(f.gradient_x)
        self.inner = cache(f.inner or _none)
        self.outer, self.outer_gradient = cache(f.outer or _none), cache(f.outer_gradient or _none)

    def a1(self, p: Point, q: Point) -> tuple[Fraction, Fraction]:
        """f(p) + <grad_1 f(p), q - p> + mu/2 |q - p|^2 <= f(q), at u of p."""
        step = minus(q.x, p.x)
        tangent = self.value(p.x, p.u) + dot(self.gradient(p.x, p.u), step)
        return tangent + self.want.mu / 2 * squared(step), self.value(q.x, p.u)

    def a2(self, p: Point, q: Point) -> tuple[Fraction, Fraction]:
        """f(q) <= f(p) + <grad_1 f(p), q - p> + L1/2 |q - p|^2, at u of p."""
        step = minus(q.x, p.x)
        tangent = self.value(p.x, p.u) + dot(self.gradient(p.x, p.u), step)
        return self.value(q.x, p.u), tangent + self.want.L1 / 2 * squared(step)

    def a3(self, s: Vector, t: Vector) -> tuple[Fraction, Fraction]:
        """g(s) <= g(t) + <grad g(t), s - t> + L2/2 |s - t|^2."""
        assert self.want.L2 is not None
        step = minus(s, t)
        return self.outer(s), self.outer(t) + dot(self.outer_gradient(t), step) + self.want.L2 / 2 * squared(step)

    def a3min(self, s: Vector) -> tuple[Fraction, Fraction]:
        """f* <= g(s)."""
        return self.f.constants["f_star"], self.outer(s)

    def a4(self, p: Point, q: Point) -> tuple[Fraction, Fraction]:
        """|h(x, u) - h(x, v)|^2 <= G1^2 |u - v|^2, at x of p."""
        assert self.want.G1 is not None
        return squared(minus(self.inner(p.x, p.u), self.inner(p.x, q.u))), self.want.G1**2 * squared(minus(p.u, q.u))

    def a5(self, p: Point, q: Point) -> tuple[Fraction, Fraction]:
        """|grad_1 f(x, u) - grad_1 f(x, v)|^2 <= G2^2 |u - v|^2, at x of p."""
        assert self.want.G2 is not None
        left = squared(minus(self.gradient(p.x, p.u), self.gradient(p.x, q.u)))
        return left, self.want.G2**2 * squared(minus(p.u, q.u))

    def a6(self, p: Point) -> tuple[Fraction, Fraction]:
        """The minimum over x of f(x, u) <= f*."""
        assert self.f.minimiser is not None
        return self.value(self.f.minimiser(p.u), p.u), self.f.constants["f_star"]

    def proviso(self, p: Point) -> tuple[Fraction, Fraction]:
        """|grad_2 f|^2 <= G1^2 |grad g(h)|^2: then, and only then, grad_2 f = J^T grad g with some |J| <= G1."""
        assert self.f.gradient_u is not None
        assert self.want.G1 is not None
        outer = self.outer_gradient(self.inner(p.x, p.u))
        return squared(self.f.gradient_u(p.x, p.u)), self.want.G1**2 * squared(outer)

    def start(self, p: Point) -> tuple[Fraction, Fraction]:
        """Return both sides of mu |x_0 - x*(u_0)|^2 <= start^2 F_0."""
        assert self.f.minimiser is not None
        gap = self.value(p.x, p.u) - self.f.constants["f_star"]
        return self.want.mu * squared(minus(p.x, self.f.minimiser(p.u))), dict(self.want.balls)["start"] ** 2 * gap

    def at(self, assumption: str, draft: Draft) -> tuple[Fraction, Fraction]:
        """Both sides at the pair of a draft."""
        p, q = draft.pair
        pairs: dict[str, Callable[[Point, Point], tuple[Fraction, Fraction]]] = {
            "A1": self.a1,
            "A2": self.a2,
            "A4": self.a4,
            "balls": self.a4,
            "A5": self.a5,
        }
        if assumption in pairs:
            return pairs[assumption](p, q)
        if assumption == "A3":
            assert draft.inner is not None
            return self.a3(*draft.inner)
        if assumption == "A3min":
            assert draft.inner is not None
            return self.a3min(draft.inner[0])
        single = {"A6": self.a6, "proviso": self.proviso, "start": self.start}
        return single[assumption](p)


def points(draft: Draft, visits: Sequence[Visit], seed: int = 6) -> list[Point]:
    """Visited points with few digits, the pair, and random rational ones near and far."""
    found = [draft.start, *draft.pair]
    for visit in visits[:3]:
        small = all(abs(n.numerator) < DIGITS and n.denominator < DIGITS for n in (*visit.y, *visit.v))
        found += [Point(visit.x, visit.u), Point(visit.y, visit.v)] if small else []
    rng = random.Random(seed)
    reach = max([abs(n) for p in found for n in p.x] + [Fraction(1, 10**12)])
    wide = max([abs(n) for p in found for n in p.u] + [Fraction(1, 10**12)])
    for spread in (1, 2, 20):
        x = Fraction(rng.randint(-100, 100), 100) * spread * reach
        u = tuple(Fraction(rng.randint(-100, 100), 100) * spread * wide for _ in draft.start.u)
        found.append(Point((x,), u))
    return list(dict.fromkeys(found))


def sampled(f: Function, want: Demand, at: Sequence[Point], skip: str, radius: Fraction | None) -> Iterator[str]:
    """What fails at these points and pairs of them, but for the assumption that is broken on purpose.

    With `radius` only points with |u - u_0| <= radius are asked for what is demanded in balls; at[0] is the start.
    """
    sides = Sides(f, want)
    inside = [p for p in at if radius is None or squared(minus(p.u, at[0].u)) <= radius**2]
    for p in inside:
        for q in at:
            if p.x != q.x:
                yield from _broken(skip, ("A1", sides.a1(p, q)), ("A2", sides.a2(p, q)))
    if not want.partial:
        return
    for p in inside:
        yield from _broken(skip, ("A3min", sides.a3min(sides.inner(p.x, p.u))), ("A6", sides.a6(p)))
        yield from _broken(skip, ("proviso", sides.proviso(p)))
        if sides.outer(sides.inner(p.x, p.u)) != sides.value(p.x, p.u):
            yield f"f = g(h) fails at {p}"
        for q in inside:
            if p.u == q.u:
                continue
            yield from _broken(skip, ("A4", sides.a4(p, q)))
            if want.G2 is not None:
                yield from _broken(skip, ("A5", sides.a5(p, q)))
    images = list(dict.fromkeys(sides.inner(p.x, p.u) for p in at))[:5]
    images += [tuple(-2 * n for n in image) for image in images[:2]]  # not only what h attains
    for s in images:
        if skip != "A3min":
            yield from _broken(skip, ("A3min", sides.a3min(s)))
        for t in images:
            yield from _broken(skip, ("A3", sides.a3(s, t)))


def _broken(skip: str, *tests: tuple[str, tuple[Fraction, Fraction]]) -> Iterator[str]:
    for name, (left, right) in tests:
        if name != skip and left > right:
            yield f"{name} fails: {float(left):.6g} > {float(right):.6g}"


__all__ = ["Demand", "Sides", "demand", "points", "sampled", "structural"]
