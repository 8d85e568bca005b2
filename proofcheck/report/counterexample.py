"""The counterexamples of accepted refutations: the function, what it reaches, what the claim allows."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from typing import Any

from proofcheck.kernel import instances
from proofcheck.kernel.claim import Claim
from proofcheck.kernel.instances.pieces import Pieces
from proofcheck.kernel.instances.piecewise_quadratic import PiecewiseQuadratic
from proofcheck.kernel.instances.staircase import Staircase
from proofcheck.kernel.rules import growth
from proofcheck.kernel.statements import LinearRate, WorstCase
from proofcheck.numbers import significant

from . import notation
from .escape import Tex

MAX_DIGITS = 1_200


@dataclass(frozen=True)
class Piece:
    """A piece of a function: its number, where it ends, its slope; the last piece has no end."""

    number: int
    decimal: Tex
    exact: Tex
    slope: Tex


@dataclass(frozen=True)
class Instance:
    """An explicit function and the run of the method on it."""

    staircase: bool
    piecewise: bool
    curvature: Tex
    start: Tex
    coupling: Tex
    pieces: list[Piece]
    steps: int
    initial: Tex
    metric: Tex
    comparison: Tex
    reached: Tex
    allowed: Tex
    factor: Tex


@dataclass(frozen=True)
class Growth:
    """A function on which the method is a linear recursion with a large root; `staircase` where it depends on u."""

    staircase: bool
    curvature: Tex
    slope: Tex
    coupling: Tex
    effective: Tex
    a: Tex
    b: Tex
    complex_roots: bool
    comparison: Tex
    rate: Tex
    sum: Tex
    still: bool


def instance(claim: Claim, certificate: dict[str, Any]) -> Instance:
    """The function of an accepted certificate of rule instance, run once more by the kernel's code."""
    s, partial = claim.statement, claim.problem.partial
    function, steps = instances.read(certificate["function"], claim.problem), int(certificate["steps"])
    first, last = function.run(claim.method, steps)
    if isinstance(s, WorstCase):
        factor, shown = s.bound, notation.fraction(s.bound) if notation.is_short(s.bound) else "B"
    else:
        assert isinstance(s, LinearRate)
        assert s.constant is not None
        factor, shown = s.constant * s.rate**steps, rf"C\rho^{{{steps}}}"
    reached, allowed = last[s.metric], factor * first[s.initial]
    metric, initial = notation.measure(s.metric, partial, str(steps)), notation.bracketed(s.initial, partial, "0")
    stairs = function if isinstance(function, Staircase) else None
    coupling = notation.equation(r"\Gamma=L_2G_1^2", stairs.coupling) if stairs else Tex("")
    bent = function if isinstance(function, PiecewiseQuadratic) else None
    if stairs:
        start = notation.equation("X_0", stairs.start)
    else:
        start = notation.equation("x_0", bent.start) if bent else Tex("$x_0=1$")
    return Instance(
        staircase=stairs is not None,
        piecewise=bent is not None,
        curvature=Tex("") if isinstance(function, PiecewiseQuadratic) else notation.equation("c", function.curvature),
        start=start,
        coupling=coupling,
        pieces=_pieces(function.pieces) if isinstance(function, (Staircase, PiecewiseQuadratic)) else [],
        steps=steps,
        initial=notation.equation(notation.measure(s.initial, partial, "0"), first[s.initial]),
        metric=metric,
        comparison=Tex(rf"{metric}\;{_separator(reached, allowed)}\;{shown}\,{initial}"),
        reached=_exactly(metric, reached),
        allowed=_exactly(rf"{shown}\,{initial}", allowed),
        factor=Tex(shown),
    )


def _pieces(pieces: Pieces) -> list[Piece]:
    found = []
    for number, (end, slope) in enumerate(zip([*pieces.breakpoints, None], pieces.slopes, strict=True), 1):
        decimal = Tex(r"$+\infty$") if end is None else Tex(f"${notation.near(end)}$")
        exact = Tex("") if end is None else notation.digits(end)
        found.append(Piece(number, decimal, exact, notation.fraction(slope, small=True)))
    return found


def _exactly(name: str, number: Fraction) -> Tex:
    """An exact equation in text, or how long the number is where it would fill pages."""
    if len(str(number)) <= MAX_DIGITS:
        return notation.equation(name, number)
    lengths = len(str(number.numerator)), len(str(number.denominator))
    return Tex(rf"${name}$: a ratio of integers of {lengths[0]} and {lengths[1]} digits")


def _separator(reached: Fraction, allowed: Fraction) -> Tex:
    """Decimals below `reached` and above `allowed`, with enough figures to tell them apart."""
    for figures in (6, 9, 12, 18, 24, 48):
        low, high = significant(reached, figures, up=False), significant(allowed, figures, up=True)
        if low > high:
            return Tex(rf"\ge\;{notation.near(low, figures)}\;>\;{notation.near(high, figures)}\;\ge")
    return Tex(">")


def grow(claim: Claim, certificate: dict[str, Any]) -> Growth:
    """The numbers of an accepted certificate of rule growth, as the kernel's rule computes them."""
    s, p, partial = claim.statement, claim.problem.parameters, claim.problem.partial
    assert isinstance(s, LinearRate)
    curvature, slope = Fraction(certificate["curvature"]), Fraction(certificate["slope"])
    coupling = p["L2"] * p["G1"] ** 2 if partial else Fraction(0)
    staircase = coupling * slope != 0
    effective = curvature + slope * coupling
    a, b = growth.recursion(claim, effective)
    discriminant = a**2 + 4 * b
    return Growth(
        staircase=staircase,
        curvature=notation.equation("c", curvature),
        slope=notation.equation(r"\sigma", slope),
        coupling=notation.equation(r"\Gamma=L_2G_1^2", coupling),
        effective=notation.equation(r"\lambda=c+\sigma\Gamma" if staircase else r"\lambda=c", effective),
        a=notation.equation("a", a),
        b=notation.equation("b", b),
        complex_roots=discriminant < 0,
        comparison=Tex(rf"\lvert z\rvert^2\;{_modulus(a, b, s.rate)}\;\rho"),
        rate=notation.equation(r"\rho", s.rate, up=True),
        sum=notation.equation("1-a-b", 1 - a - b),
        still=a + b == 1,
    )


def _modulus(a: Fraction, b: Fraction, rate: Fraction) -> Tex:
    """A lower bound above `rate` for the largest |z|^2 of z^2 - a z - b."""
    discriminant = a**2 + 4 * b
    for figures in (8, 12, 18, 24, 48):
        unit = 10 ** (2 * figures)
        scaled = max(discriminant, Fraction(0)) * unit**2
        root = Fraction(isqrt(scaled.numerator // scaled.denominator), unit)
        modulus = -b if discriminant < 0 else ((abs(a) + root) / 2) ** 2
        low = significant(modulus, figures, up=False)
        if low > rate:
            return Tex(rf"\ge\;{notation.near(low, figures)}\;>")
    return Tex(">")
