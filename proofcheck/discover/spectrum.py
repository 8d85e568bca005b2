"""The method on functions of constant effective curvature: the obstruction that no proof can pass.

On a function of effective curvature c the iterates follow s_{k+1} = a s_k + b s_{k-1}; a rate below the
largest squared root modulus over the class's curvatures is impossible (kernel rule `growth`).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

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


def obstruction(claim: Claim) -> Obstruction:
    """Largest squared root modulus over a grid of the class's effective curvatures and their ends."""
    p = claim.problem.parameters
    mu, big = p["mu"], p["L1"]
    coupling = p["L2"] * p["G1"] ** 2 if claim.problem.partial else Fraction(0)
    places = [(mu, Fraction(-1)), (mu, Fraction(0)), (big, Fraction(0))]
    if "G2" not in p or big * coupling <= p["G2"] ** 2:
        places.append((big, Fraction(1)))
    places += [(mu + (big - mu) * Fraction(i, 16), Fraction(0)) for i in range(1, 16)]
    best = max(places, key=lambda place: squared_modulus(claim, place[0] + place[1] * coupling))
    return Obstruction(squared_modulus(claim, best[0] + best[1] * coupling), *best)


def squared_modulus(claim: Claim, curvature: Fraction) -> float:
    """Largest |z|^2 over the roots of z^2 - a z - b."""
    a, b = recursion(claim, curvature)
    return float(max(abs(np.roots([1.0, -float(a), -float(b)])) ** 2))
