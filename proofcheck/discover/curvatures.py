"""The curvatures of the quadratics of a class, and how much momentum a method has: what a search starts from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from proofcheck.kernel.claim import Claim

STEPS = 48
SMALL = Fraction(1, 10**7)  # of 1/eta: a curvature on which no rate below 1 - 1e-6 holds
_KNOWN: dict[tuple[object, ...], Curvatures] = {}


@dataclass(frozen=True)
class Curvatures:
    """Ends of the curvatures in the class, and lengths for a search.

    Attributes
    ----------
    low, high : Fraction
        c/2 |x|^2 is in the class for both of them (and, as a rule, for what lies between).
    mu, L1 : Fraction
        Positive: typical curvatures, for scaling only.
    """

    low: Fraction
    high: Fraction
    mu: Fraction
    L1: Fraction


def curvatures(claim: Claim) -> Curvatures:
    """The curvatures of a claim's class; for named premises they are found around the member."""
    p = claim.problem.parameters
    if not claim.problem.assumed:
        return Curvatures(p["mu"], p["L1"], p["mu"], p["L1"])
    eta = Fraction(claim.method.coefficients["eta"])
    key = (*claim.problem.premises, claim.problem.member, eta)
    if key not in _KNOWN:
        if len(_KNOWN) > 256:
            _KNOWN.clear()
        _KNOWN[key] = _around(claim, eta)
    return _KNOWN[key]


def _around(claim: Claim, eta: Fraction) -> Curvatures:
    member = claim.problem.member or Fraction(0)

    def fits(curvature: Fraction) -> bool:
        return claim.problem.misfit(curvature) is None

    top = max(2 * member, 16 / eta)
    high = _end(fits, member, top)
    flat = min(SMALL / eta, member)  # curvature 0 alone, a constant function, says nothing about rates
    low = Fraction(0) if fits(flat) and flat < member else _end(fits, member, flat)
    typical = low or min(high or 1 / eta, 1 / eta) / 100
    return Curvatures(low, high, typical, max(min(high, 2 / eta), typical))


def _end(fits: Callable[[Fraction], bool], inside: Fraction, outside: Fraction) -> Fraction:
    """The point that fits nearest to `outside`, by bisection; the simplest number near the end if that fits."""
    if fits(outside):
        return outside
    for _ in range(STEPS):
        middle = (inside + outside) / 2
        if fits(middle):
            inside = middle
        else:
            outside = middle
    for digits in (2, 4, 6, 9):
        simple = inside.limit_denominator(10**digits)
        if abs(simple - inside) <= abs(outside - inside) and fits(simple):
            return simple
    return inside


def momentum(claim: Claim) -> tuple[Fraction, Fraction]:
    """(beta, gamma) of y = x + gamma dx, x+ = x + beta dx - eta g, read off the kernel's method."""
    one, zero, method = Fraction(1), Fraction(0), claim.method
    ahead = method.query(one, zero)
    return method.advance(one, zero, ahead, zero) - 1, ahead - 1
