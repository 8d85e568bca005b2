"""Lower bounds for rates, and claims refuted at one condition number."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from proofcheck.kernel.claim import Claim
from proofcheck.kernel.parameter.ratio import Ratio, of
from proofcheck.kernel.rules import specialise
from proofcheck.kernel.rules.growth import recursion
from proofcheck.kernel.statements import LinearRate, RateLowerBound

from . import counterexample, functions, minors, notation, premises
from .escape import Tex


@dataclass(frozen=True)
class Slow:
    """Functions on which the method is no faster than a rate, for every q.

    `product` where the product of the roots decides, else the largest root does; `limit` where slopes tend to -1.
    """

    slope: Tex
    curvature: Tex
    a: Tex
    b: Tex
    product: bool
    limit: bool
    coupled: bool
    difference: Tex
    intervals: Tex


@dataclass(frozen=True)
class Special:
    """The condition number at which a claim is refuted, and the numbers there."""

    q: Tex
    kappa: Tex
    numbers: list[Tex]
    factors: list[Tex]


def slow(claim: Claim, certificate: dict[str, Any]) -> Slow:
    """The numbers of an accepted certificate of rule slow_family, as the kernel's rule computes them."""
    s, p = claim.statement, claim.problem.parameters
    assert isinstance(s, RateLowerBound)
    slope = of(claim.field.number(certificate["slope"], "slope"))
    coupled = claim.problem.partial and p["G1"] != 0
    curvature = p["mu"] + (slope * p["L2"] * p["G1"] ** 2 if claim.problem.partial else 0)
    a, b = (of(number) for number in recursion(claim, curvature))
    product = bool(-b >= s.rate)
    difference: Ratio = -b - s.rate if product else a**2 * s.rate - (s.rate - b) ** 2
    return Slow(
        slope=functions.equation(r"\sigma", slope),
        curvature=functions.equation(r"\lambda=\mu+\sigma L_2G_1^2" if coupled else r"\lambda=\mu", curvature),
        a=functions.equation("a", a),
        b=functions.equation("b", b),
        product=product,
        limit=not slope + 1,
        coupled=coupled,
        difference=functions.running(difference),
        intervals=minors.shown_intervals(difference) if difference else Tex(""),
    )


def specialised(claim: Claim, certificate: dict[str, Any]) -> dict[str, Any]:
    """What the templates print about a claim refuted at one q: the numbers there, and the counterexample."""
    s, q, inner = claim.statement, Fraction(certificate["q"]), certificate["refutation"]
    assert isinstance(s, LinearRate)
    there = specialise.at(claim, s, q)
    found: dict[str, Any] = {"special": _special(there, q), "inner": inner["rule"]}
    if inner["rule"] == "instance":
        return found | {"instance": counterexample.instance(there, inner)}
    return found | {"growth": counterexample.grow(there, inner)}


def _special(there: Claim, q: Fraction) -> Special:
    p, s = there.problem.parameters, there.statement
    assert isinstance(s, LinearRate)
    names = {"eta": r"\eta", "beta": r"\beta", "gamma": r"\gamma"}
    numbers = [notation.equation(r"\mu", p["mu"]), notation.equation("L_1", p["L1"])]
    if there.problem.partial:
        numbers.append(notation.equation("L_2G_1^2", p["L2"] * p["G1"] ** 2))
    numbers += [notation.equation(names[key], value) for key, value in premises.coefficients(there).items()]
    factors = [notation.equation(r"\rho", s.rate, up=True)]
    if s.constant is not None:
        factors.append(notation.equation("C", s.constant, up=True))
    return Special(notation.exactly("q", q), notation.exactly(r"\kappa=1/q^2", 1 / q**2), numbers, factors)
