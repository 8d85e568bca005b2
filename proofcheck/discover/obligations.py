"""Search for the identities that prove obligations: combinations of facts by linear programming, signs by Bernstein.

Everything found here is a hint; the kernel adds it up again.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import comb
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csc_matrix

from proofcheck.discover.elimination import CONSTANT, Equalities
from proofcheck.kernel.obligations.polynomials import Monomial, Polynomial

MAX_GENERATORS = 12_000
Term = dict[str, Any]


@dataclass(frozen=True)
class Generator:
    """A polynomial that is >= 0, > 0 (strict) or = 0 (free), and the certificate term that says so."""

    polynomial: Polynomial
    term: Term
    strict: bool
    free: bool = False
    weight: float = 1.0


def combine(generators: list[Generator], target: Polynomial | None = None) -> list[Term] | None:
    """Terms that add up to zero, one of them strict; or, with a target, free ones that add up to it."""
    kept = _pruned(generators, target)
    if not kept:
        return None
    rows = sorted({m for g in kept for m in g.polynomial.terms} | set(target.terms if target else ()))
    place = {m: i for i, m in enumerate(rows)}
    scales = [max(abs(float(c)) for c in g.polynomial.terms.values()) for g in kept]
    entries = [(place[m], j, float(c) / scales[j]) for j, g in enumerate(kept) for m, c in g.polynomial.terms.items()]
    right = np.zeros(len(rows) + (target is None))
    if target is None:
        entries += [(len(rows), j, 1.0) for j, g in enumerate(kept) if g.strict]
        right[-1] = 1.0
    else:
        for m, c in target.terms.items():
            right[place[m]] = float(c)
    i, j, data = zip(*entries, strict=True)
    matrix = csc_matrix((data, (i, j)), shape=(len(right), len(kept)))
    cost = np.array([0.0 if g.free else g.weight for g in kept])
    bounds = [(None, None) if g.free else (0, None) for g in kept]
    if target is None and not any(g.strict for g in kept):
        return None
    for method in ("highs-ds", "highs-ipm"):
        found = linprog(cost, A_eq=matrix, b_eq=right, bounds=bounds, method=method, options={"time_limit": 20.0})
        if found.x is None:
            continue
        for tolerance in (1e-9, 1e-7, 1e-11):
            support = [k for k in range(len(kept)) if abs(found.x[k]) > tolerance]
            exact = _exact([kept[k] for k in support], [found.x[k] / scales[k] for k in support], target)
            if exact is not None:
                return exact
    return None


def _exact(chosen: list[Generator], guess: list[float], target: Polynomial | None) -> list[Term] | None:
    """Rational coefficients near the floating ones."""
    if not chosen:
        return [] if target is not None and not target.terms else None
    equations = Equalities([abs(value) for value in guess])
    for m in {m for g in chosen for m in g.polynomial.terms} | set(target.terms if target else ()):
        row = {k: g.polynomial.terms[m] for k, g in enumerate(chosen) if m in g.polynomial.terms}
        if target is not None and target.terms.get(m):
            row[CONSTANT] = -target.terms[m]
        if not equations.add(row):
            return None
    if target is None:
        sizes = {k: Fraction(1) for k, g in enumerate(chosen) if g.strict}
        strict = sum(guess[k] for k in sizes)
        sizes[CONSTANT] = -Fraction(strict).limit_denominator(10**6) if strict > 1e-3 else -Fraction(1)
        if not equations.add(sizes):
            return None
        if strict <= 1e-3:
            guess = [value / strict for value in guess]
    pivots = set(equations.solved)
    for digits in (10**3, 10**6, 10**9, 10**12):
        free = {k: Fraction(guess[k]).limit_denominator(digits) for k in range(len(chosen)) if k not in pivots}
        numbers = equations.complete(free, len(chosen))
        if all(g.free or c >= 0 for g, c in zip(chosen, numbers, strict=True)):
            return [{"coefficient": str(c), **g.term} for g, c in zip(chosen, numbers, strict=True) if c]
    return None


def _pruned(generators: Iterable[Generator], target: Polynomial | None) -> list[Generator]:
    """Without the generators that have a monomial which nothing can cancel."""
    unique: dict[Any, Generator] = {}
    for g in generators:
        if g.polynomial.terms:
            key = (g.polynomial.key, g.free)
            if key not in unique or unique[key].weight > g.weight:
                unique[key] = g
        elif g.strict:
            return [g]
    kept = list(unique.values())[:MAX_GENERATORS]
    while True:
        signs: dict[Monomial, set[int]] = {}
        for g in kept:
            for m, c in g.polynomial.terms.items():
                signs.setdefault(m, set()).update((1, -1) if g.free else (1 if c > 0 else -1,))
        for m, c in (target.terms if target else {}).items():
            signs.setdefault(m, set()).add(-1 if c > 0 else 1)
        lonely = {m for m, found in signs.items() if len(found) == 1}
        # a monomial in one generator only, free or not, cannot be cancelled either
        counts: dict[Monomial, int] = {}
        for g in kept:
            for m in g.polynomial.terms:
                counts[m] = counts.get(m, 0) + 1
        lonely |= {m for m, n in counts.items() if n == 1 and not (target and m in target.terms)}
        left = [g for g in kept if not lonely & set(g.polynomial.terms)]
        if len(left) == len(kept):
            return left
        kept = left


@dataclass(frozen=True)
class Bounds:
    """What is known about one scalar: lower and upper bound with the facts (name) that say so."""

    low: Fraction | None
    low_fact: Polynomial | None
    low_name: str
    high: Fraction | None
    high_fact: Polynomial | None
    high_name: str


def bernstein(polynomial: Polynomial, bounds: dict[str, Bounds], more: int) -> list[Term] | None:
    """Terms with nonnegative coefficients that add up to the polynomial, in products of the bounds' facts.

    `more` raises the degree in the variables that are bounded on both sides.
    """
    names = sorted({name for m in polynomial.terms for name, _ in m})
    if any(name not in bounds or bounds[name].low is None for name in names):
        return None
    coefficients = {tuple(dict(m).get(name, 0) for name in names): c for m, c in polynomial.terms.items()}
    bases: list[list[tuple[dict[str, int], Fraction]]] = []
    for axis, name in enumerate(names):
        b = bounds[name]
        degree = max(power[axis] for power in coefficients)
        coefficients, factors = _along(coefficients, axis, b, degree, degree + more)
        bases.append(factors)
    if any(c < 0 for c in coefficients.values()):
        return None
    terms = []
    for power, c in coefficients.items():
        facts: dict[str, int] = {}
        for axis, p in enumerate(power):
            named, scale = bases[axis][p]
            c = c * scale
            for name, times in named.items():
                facts[name] = facts.get(name, 0) + times
        if c:
            terms.append({"coefficient": str(c), "facts": facts} if facts else {"coefficient": str(c)})
    return terms


def _along(
    coefficients: dict[tuple[int, ...], Fraction], axis: int, b: Bounds, degree: int, full: int
) -> tuple[dict[tuple[int, ...], Fraction], list[tuple[dict[str, int], Fraction]]]:
    """Change of basis in one variable: powers of (x - low), or Bernstein's basis on [low, high]."""
    low = b.low if b.low is not None else Fraction(0)
    width = b.high - low if b.high is not None else None
    size = full if width is not None else degree
    matrix = [[Fraction(0)] * (size + 1) for _ in range(degree + 1)]  # x^p = sum_i matrix[p][i] basis_i
    for p in range(degree + 1):
        shifted = [comb(p, i) * low ** (p - i) for i in range(p + 1)]  # in powers of t = x - low
        if width is None:
            for i, c in enumerate(shifted):
                matrix[p][i] = Fraction(c)
        else:
            # t^i = sum_j C(size-i, j-i) t^j (w - t)^(size-j) / w^(size-i)
            for i, c in enumerate(shifted):
                for j in range(i, size + 1):
                    matrix[p][j] += c * comb(size - i, j - i) / width ** (size - i)
    found: dict[tuple[int, ...], Fraction] = {}
    for power, c in coefficients.items():
        for i, factor in enumerate(matrix[power[axis]]):
            if factor:
                key = (*power[:axis], i, *power[axis + 1 :])
                found[key] = found.get(key, Fraction(0)) + c * factor
    factors: list[tuple[dict[str, int], Fraction]] = []
    for i in range(size + 1):
        named: dict[str, int] = {}
        scale = Fraction(1)
        if i:
            named[b.low_name] = i
            scale /= _slope(b.low_fact) ** i
        if width is not None and size - i:
            named[b.high_name] = named.get(b.high_name, 0) + size - i
            scale /= (-_slope(b.high_fact)) ** (size - i)
        factors.append((named, scale))
    return found, factors


def _slope(fact: Polynomial | None) -> Fraction:
    """The coefficient of the variable in a fact that is linear in one variable."""
    assert fact is not None
    return next(c for m, c in fact.terms.items() if m)


def univariate_bound(fact: Polynomial) -> tuple[str, Fraction, bool] | None:
    """Name, bound and whether it is a lower one, where a fact a x + b >= 0 says one."""
    names = {name for m in fact.terms for name, _ in m}
    if len(names) != 1 or any(sum(p for _, p in m) > 1 for m in fact.terms):
        return None
    (name,) = names
    slope = fact.terms[((name, 1),)]
    return name, -fact.terms.get((), Fraction(0)) / slope, slope > 0


def monomials(names: list[str], degree: int) -> Iterator[dict[str, int]]:
    """All products of the names up to a degree."""
    for total in range(degree + 1):
        for chosen in itertools.combinations_with_replacement(names, total):
            found: dict[str, int] = {}
            for name in chosen:
                found[name] = found.get(name, 0) + 1
            yield found


def sample(count: int, size: int, seed: int) -> Any:
    """Log-uniform positive numbers, an array of shape (count, size)."""
    generator = np.random.default_rng(seed)
    return np.exp(generator.uniform(-1.0, 1.0, (count, size)) * generator.choice([0.5, 2.0, 6.0], (count, 1)))


def evaluate(polynomial: Polynomial, columns: dict[str, Any], count: int) -> Any:
    """The polynomial at many points at once, in floating point."""
    total = np.zeros(count)
    for m, c in polynomial.terms.items():
        value = np.full(count, float(c))
        for name, power in m:
            value = value * columns[name] ** power
        total += value
    return total


def support(
    left: list[list[float]], right: list[float], rest: list[float], limit: float, free: list[bool], weights: list[float]
) -> tuple[int, ...] | None:
    """Which multipliers are nonzero in a cheapest x >= 0 with left x = right and rest x <= limit."""
    size = len(free)
    scale = [max([abs(row[j]) for row in left] + [1e-300]) for j in range(size)] if left else [1.0] * size
    matrix = np.array([[row[j] / scale[j] for j in range(size)] for row in left]).reshape(len(left), size)
    bound = np.array([[r / s for r, s in zip(rest, scale, strict=True)]])
    bounds = [(None, None) if f else (0, None) for f in free]
    cost = [0.0 if f else w for f, w in zip(free, weights, strict=True)]
    found = linprog(
        cost, A_ub=bound, b_ub=[limit + 1e-9], A_eq=matrix if left else None, b_eq=right if left else None,
        bounds=bounds, method="highs-ds",
    )  # fmt: skip
    if found.x is None:
        return None
    return tuple(int(j) for j in np.flatnonzero(np.abs(found.x) > 1e-9))


def linear_point(
    aim: Polynomial, above: list[Polynomial], zero: list[Polynomial], names: list[str], signed: set[str], size: int = 64
) -> dict[str, float] | None:
    """The point with the least value of a linear polynomial where others are >= 0 or = 0, in a box."""

    def row(polynomial: Polynomial) -> tuple[list[float], float]:
        return [float(polynomial.terms.get(((n, 1),), 0)) for n in names], float(polynomial.terms.get((), 0))

    listed = [aim, *above, *zero]
    if not names or any(sum(power for _, power in m) > 1 for polynomial in listed for m in polynomial.terms):
        return None
    inequalities, equations = [row(p) for p in above], [row(p) for p in zero]
    found = linprog(
        row(aim)[0],
        A_ub=[[-x for x in left] for left, _ in inequalities] or None,
        b_ub=[constant for _, constant in inequalities] or None,
        A_eq=[left for left, _ in equations] or None,
        b_eq=[-constant for _, constant in equations] or None,
        bounds=[(0 if name in signed else -size, size) for name in names],
        method="highs-ds",
    )
    return None if found.x is None else dict(zip(names, map(float, found.x), strict=True))
