"""Exact linear equalities between rational unknowns: solve for some of them, leave the others free."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

Row = dict[int, Fraction]
CONSTANT = -1  # the column of the right-hand side: sum_j row[j] z_j + row[CONSTANT] = 0


class Equalities:
    """Equations in reduced row echelon form: each pivot variable in terms of free ones."""

    def __init__(self, preference: Sequence[float]) -> None:
        self.preference = preference
        self.solved: dict[int, Row] = {}

    def copy(self) -> Equalities:
        """The same equations, to be extended on their own."""
        found = Equalities(self.preference)
        found.solved = {j: dict(row) for j, row in self.solved.items()}
        return found

    def add(self, row: Row) -> bool:
        """Impose one equation; False if it contradicts the others."""
        rest = self.reduce(row)
        choices = [j for j in rest if j != CONSTANT]
        if not choices:
            return not rest
        pivot = max(choices, key=lambda j: (self.preference[j], j))
        factor = rest.pop(pivot)
        found = {j: -x / factor for j, x in rest.items()}
        for other in self.solved.values():
            if pivot in other:
                _replace(other, pivot, found)
        self.solved[pivot] = found
        return True

    def reduce(self, row: Row) -> Row:
        """The equation in the free variables alone."""
        rest = dict(row)
        for j in [j for j in rest if j in self.solved]:
            _replace(rest, j, self.solved[j])
        return rest

    def complete(self, free: dict[int, Fraction], size: int) -> list[Fraction]:
        """All variables from the free ones."""
        found = [free.get(j, Fraction(0)) for j in range(size)]
        for j, row in self.solved.items():
            found[j] = sum((x * (1 if i == CONSTANT else found[i]) for i, x in row.items()), Fraction(0))
        return found

    def filled(self, values: np.ndarray) -> np.ndarray:
        """All variables from the free ones among the given, in floating point."""
        found = values.copy()
        for j, row in self.solved.items():
            found[j] = sum(float(x) * (1.0 if i == CONSTANT else values[i]) for i, x in row.items())
        return found


def _replace(row: Row, pivot: int, found: Row) -> None:
    factor = row.pop(pivot)
    for j, x in found.items():
        total = row.get(j, Fraction(0)) + factor * x
        if total:
            row[j] = total
        else:
            row.pop(j, None)
