"""Rule growth: a function of the class on which the metric decays more slowly than rate^k.

On a function of effective curvature c the method is the recursion s_{k+1} = a s_k + b s_{k-1} from
s_0 = s_{-1} = 1, and the metric is a multiple of s_k^2. If a root of z^2 - a z - b has |z|^2 > rate
(Schur-Cohn), no constant suffices: the start has a part along that root, for if a + b != 1 it is no
multiple of the other root's sequence, and if a + b = 1 then s_k = 1 for all k. At rate 0 one of
s_1 = a + b and s_2 = a s_1 + b must not vanish, that is, a or b.

Effective curvatures: c > 0 of a quadratic in the class, such as c in [mu, L1]; on the partial class also
c = curvature + slope * L2 G1^2 with curvature in [mu, L1] and -1 < slope <= 1 (staircase, docs/theory.md, Lemma 4).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from .. import wire
from ..claim import Claim
from ..outcome import Rejected, require
from ..statements import LinearRate

FIELDS = ("curvature", "slope")


def recursion(claim: Claim, curvature: Fraction) -> tuple[Fraction, Fraction]:
    """(a, b) of the method on a function of this curvature, read off its own recursion."""
    column = []
    for x, before in ((Fraction(1), Fraction(0)), (Fraction(0), Fraction(1))):
        y = claim.method.query(x, before)
        column.append(claim.method.advance(x, before, y, curvature * y))
    return column[0], column[1]


def apply(claim: Claim, found: dict[str, Any]) -> tuple[str, str]:
    """Check the curvature against the class and the root against the rate."""
    s, p = claim.statement, claim.problem.parameters
    if not isinstance(s, LinearRate):
        raise Rejected("certificate: rule growth refutes statements of kind linear_rate only")
    curvature = wire.rational(found["curvature"], "certificate: curvature")
    slope = wire.rational(found["slope"], "certificate: slope")
    misfit = claim.problem.misfit(curvature)
    require(misfit is None, Rejected, f"certificate: curvature={curvature} {misfit}")
    require(curvature > 0, Rejected, f"certificate: curvature={curvature} must be > 0")
    coupling = p["L2"] * p["G1"] ** 2 if claim.problem.partial else Fraction(0)
    require(-1 < slope <= 1, Rejected, f"certificate: slope={slope} must be in (-1, 1]")
    if "G2" in p and slope:
        steep = curvature * coupling > p["G2"] ** 2
        require(not steep, Rejected, f"certificate: curvature={curvature} breaks Assumption 5 with G2={p['G2']}")
    a, b = recursion(claim, curvature + slope * coupling)
    contained = abs(b) <= s.rate and a**2 * s.rate <= (s.rate - b) ** 2 and (a == 0 or s.rate > 0)
    require(not contained, Rejected, f"certificate: no root of z^2 - ({a}) z - ({b}) has |z|^2 > {s.rate}")
    return "REFUTED", f"on effective curvature {curvature + slope * coupling} no constant suffices"
