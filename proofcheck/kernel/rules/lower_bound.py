"""Rule slow_family: functions of the class, for every q, on which the method is no faster than a rate.

Effective curvature mu + slope L2 G1^2 as in rule growth; on the partial class slope is in [-1, 1], where -1
is the limit of the slopes -1 + delta. (Curvature mu only: it is in the class for every c, whereas in the units
L1/c = 1 the class ends at c.) If -b >= rate (the product of the roots) or a^2 rate >= (rate - b)^2, one root
of z^2 - a z - b has |z|^2 >= rate. Roots depend continuously on the slope, so for every r < rate a slope near
it has a root with |z|^2 > r, and rule growth refutes r with any constant.
"""

from __future__ import annotations

from typing import Any

from ..claim import Claim
from ..outcome import Rejected, require
from ..parameter.ratio import of
from ..statements import RateLowerBound
from .growth import recursion

FIELDS = ("slope",)


def apply(claim: Claim, found: dict[str, Any]) -> tuple[str, str]:
    """Check the slope against the class and the root against the rate, for all q."""
    s, p = claim.statement, claim.problem.parameters
    if not isinstance(s, RateLowerBound):
        raise Rejected("certificate: rule slow_family proves statements of kind rate_lower_bound only")
    # its functions are in the class on the whole space, so in all balls, but their starts need not be near a minimiser
    near = "start" in (claim.problem.balls or {})
    require(not near, Rejected, "certificate: rule slow_family does not know where its functions are started")
    slope = claim.field.number(found["slope"], "certificate: slope")
    require(-1 <= slope <= 1, Rejected, f"certificate: slope={slope} must be in [-1, 1]")
    curvature = p["mu"] + (slope * p["L2"] * p["G1"] ** 2 if claim.problem.partial else 0)
    a, b = (of(number) for number in recursion(claim, curvature))
    slow = -b >= s.rate or a**2 * s.rate >= (s.rate - b) ** 2
    require(slow, Rejected, f"certificate: for some q both roots of z^2 - ({a}) z - ({b}) may have |z|^2 < {s.rate}")
    return "PROVED", f"on effective curvature {curvature} no smaller rate holds"
