"""The method on functions of constant effective curvature: the obstruction that no proof can pass.

On a function of effective curvature c the iterates follow s_{k+1} = a s_k + b s_{k-1}; a rate below the
largest squared root modulus over the class's curvatures is impossible (kernel rule `growth`).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from proofcheck.discover.curvatures import SMALL, curvatures
from proofcheck.kernel.claim import Claim
from proofcheck.kernel.rules.growth import recursion


@dataclass(frozen=True)
class Obstruction:
    """The slowest effective curvature, in floating point.

    Attributes
    ----------
    rate : float
        The largest squared root modulus: no smaller rate can hold.
    curvature, slope : Fraction
        Effective curvature = curvature + slope * L2 G1^2 (slope -1 is a limit that is not attained).
    """

    rate: float
    curvature: Fraction
    slope: Fraction


def places(claim: Claim) -> list[tuple[Fraction, Fraction]]:
    """Pairs (curvature, slope) that cover the effective curvatures of the class, its ends included."""
    p, ends = claim.problem.parameters, curvatures(claim)
    mu, big = ends.low, ends.high
    found = [(mu + (big - mu) * Fraction(i, 16), Fraction(0)) for i in range(17)]
    if claim.problem.assumed:
        found.append((min(SMALL / Fraction(claim.method.coefficients["eta"]), big), Fraction(0)))
        return [(c, slope) for c, slope in found if c > 0 and claim.problem.misfit(c) is None]
    if claim.problem.partial and p["G1"] > 0:
        found.append((mu, Fraction(-1)))
        if "G2" not in p or big * p["L2"] * p["G1"] ** 2 <= p["G2"] ** 2:
            found.append((big, Fraction(1)))
    return found


def obstruction(claim: Claim) -> Obstruction:
    """Largest squared root modulus over the class's effective curvatures (a grid and the ends)."""
    p, listed = claim.problem.parameters, places(claim)
    coupling = p["L2"] * p["G1"] ** 2 if claim.problem.partial else Fraction(0)
    if claim.problem.assumed and curvatures(claim).low == 0:  # curvatures near 0 allow no rate
        flattest = min(curvature for curvature, _ in listed) if listed else Fraction(0)
        return Obstruction(max([1.0, *(squared_modulus(claim, c) for c, _ in listed)]), flattest, Fraction(0))
    best = max(listed, key=lambda place: squared_modulus(claim, place[0] + place[1] * coupling))
    return Obstruction(squared_modulus(claim, best[0] + best[1] * coupling), *best)


def squared_modulus(claim: Claim, curvature: Fraction) -> float:
    """Largest |z|^2 over the roots of z^2 - a z - b."""
    a, b = recursion(claim, curvature)
    return float(max(abs(np.roots([1.0, -float(a), -float(b)])) ** 2))
