"""Slack matrices whose entries are linear functions of unknown coefficients, with functions of q as factors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil
from typing import Any

import numpy as np
import scipy.sparse as sp

from proofcheck.discover.elimination import CONSTANT, Row
from proofcheck.discover.functions import Unknown, expansion, values
from proofcheck.kernel.forms import SPACES, Form
from proofcheck.kernel.parameter.ratio import Ratio, of

Sampled = tuple[sp.csr_matrix, np.ndarray]
HALF = Fraction(1, 2)


@dataclass(frozen=True)
class Block:
    """slack = fixed + sum over unknown functions f of f times its form, over q^weight, in scaled coordinates."""

    name: str
    fixed: Form
    forms: Mapping[str, Form]
    exponents: Mapping[tuple[str, str], int]
    weight: int


@dataclass
class Matrix:
    """A slack matrix: for each entry a linear function of the unknown coefficients, by column."""

    block: str
    space: str
    names: list[str]
    exponents: list[Fraction]
    weight: int
    entries: dict[tuple[int, int], dict[int, Ratio]]
    known: dict[tuple[int, int], tuple[int, dict[int, Row]]] = field(default_factory=dict)

    def coefficients(self, place: tuple[int, int], end: int) -> dict[int, Row]:
        """For each power of q below `end` its coefficient, by column."""
        reached, rows = self.known.get(place, (None, {}))
        if reached is None or reached < end:
            rows = {}
            for column, function in self.entries.get(place, {}).items():
                for p, x in expansion(function, end).items():
                    rows.setdefault(p, {})[column] = x
            self.known[place] = (end, rows)
        return rows

    def shift(self, place: tuple[int, int]) -> Fraction:
        """The order that an entry has to have."""
        return self.weight + self.exponents[place[0]] + self.exponents[place[1]]

    def lower_order(self, place: tuple[int, int]) -> list[Row]:
        """For each power of q below the order of the entry, the equation that its coefficient vanishes."""
        end = ceil(self.shift(place))
        rows = self.coefficients(place, end + 1)
        return [rows[p] for p in sorted(rows) if p < end]

    def coefficient(self, place: tuple[int, int], p: int) -> Row:
        """The coefficient of q^p in an entry."""
        return self.coefficients(place, p + 1).get(p, {})


def matrices(block: Block, unknowns: Mapping[str, Unknown], first: Mapping[str, int]) -> list[Matrix]:
    """The slack matrices of a block, one for each space; the coefficients of an unknown start at column `first`."""
    found = []
    for space in SPACES:
        pairs = {pair for form in (block.fixed, *block.forms.values()) for pair in form.gram[space]}
        names = sorted({name for pair in pairs for name in pair})
        if not names:
            continue
        index = {name: i for i, name in enumerate(names)}
        entries = {}
        for a, b in sorted(pairs):
            half: Any = 1 if a == b else HALF
            terms: dict[int, Ratio] = {}
            if (a, b) in block.fixed.gram[space]:
                terms[CONSTANT] = of(half * block.fixed.gram[space][a, b])
            for name, form in block.forms.items():
                if (a, b) in form.gram[space]:
                    factor = of(half * form.gram[space][a, b])
                    terms |= {first[name] + i: factor * basis for i, basis in enumerate(unknowns[name].basis)}
            entries[index[a], index[b]] = terms
        exponents = [Fraction(block.exponents[space, name]) for name in names]
        found.append(Matrix(block.name, space, names, exponents, block.weight, entries))
    return found


def rows_at(matrix: Matrix, samples: np.ndarray, size: int) -> Sampled:
    """The scaled upper triangle (column by column) for each sample: a matrix, and the constant part."""
    triangle = len(matrix.names) * (len(matrix.names) + 1) // 2
    rows, columns, data = [np.zeros(0, int)], [np.zeros(0, int)], [np.zeros(0)]
    constant = np.zeros(triangle * len(samples))
    for (i, j), terms in matrix.entries.items():
        place = j * (j + 1) // 2 + i + triangle * np.arange(len(samples))
        for column, function in terms.items():
            found = (1.0 if i == j else 2**0.5) * values(function, samples, matrix.shift((i, j)))
            if column == CONSTANT:
                constant[place] = found
            else:
                rows.append(place)
                columns.append(np.full(len(samples), column))
                data.append(found)
    places = (np.concatenate(rows), np.concatenate(columns))
    return sp.csr_matrix((np.concatenate(data), places), shape=(len(constant), size)), constant
