"""Exact signs of a polynomial on (0, 1] by bisection and Descartes' rule of signs.

The positive roots t of r(t) = (1 + t)^n p(1/(1 + t)) are the roots q = 1/(1 + t) of p in (0, 1). The
number of sign changes in the coefficients of r exceeds the number of these roots, counted with
multiplicity, by an even number; so none means no root, and an odd number means that p changes its sign.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ..outcome import Declined, require
from .polynomials import Polynomial, odd_part, squarefree

MAX_DEGREE = 600
MAX_DEPTH = 400  # bisections: roots closer than 2^-400 are not told apart
PATIENCE = 20  # bisections before roots of even multiplicity are taken out


def nonnegative(p: Polynomial) -> bool:
    """Whether p >= 0 on (0, 1]."""
    stripped = _without_zero(p)
    return not p or (stripped[0] > 0 and not _crosses(stripped))


def rootless(p: Polynomial) -> bool:
    """Whether p has no root in (0, 1]."""
    return bool(p) and sum(p) != 0 and not _has_root(_without_zero(squarefree(p)))


def _without_zero(p: Polynomial) -> Polynomial:
    """The polynomial divided by the highest power of q: its sign near 0 is that of its first coefficient."""
    first = next((i for i, x in enumerate(p) if x), 0)
    return p[first:]


def _crosses(p: Polynomial) -> bool:
    """Whether p, positive near 0, is negative somewhere in (0, 1)."""
    for piece, changes, depth in _pieces(p, MAX_DEPTH):
        if changes % 2 or (not changes and sum(piece) < 0) or _value(piece) < 0:
            return True
        if depth == PATIENCE:
            return _has_root(odd_part(p))
    return False


def _has_root(p: Polynomial) -> bool:
    """Whether p, all of whose roots are simple, has one in (0, 1)."""
    return any(changes % 2 or (changes and not _value(piece)) for piece, changes, _ in _pieces(p, MAX_DEPTH))


def _pieces(p: Polynomial, limit: int) -> Iterator[tuple[Polynomial, int, int]]:
    """Pieces of (0, 1), each moved to (0, 1), with their sign changes and depth; halved while there are some."""
    require(len(p) <= MAX_DEGREE, Declined, f"polynomial of degree {len(p) - 1}, the limit is {MAX_DEGREE - 1}")
    left = [(p, 0)]
    while left:
        piece, depth = left.pop()
        changes = _sign_changes(shifted(piece[::-1]))
        yield piece, changes, depth
        if changes:
            require(depth < limit, Declined, f"polynomial with roots closer than 2^-{limit}")
            n = len(piece) - 1
            half = tuple(x << (n - i) for i, x in enumerate(piece))  # 2^n p(q/2)
            left += [(half, depth + 1), (shifted(half), depth + 1)]


def _value(piece: Polynomial) -> int:
    """The value at 1/2, times a power of 2."""
    n = len(piece) - 1
    return sum(x << (n - i) for i, x in enumerate(piece))


def shifted(p: Polynomial) -> Polynomial:
    """The coefficients of p(q + 1)."""
    row = list(p)
    for level in range(len(row) - 1):
        for i in range(len(row) - 2, level - 1, -1):
            row[i] += row[i + 1]
    return tuple(row)


def _sign_changes(row: Polynomial) -> int:
    signs = [x > 0 for x in row if x]
    return sum(a != b for a, b in pairwise(signs))
