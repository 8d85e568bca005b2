"""Functions that break one assumption each, built for one theorem in numbers. What they are is checked elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from typing import NamedTuple

from proofcheck.testing.exact_slopes import Bent, Steep
from proofcheck.testing.piecewise import ZERO, Profile, Steps, Valley, constant
from proofcheck.testing.shipped import Instance

Vector = tuple[Fraction, ...]
ONE = Fraction(1)
BIG = Fraction(1000)
Pieces = Profile | Valley | Steep | Bent


class Point(NamedTuple):
    """Positions in x and u; u may be empty."""

    x: Vector
    u: Vector


@dataclass(frozen=True)
class Draft:
    """A function with a start, and where to look for the break.

    Attributes
    ----------
    pieces : Profile, Valley or Steep
    start : (x_0, u_0)
    formula, happens : str
        For readers.
    pair : (Point, Point)
        Two points (or twice one) at which the assumption is broken; for A3 their images under h.
    inner : (vector, vector), optional
        For A3: two points of the space of h.
    smaller_ball : Fraction, optional
        For "balls": the radius in u up to which everything holds.
    """

    pieces: Pieces
    start: Point
    formula: str
    happens: str
    pair: tuple[Point, Point]
    inner: tuple[Vector, Vector] | None = None
    smaller_ball: Fraction | None = None


def below_root(number: Fraction) -> Fraction:
    """A rational r with few digits and r^2 <= number, near the root.

    Examples
    --------
    >>> below_root(Fraction(2))
    Fraction(7071, 5000)
    """
    scale = 10**4
    return Fraction(isqrt(int(number * scale**2)), scale)


def root_above(number: Fraction) -> Fraction:
    """A rational r with few digits and r^2 >= number, the root itself where that has few digits."""
    root = below_root(number)
    return root if root**2 == number else root + Fraction(1, 10**4)


def _stretch(inst: Instance, steepest: Fraction) -> Fraction:
    """An integer s so that f(x) = g(s x) with a g of curvature at most L2."""
    if inst.L2 is None or steepest <= inst.L2:
        return ONE
    return Fraction(isqrt(int(steepest / inst.L2)) + 1)


def _alone(inst: Instance, curvature: Steps, jump: Fraction = ZERO) -> Profile:
    """A function of x alone, in the theorem's class but for what is to break."""
    partial = inst.L2 is not None
    steepest = max(abs(value) for value in curvature.values)
    return Profile(curvature, jump, _stretch(inst, steepest), partial)


def _at(inst: Instance, x: Fraction, u: Fraction = ZERO) -> Point:
    return Point((x,), (u,) if inst.L2 is not None else ())


def _u(point: Point) -> Fraction:
    return point.u[0]


def flat(inst: Instance) -> Draft:
    """Strong convexity alone: a quadratic of a curvature far below mu."""
    pieces = _alone(inst, constant(inst.mu / 10**4))
    start = _at(inst, ONE)
    happens = "f is convex and smooth, and the method hardly moves"
    return Draft(pieces, start, "(mu/10^4) x^2/2", happens, (start, _at(inst, ZERO)))


def plateau(inst: Instance) -> Draft:
    """Strong convexity alone: a stationary point that is no minimiser."""
    half, big = Fraction(1, 2), inst.L1
    curvature = Steps((-ONE, -half, half, ONE), (big, -big, big, -big, big))
    start = _at(inst, ONE)
    formula = "L1 x^2/2 for |x| <= 1/2, L1 (1/4 - (1 - |x|)^2/2) up to |x| = 1, L1 (1/4 + (|x| - 1)^2/2) beyond"
    return Draft(_alone(inst, curvature), start, formula, "x_0 is stationary: nothing moves", (start, _at(inst, ZERO)))


def steep_quadratic(inst: Instance) -> Draft:
    """Smoothness alone: a quadratic of curvature 100 L1."""
    start = _at(inst, ONE)
    pieces = _alone(inst, constant(100 * inst.L1))
    return Draft(pieces, start, "100 L1 x^2/2", "the method diverges", (start, _at(inst, ZERO)))


def kink(inst: Instance) -> Draft:
    """Differentiability alone: the method oscillates about the kink."""
    eta = inst.coefficients["eta"]
    start = _at(inst, eta / (2 - eta * inst.mu))
    pieces = _alone(inst, constant(inst.mu), ONE)
    formula = "mu x^2/2 + |x|, subgradient 0 at 0"
    return Draft(pieces, start, formula, "the steps oscillate about the kink", (_at(inst, ZERO), _at(inst, eta / 100)))


def rough_outer(inst: Instance) -> Draft:
    """The first half of A3 alone: g is smooth, but not L2-smooth."""
    assert inst.L2 is not None
    assert inst.G1
    pieces = Valley(10 * inst.L1 / inst.G1**2, 3 * inst.G1 / 10, constant(inst.G1))
    start = _at(inst, ONE)
    formula = "(M/2) (r x + G1 u)^2, M = 10 L1/G1^2 > L2, r = 3 G1/10; g(s) = M s^2/2"
    images = ((ONE, ZERO), (ZERO, ZERO))
    return Draft(pieces, start, formula, "f has the curvature 10 L1 in u: the method diverges", (start, start), images)


def rough_outer_stairs(inst: Instance) -> Draft:
    """The first half of A3 alone where A5 bounds the coupling: a staircase of the strength that A5 leaves."""
    assert inst.L2 is not None
    assert inst.G1
    assert inst.G2 is not None
    M, r = inst.G2**2 / inst.mu / inst.G1**2, inst.mu * inst.G1 / inst.G2
    pieces, start = staircase(inst, M, r, inst.G1, inst.G1, 110)
    formula = (
        "(M/2) (r x + phi(u))^2, M = G2^2/(mu G1^2) > L2, r = mu G1/G2, "
        "phi a staircase: slope G1 at queries, -G1 between"
    )
    images = ((ONE, ZERO), (ZERO, ZERO))
    happens = "the method acts as on the curvature mu - M G1^2 < mu - L2 G1^2"
    return Draft(pieces, start, formula, happens, (start, start), images)


def low_outer(inst: Instance) -> Draft:
    """The second half of A3 alone: min g < min f. Without it F does not bound the gradient of g."""
    assert inst.L2 is not None
    assert inst.G1
    pieces = Steep(inst.mu, inst.L1, inst.L2, inst.G1, Fraction(4), 4 * inst.L1)
    start = _at(inst, Fraction(1, 10**12))
    formula = (
        "(mu/2) (x^2 - p^2) + (H(A x - L1 p) - mu^2 p^2/2)/A, p = 4 max(-1, min(u, 1)), A = L1 - mu, "
        "H(y) = y^2/2 for |y| <= K = 4 L1, else K |y| - K^2/2; "
        "h = f/m, g(s) = m s for s >= 0, m s + L2 s^2/2 below, m = 4 (L1/A) (K + 4 mu)/G1"
    )
    lowest = (-pieces.m / inst.L2,)
    happens = "near the minimiser f = (L1/2) (x - 4 u)^2: the method diverges there"
    return Draft(pieces, start, formula, happens, (start, start), (lowest, lowest))


def low_outer_stairs(inst: Instance) -> Draft:
    """The second half of A3 alone where A5 bounds the coupling: a staircase of the strength that A5 leaves."""
    assert inst.L2 is not None
    assert inst.G1
    assert inst.G2 is not None
    slope = inst.G2 / inst.mu
    stairs, start = staircase(inst, inst.mu, ONE, slope, slope, 60)
    phi = stairs.phi
    ends = (2 * phi.breakpoints[0] - phi.breakpoints[1], *phi.breakpoints, ONE)
    pieces = Bent(inst.mu, inst.L1, inst.L2, inst.G1, Steps(ends, (ZERO, *(-s for s in phi.values), ZERO)))
    formula = (
        "(mu/2) (x - p(u))^2 for |x| <= 2 P, P = max |p|; beyond, grad_1 f = mu (x - p) + min(A (x - 2 P), "
        "2 mu P + mu p) (and mirrored), A = L1 - mu; p a staircase: slope -G2/mu at queries, G2/mu between; "
        "h = f/m, g(s) = m s for s >= 0, m s + L2 s^2/2 below, m = 3 G2 P (1 + mu/A)/G1"
    )
    lowest = (-pieces.bound / inst.G1 / inst.L2,)
    happens = "the method acts as on the curvature mu - G2^2/mu < mu - L2 G1^2"
    return Draft(pieces, start, formula, happens, (start, start), (lowest, lowest))


def _cliff(inst: Instance) -> tuple[Valley, Point, Fraction]:
    """A function h that has the slope G1 at u_0, falls steeply between u_0 and u_1, and is flat in u from there on."""
    assert inst.L2 is not None
    assert inst.G1
    width = inst.coefficients["eta"] * inst.L2 * inst.G1  # u_1 = -width, as h(x_0, u_0) = 1 and J = G1
    near, far = width / 4, 3 * width / 4
    steep = (BIG + inst.G1 * near) / (far - near)
    phi = Steps((-far, -near), (ZERO, -steep, inst.G1))
    r = _scale(inst)
    return Valley(inst.L2, r, phi, clip=inst.G1), _at(inst, 1 / r), near


def _scale(inst: Instance) -> Fraction:
    """Return r with L2 r^2 slightly above mu; slightly below L1 where the start must be near a minimiser."""
    assert inst.L2 is not None
    return below_root(inst.L1 / inst.L2) if "start" in inst.balls else root_above(inst.mu / inst.L2)


def _scaled(inst: Instance) -> str:
    return "r^2 ~ L1/L2" if "start" in inst.balls else "r^2 ~ mu/L2"


CLIFF = (
    "(L2/2) (r x + phi(u))^2, {}, phi' = G1 for u > -w/4, -S for -3w/4 < u < -w/4, 0 below, "
    "w = eta L2 G1 the first step, S so that phi rises by 1000; J = phi' cut to [-G1, G1]"
)


def cliff(inst: Instance) -> Draft:
    """A4 alone: h is steeper than G1 between u_0 and u_1, where no step looks."""
    pieces, start, near = _cliff(inst)
    pair = (Point(start.x, (-near,)), Point(start.x, (-2 * near,)))
    return Draft(pieces, start, CLIFF.format(_scaled(inst)), "f jumps up in the first step", pair)


def cliff_outside(inst: Instance) -> Draft:
    """The radius in u alone: A4 holds in a smaller ball."""
    drawn = cliff(inst)
    assert isinstance(drawn.pieces, Valley)
    smaller = -drawn.pieces.phi.breakpoints[-1] / 2
    happens = "everything holds for |u - u_0| <= w/8, and f jumps up in the first step"
    return Draft(drawn.pieces, drawn.start, drawn.formula, happens, drawn.pair, smaller_ball=smaller)


def cliff_stairs(inst: Instance) -> Draft:
    """A4 alone where A5 bounds the slope of h: a staircase that is steeper than G1 between the queries."""
    assert inst.L2 is not None
    assert inst.G1
    assert inst.G2 is not None
    r = Fraction(8, 5)
    steep = inst.G2 / (inst.L2 * r)
    pieces, start = staircase(inst, inst.L2, r, inst.G1, steep, 260)
    ends = pieces.phi.breakpoints
    middle = len(ends) - 3
    a, b = ends[middle], ends[middle + 1]
    if pieces.phi.at((a + b) / 2) > 0:
        a, b = b, ends[middle + 2]
    formula = "(L2/2) (8/5 x + phi(u))^2, phi a staircase: slope G1 at queries, -G2/(8/5 L2) between"
    happens = "the method acts as on the curvature mu' - G1 G2/(8/5)"
    return Draft(pieces, start, formula, happens, (Point(start.x, (a,)), Point(start.x, (b,))))


def wrong_jacobian(inst: Instance) -> Draft:
    """The proviso alone: h is linear, and the step uses another J."""
    assert inst.L2 is not None
    assert inst.G1
    r = _scale(inst)
    push = -BIG / (inst.coefficients["eta"] * inst.L2 * inst.G1)
    start = _at(inst, 1 / r)
    formula = f"(L2/2) (r x + G1 u)^2, {_scaled(inst)}; J = -1000/(eta L2 G1) in place of G1"
    return Draft(Valley(inst.L2, r, constant(inst.G1), push=push), start, formula, "u climbs", (start, start))


def hidden_minimum(inst: Instance) -> Draft:
    """A6 alone: the minimum over x depends on u, and far out u does not move."""
    assert inst.L2 is not None
    assert inst.G1
    zeta = Steps((-ONE, ONE), (ZERO, inst.G1, ZERO))
    start = _at(inst, ZERO, Fraction(2))
    pieces = Valley(inst.L2, below_root(inst.L1 / inst.L2), constant(ZERO), zeta)
    formula = "(L2/2) (r^2 x^2 + zeta(u)^2), r^2 ~ L1/L2, zeta = G1 max(-1, min(u, 1)); start x = 0, u = 2"
    return Draft(pieces, start, formula, "the start is stationary: nothing moves", (start, start))


def far_start(inst: Instance) -> Draft | None:
    """The start alone: x*(u_0) itself is not in X."""
    start, radius = inst.balls["start"], inst.balls["x"]
    if not (start**2 < 2 and radius**2 < 2):
        return None
    at = _at(inst, ONE)
    return Draft(_alone(inst, constant(inst.mu)), at, "mu x^2/2", "x*(u_0) is not in X", (at, at))


def far_start_stairs(inst: Instance) -> Draft | None:
    """The start alone: a staircase moves x out of X; with tau = 1/4 up to sqrt(2)/(1 - tau) = 1.886 for large kappa."""
    start, radius = inst.balls["start"], inst.balls["x"]
    assert inst.L2 is not None
    assert inst.G1
    r = root_above(inst.mu / inst.L2)
    reach = Fraction(1414, 1000) / (1 - inst.L2 * inst.G1**2 / inst.mu)
    if not (start**2 < 2 and radius < reach * Fraction(97, 100)):
        return None
    assert inst.q is not None
    pieces, at = staircase(inst, inst.L2, r, inst.G1, inst.G1, int(10 / inst.q))
    formula = "(L2/2) (r x + phi(u))^2, L2 r^2 = mu, phi a staircase: slope G1 at queries, -G1 between"
    return Draft(pieces, at, formula, "u drags the minimiser along until x leaves X", (at, at))


def staircase(
    inst: Instance, M: Fraction, r: Fraction, slope: Fraction, fall: Fraction, steps: int
) -> tuple[Valley, Point]:
    """(M/2) (r x + phi(u))^2 with phi' = slope at the first queries and -fall on 999/1000 of the way between them.

    Source: docs/theory.md, Lemma 4.
    """
    eta, beta = inst.coefficients["eta"], inst.coefficients.get("beta", ZERO)
    share = Fraction(1, 1000)
    x = x_old = ONE / r
    u = u_old = ZERO
    phi, seen = ZERO, ZERO
    breakpoints: list[Fraction] = []
    values = [slope]
    for _ in range(steps):
        y, v = x + beta * (x - x_old), u + beta * (u - u_old)
        gap = seen - v
        if gap > 0:
            breakpoints = [v + share / 2 * gap, seen - share / 2 * gap, *breakpoints]
            values = [slope, -fall, *values]
            phi += gap * ((1 - share) * fall - share * slope)
        seen = v
        t = M * (r * y + phi)
        x, x_old, u, u_old = y - eta * r * t, x, v - eta * slope * t, u
    pieces = Valley(M, r, Steps(tuple(breakpoints), tuple(values)), clip=slope)
    return pieces, Point((ONE / r,), (ZERO,))


Builder = Callable[[Instance], Draft | None]

__all__ = ["Builder", "Draft", "Point", "below_root", "root_above"]
