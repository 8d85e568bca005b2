"""Functions of q for the parametric search: expansions at q = 0, values at samples, the shape of unknowns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import comb
from types import MappingProxyType

import numpy as np

from proofcheck.kernel.parameter.ratio import Ratio, of


def order(function: Ratio) -> int:
    """The exponent of the first power of q in the expansion at 0 (of a function that is not zero)."""
    above, below = (next(i for i, x in enumerate(p) if x) for p in (function.numerator, function.denominator))
    return above - below


KEPT = 2**14
"""Expansions and arrays of values that are remembered: a search asks for the same ones again and again."""


def expansion(function: Ratio, end: int) -> Mapping[int, Fraction]:
    """The coefficients of q^p for p < end in the expansion at 0, without the zeros."""
    if not function.numerator:
        return {}
    return _expansion(tuple(function.numerator), tuple(function.denominator), end)


@lru_cache(KEPT)
def _expansion(numerator: tuple[int, ...], denominator: tuple[int, ...], end: int) -> Mapping[int, Fraction]:
    first = order(Ratio(numerator, denominator))
    above, below = _stripped(numerator), _stripped(denominator)
    found: list[Fraction] = []
    for i in range(max(end - first, 0)):
        rest = Fraction(above[i] if i < len(above) else 0)
        rest -= sum((below[j] * found[i - j] for j in range(1, min(i, len(below) - 1) + 1)), Fraction(0))
        found.append(rest / below[0])
    return MappingProxyType({first + i: x for i, x in enumerate(found) if x})


def _stripped(coefficients: Sequence[int]) -> Sequence[int]:
    """The coefficients from the first one that is not zero."""
    return coefficients[next(i for i, x in enumerate(coefficients) if x) :]


def values(function: Ratio, samples: np.ndarray, shift: Fraction) -> np.ndarray:
    """Values of q^-shift times the function at the samples; at q = 0 the coefficient of q^shift."""
    quotient = _quotient(tuple(function.numerator), tuple(function.denominator), samples.tobytes())
    with np.errstate(all="ignore"):
        found = np.array(quotient * _power(samples.tobytes(), float(shift)), dtype=float)
    at_zero = float(expansion(function, int(shift) + 1).get(int(shift), 0)) if shift.denominator == 1 else 0.0
    found[samples == 0] = at_zero
    return found


@lru_cache(KEPT)
def _quotient(numerator: tuple[int, ...], denominator: tuple[int, ...], samples: bytes) -> np.ndarray:
    """Values of the function at float64 samples; nobody writes into it."""
    points = np.frombuffer(samples)
    above, below = (np.polynomial.polynomial.polyval(points, [float(x) for x in p]) for p in (numerator, denominator))
    with np.errstate(all="ignore"):
        return np.asarray(above / below)


@lru_cache(KEPT)
def _power(samples: bytes, shift: float) -> np.ndarray:
    """Values of q^-shift at float64 samples; nobody writes into it."""
    with np.errstate(all="ignore"):
        return np.asarray(np.frombuffer(samples) ** -shift)


def power(exponent: int) -> Ratio:
    """q^exponent, for a negative exponent too."""
    monomial = (0,) * abs(exponent) + (1,)
    return Ratio(monomial) if exponent >= 0 else Ratio((1,), monomial)


@dataclass(frozen=True)
class Unknown:
    """An unknown function: an unknown combination of `basis`; a nonnegative one if `nonnegative`."""

    name: str
    basis: tuple[Ratio, ...]
    nonnegative: bool


def free(name: str, first: int, degree: int, common: Ratio) -> Unknown:
    """q^first times a polynomial over a power of the method's denominator."""
    return Unknown(name, tuple(power(first + i) / common for i in range(degree + 1)), False)


def nonnegative(name: str, first: int, degree: int, common: Ratio) -> Unknown:
    """The same with a polynomial whose Bernstein coefficients on (0, 1] are the (nonnegative) unknowns."""
    basis = []
    for i in range(degree + 1):
        terms = [0] * i + [comb(degree, i) * comb(degree - i, j) * (-1) ** j for j in range(degree - i + 1)]
        basis.append(Ratio(tuple(terms)) * power(first) / common)
    return Unknown(name, tuple(basis), True)


def combination(unknown: Unknown, coefficients: list[Fraction]) -> Ratio:
    """The function with these coefficients."""
    found = of(0)
    for x, basis in zip(coefficients, unknown.basis, strict=True):
        found = found + x * basis
    return found
