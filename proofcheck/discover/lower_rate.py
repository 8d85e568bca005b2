"""Search for a lower bound on the rate, as a function of q: what no proof can beat (kernel rule slow_family).

On effective curvature mu - L2 G1^2 the method is the recursion s+ = a s + b s-; the largest squared root
modulus is a rate that no smaller one beats. Where it is no rational function of q (two real roots), a
polynomial slightly below it is claimed instead.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from scipy.optimize import linprog

from proofcheck.discover.candidate import Candidate
from proofcheck.documents import Document, certificate_document, parse, verdict
from proofcheck.families import Q, document
from proofcheck.kernel.parameter.ratio import Ratio, of
from proofcheck.kernel.rules.growth import recursion

SLOPES = (-1, 0, 1)
DEGREES = (1, 2, 3, 4, 6)
DENOMINATORS = (20, 100, 1000, 10_000, 100_000)
SAMPLES = 400
ENOUGH = 1e-3  # of the loss 1 - rate


def prove_lower_bound(claim: Document, rate: Ratio | None) -> Candidate:
    """Prove the claim's own rate, or with None the largest one found.

    Parameters
    ----------
    claim : dict
        A claim/2 of kind rate_lower_bound; with None its rate is replaced.
    rate : Ratio or None
        The rate to prove.
    """
    notes: dict[str, str] = {}
    best: tuple[float, Candidate] | None = None
    for slope in SLOPES:
        for candidate in [rate] if rate is not None else proposals(claim, slope):
            if not candidate >= 0:
                continue
            found = accepted(claim, candidate, slope)
            if found is not None:
                gap = _gap(claim, candidate, slope)
                if best is None or gap < 0.9 * best[0]:
                    best = gap, found
                if best[0] < ENOUGH or rate is not None:
                    break
        if best is not None:
            break
    if best is None:
        return Candidate(None, None, notes)
    notes["largest relative gap of the loss 1 - rate to the recursion's own"] = f"{best[0]:.2e}"
    return Candidate(best[1].claim, best[1].certificate, notes)


def accepted(claim: Document, rate: Ratio, slope: int) -> Candidate | None:
    """The claim with this rate, if the kernel accepts it."""
    wanted = {**claim, "statement": {**claim["statement"], "rate": document(rate)}}
    certificate = certificate_document(wanted, "slow_family", {"slope": [str(slope)]})
    return Candidate(wanted, certificate) if verdict(wanted, certificate).word == "PROVED" else None


def coefficients(claim: Document, slope: int) -> tuple[Ratio, Ratio]:
    """The numbers a and b of the recursion on effective curvature mu + slope L2 G1^2."""
    parsed = parse(claim)
    p = parsed.problem.parameters
    coupling = p["L2"] * p["G1"] ** 2 if parsed.problem.partial else of(0)
    a, b = recursion(parsed, p["mu"] + slope * coupling)
    return of(a), of(b)


def proposals(claim: Document, slope: int) -> list[Ratio]:
    """Rates to try: exact ones where the root is rational, else the product of the roots and polynomials from below."""
    a, b = coefficients(claim, slope)
    if not b:
        return [a**2]
    if a + b == 1:
        return [of(1)]  # s_k = 1 for all k
    discriminant = a**2 + 4 * b
    if discriminant <= 0:
        return [-b]
    points = (1 - np.cos(np.linspace(0, np.pi, SAMPLES))) / 2
    points = points[points > 1e-4]
    loss = 1 - modulus(a, b, points)
    found = [-b]  # the product of the roots
    for degree in DEGREES:
        powers = points[:, None] ** np.arange(degree + 1)
        # loss <= q l(q) at every sample, with the smallest sum of excesses relative to q
        fit = linprog(powers.sum(axis=0), A_ub=-powers, b_ub=-loss / points, bounds=(None, None), method="highs")
        if not fit.success:
            continue
        for denominator in DENOMINATORS:
            listed = [Fraction(round(float(x) * denominator), denominator) for x in fit.x]
            listed[0] += Fraction(degree + 1, denominator)
            rate: Ratio = of(1)
            for i, x in enumerate(listed):
                rate = rate - x * Q ** (i + 1)
            found.append(rate)
    return found


def modulus(a: Ratio, b: Ratio, points: np.ndarray) -> np.ndarray:
    """The largest squared root modulus of z^2 - a z - b at each point."""
    above, below = (np.array([float(f(Fraction(float(q)))) for q in points]) for f in (a, b))
    roots = np.sqrt((above**2 + 4 * below).astype(complex))
    return np.asarray(np.maximum(abs(above + roots), abs(above - roots)) ** 2 / 4)


def _gap(claim: Document, rate: Ratio, slope: int) -> float:
    points = np.linspace(0.01, 1, 100)
    exact = 1 - modulus(*coefficients(claim, slope), points)
    claimed = 1 - np.array([float(rate(Fraction(float(q)))) for q in points])
    return float(np.max((claimed - exact) / np.maximum(exact, 1e-12)))
