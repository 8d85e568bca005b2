"""Slack matrices whose entries are functions of q: leading minors, and why they are nonnegative on (0, 1].

The elimination here repeats the kernel's decision, so that the report can show the minors; a report whose minors
contradict the verdict is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd, lcm

from proofcheck.errors import ProofcheckError
from proofcheck.kernel.parameter import polynomials as poly
from proofcheck.kernel.parameter.polynomials import Polynomial
from proofcheck.kernel.parameter.ratio import Ratio, of
from proofcheck.kernel.parameter.signs import shifted
from proofcheck.kernel.run import Run

from . import functions, notation
from .escape import Tex

MAX_DEPTH = 24
LINE = 200
PAGE = 2_400


@dataclass(frozen=True)
class Minor:
    """A leading minor m(q) = q^order p(q), p(0) > 0; `intervals` is empty where roots of even multiplicity decide."""

    number: int
    vector: Tex
    zero: bool
    order: int
    degree: int
    digits: int
    intervals: Tex
    exact: Tex


@dataclass(frozen=True)
class Slack:
    """The slack of a part in one space: S = factor * M with a matrix M of integer polynomials."""

    part: Tex
    space: Tex
    size: int
    shape: Tex
    factor: Tex
    entries: list[Tex]
    minors: list[Minor]
    degree: int


def integral(matrix: list[list[Ratio]]) -> tuple[Ratio, list[list[Polynomial]]]:
    """The matrix as a factor that is positive on (0, 1] times a matrix of integer polynomials.

    Examples
    --------
    >>> from proofcheck.families import Q
    >>> factor, rows = integral([[Q / (1 + Q)]])
    >>> print(factor, rows)
    (1)/(1 + q) [[(0, 1)]]
    """
    entries = [[of(entry) for entry in row] for row in matrix]
    common: Polynomial = (1,)
    for below in {entry.denominator for row in entries for entry in row}:
        common = poly.multiply(common, poly.quotient(below, poly.common_divisor(common, below)))
    scaled = [[entry * Ratio(common) for entry in row] for row in entries]
    least = lcm(*(entry.denominator[0] for row in scaled for entry in row))
    rows = [[poly.scale(least // entry.denominator[0], entry.numerator) for entry in row] for row in scaled]
    content = gcd(*(x for row in rows for entry in row for x in entry)) or 1
    factor = Ratio((content,), poly.scale(least, common))
    return factor, [[tuple(x // content for x in entry) for entry in row] for row in rows]


def leading(rows: list[list[Polynomial]]) -> list[Polynomial]:
    """The leading minors of a symmetric matrix, those of identically zero pivots left out as ().

    Raises
    ------
    ProofcheckError
        If a pivot is identically zero and its row is not.

    Examples
    --------
    >>> leading([[(2,), (0, 1)], [(0, 1), (0, 0, 1)]])
    [(2,), (0, 0, 1)]
    """
    work = [list(row) for row in rows]
    found: list[Polynomial] = []
    previous: Polynomial = (1,)
    for step, row in enumerate(work):
        pivot = row[step]
        found.append(pivot)
        if not pivot:
            if any(row[step:]):
                raise ProofcheckError(f"a slack matrix is not positive semidefinite (pivot {step})")
            continue
        for i in range(step + 1, len(work)):
            for j in range(i, len(work)):
                product = poly.add(poly.multiply(pivot, work[i][j]), poly.scale(-1, poly.multiply(row[i], row[j])))
                work[i][j] = poly.quotient(product, previous)
        previous = pivot
    return found


def intervals(p: Polynomial) -> int | None:
    """On how many dyadic intervals Descartes' rule shows p > 0 on (0, 1); None where that does not end.

    Raises
    ------
    ProofcheckError
        If p is negative somewhere.

    Examples
    --------
    >>> intervals((1, -1)), intervals((1, -3, 3)), intervals((1, -6, 9))
    (1, 2, None)
    """
    first = next(i for i, x in enumerate(p) if x)
    left, count = [(p[first:], 0)], 0
    while left:
        piece, depth = left.pop()
        row = shifted(piece[::-1])
        signs = [x > 0 for x in row if x]
        if all(signs):
            count += 1
            continue
        if not any(signs) or (depth == 0 and p[first] < 0):
            raise ProofcheckError("a leading minor of a slack matrix is negative")
        if depth == MAX_DEPTH:
            return None
        n = len(piece) - 1
        half = tuple(x << (n - i) for i, x in enumerate(piece))
        left += [(half, depth + 1), (shifted(half), depth + 1)]
    return count


def shown_intervals(function: Ratio) -> Tex:
    """The same of the numerator of a function, for printing.

    Examples
    --------
    >>> from proofcheck.families import Q
    >>> print(shown_intervals(1 - Q), shown_intervals((1 - 3 * Q) ** 2))
    $1$ roots
    """
    count = intervals(function.numerator)
    return Tex("roots" if count is None else f"${count}$")


def slack(key: str, run: Run, space: str, shown: Tex, names: list[str], matrix: list[list[Ratio]]) -> Slack:
    """The slack matrix of a part in one space, for printing."""
    factor, rows = integral(matrix)
    found = leading(rows)
    vectors = [Tex(f"${notation.basis_vector(space, name, run)}$") for name in names]
    minors = [_minor(number, vectors[number - 1], m) for number, m in enumerate(found, 1)]
    size, rank = len(names), sum(map(bool, found))
    shape = Tex(rf"${size}\times{size}$" + (f" (rank {rank})" if rank < size else ""))
    listed = [(i, j, rows[i][j]) for i in range(size) for j in range(i, size) if rows[i][j]]
    entries = [_entry(*entry) for entry in listed]
    if sum(map(len, entries)) > PAGE:
        entries = [_summary([entry for _, _, entry in listed])]
    degree = max((len(entry) - 1 for row in rows for entry in row), default=0)
    return Slack(Tex(key), shown, size, shape, functions.running(factor), entries, minors, degree)


def _entry(i: int, j: int, p: Polynomial) -> Tex:
    return functions.equation(rf"M_{{{i + 1}{j + 1}}}" if max(i, j) < 9 else rf"M_{{{i + 1},{j + 1}}}", Ratio(p))


def _summary(entries: list[Polynomial]) -> Tex:
    """How long the entries of a large matrix are."""
    degree = max(map(len, entries)) - 1
    digits = max(len(str(abs(x))) for entry in entries for x in entry)
    return Tex(
        rf"$M$ has {len(entries)} nonzero entries $M_{{ij}}$, $i\le j$, of degree at most {degree}, "
        f"with integers of at most {digits} digits"
    )


def _minor(number: int, vector: Tex, p: Polynomial) -> Minor:
    if not p:
        return Minor(number, vector, True, 0, 0, 0, Tex("$0$"), Tex(""))
    order = next(i for i, x in enumerate(p) if x)
    shown, digits = shown_intervals(Ratio(p)), max(len(str(abs(x))) for x in p)
    rest = Tex(functions.factored(p))
    exact = Tex(f"${rest}$") if len(rest) <= LINE else Tex("")
    return Minor(number, vector, False, order, len(p) - 1 - order, digits, shown, exact)
