"""One semidefinite program for all q in (0, 1]: unknown functions, forced equalities at q -> 0, samples.

Each slack matrix is measured in coordinates whose lengths are powers of q, so that it should stay of order
one as q -> 0. Entries of lower order must then vanish: linear equalities between the unknown coefficients,
found and solved exactly. Where the limit is singular for every solution the coordinate is stretched by
q^(-1/2) and the next order must vanish too (`refine`). A margin is asked for at all samples, q = 0 included.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil

import clarabel
import numpy as np
import scipy.sparse as sp

from proofcheck.discover.elimination import CONSTANT, Equalities, Row
from proofcheck.discover.functions import Unknown, expansion, values
from proofcheck.kernel.forms import SPACES, Form
from proofcheck.kernel.parameter.ratio import Ratio, of

SAMPLES = np.array([0.0, 1e-3, 4e-3, 0.012, 0.03, 0.06, 0.1, 0.15, 0.21, 0.28, 0.36, 0.45, 0.55, 0.65, 0.75, 0.84,
                    0.91, 0.96, 0.99, 1.0])  # fmt: skip
EXTRA = 8
USABLE = ("Solved", "AlmostSolved", "InsufficientProgress", "MaxIterations")
FORCED = 1e-5
HALF = Fraction(1, 2)
HALF_ROOT = 0.5**0.5
GRID = np.concatenate([np.logspace(-3, -1, 20, endpoint=False), np.linspace(0.1, 1.0, 91)])
Sampled = tuple[sp.csr_matrix, np.ndarray]


@dataclass(frozen=True)
class Block:
    """slack = fixed + sum over unknown functions f of f times its form, over q^weight, in scaled coordinates."""

    name: str
    fixed: Form
    forms: Mapping[str, Form]
    exponents: Mapping[tuple[str, str], int]
    weight: int


@dataclass
class Solution:
    """Values of the unknown coefficients in floating point and the margin they leave: never a proof."""

    status: str
    margin: float
    z: np.ndarray = field(default_factory=lambda: np.zeros(0))


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


class Program:
    """Blocks that share unknown functions."""

    def __init__(self, unknowns: Sequence[Unknown], blocks: Sequence[Block]) -> None:
        self.unknowns = {unknown.name: unknown for unknown in unknowns}
        self.first: dict[str, int] = {}
        self.size = 0
        for unknown in unknowns:
            self.first[unknown.name] = self.size
            self.size += len(unknown.basis)
        self.nonnegative = [j for u in unknowns if u.nonnegative for j in self.columns(u.name)]
        self.matrices = [matrix for block in blocks for matrix in self._matrices(block)]
        self.samples = SAMPLES
        self._sampled: list[Sampled | None] = [None] * len(self.matrices)
        self._grid: list[Sampled | None] = [None] * len(self.matrices)
        preference = np.ones(self.size)
        preference[self.nonnegative] = 0
        self._preference = list(preference)
        self.equations: list[Row] = []

    def save(self) -> tuple[list[Row], list[list[Fraction]]]:
        """The equations and exponents, to be restored."""
        return list(self.equations), [list(matrix.exponents) for matrix in self.matrices]

    def restore(self, saved: tuple[list[Row], list[list[Fraction]]]) -> None:
        """Forget what was added since."""
        self.equations = list(saved[0])
        for number, (matrix, exponents) in enumerate(zip(self.matrices, saved[1], strict=True)):
            if matrix.exponents != exponents:
                matrix.exponents = list(exponents)
                self.forget(number)

    def columns(self, name: str) -> list[int]:
        """The coefficients of one unknown function."""
        return [self.first[name] + i for i in range(len(self.unknowns[name].basis))]

    def _matrices(self, block: Block) -> list[Matrix]:
        found = []
        for space in SPACES:
            pairs = {pair for form in (block.fixed, *block.forms.values()) for pair in form.gram[space]}
            names = sorted({name for pair in pairs for name in pair})
            if not names:
                continue
            index = {name: i for i, name in enumerate(names)}
            entries = {}
            for a, b in sorted(pairs):
                half = 1 if a == b else HALF
                terms: dict[int, Ratio] = {}
                if (a, b) in block.fixed.gram[space]:
                    terms[CONSTANT] = of(half * block.fixed.gram[space][a, b])
                for name, form in block.forms.items():
                    if (a, b) in form.gram[space]:
                        factor = of(half * form.gram[space][a, b])
                        columns = zip(self.columns(name), self.unknowns[name].basis, strict=True)
                        terms |= {column: factor * basis for column, basis in columns}
                entries[index[a], index[b]] = terms
            exponents = [Fraction(block.exponents[space, name]) for name in names]
            found.append(Matrix(block.name, space, names, exponents, block.weight, entries))
        return found

    def equalities(self) -> Equalities | None:
        """All coefficients of too low order vanish; None if that is contradictory."""
        found = Equalities(self._preference)
        rows = [row for matrix in self.matrices for place in matrix.entries for row in _lower_order(matrix, place)]
        return found if all([found.add(row) for row in [*self.equations, *rows]]) else None

    def sampled(self, number: int) -> Sampled:
        """The rows of one slack matrix at the samples."""
        found = self._sampled[number]
        if found is None:
            found = self._sampled[number] = _rows(self.matrices[number], self.samples, self.size)
        return found

    def forget(self, number: int) -> None:
        """The exponents of one slack matrix have changed."""
        self._sampled[number] = self._grid[number] = None

    def worst(self, z: np.ndarray) -> tuple[float, float]:
        """The smallest eigenvalue of all scaled slack matrices on a grid, in floating point, and where it is."""
        smallest, where = float("inf"), 0.0
        for number, matrix in enumerate(self.matrices):
            rows = self._grid[number]
            if rows is None:
                rows = self._grid[number] = _rows(matrix, GRID, self.size)
            n = len(matrix.names)
            entries = (rows[1] + rows[0] @ z).reshape(len(GRID), -1)
            full = np.zeros((len(GRID), n, n))
            for k, (i, j) in enumerate((i, j) for j in range(n) for i in range(j + 1)):
                full[:, i, j] = full[:, j, i] = entries[:, k] * (1.0 if i == j else HALF_ROOT)
            lowest = np.linalg.eigvalsh(full)[:, 0]
            if lowest.min() < smallest:
                smallest, where = float(lowest.min()), float(GRID[lowest.argmin()])
        return smallest, where

    def refine(self, bounds: Mapping[int, tuple[float, float]]) -> Equalities | None:
        """Facial reduction at q = 0: stretch coordinates whose limit vanishes, drop coefficients that must be zero."""
        for _ in range(20):
            equalities = self.settle(self.equalities())
            found = None if equalities is None else _System(self, equalities, bounds).forced()
            if found is None or found == (set(), []):
                return equalities if found else None
            self._impose(*found)
        return None

    def settle(self, equalities: Equalities | None) -> Equalities | None:
        """Impose what follows from the signs of the unknowns alone."""
        for _ in range(40):
            if equalities is None:
                return None
            zero, vanishing = self._certain(equalities)
            if not zero and not vanishing:
                return equalities
            self._impose(zero, vanishing)
            if vanishing:
                equalities = self.equalities()
            elif not all([equalities.add({j: Fraction(1)}) for j in zero]):
                return None
        return None

    def _impose(self, zero: set[int], vanishing: list[tuple[int, int]]) -> None:
        """Coefficients are zero; diagonal entries are of the next order in q."""
        for m, i in vanishing:
            self.matrices[m].exponents[i] += HALF
            self.forget(m)
        self.equations += [{j: Fraction(1)} for j in sorted(zero)]

    def _certain(self, equalities: Equalities) -> tuple[set[int], list[tuple[int, int]]]:
        """Coefficients and limits of diagonal entries that vanish for their signs alone."""
        signed = set(self.nonnegative)
        rows = [{**row, j: Fraction(-1)} for j, row in equalities.solved.items() if j in signed]
        zero = set()
        for row in rows:
            if len(row) > 1 and _one_sign(row, signed) < 0:
                zero |= row.keys()
        vanishing = []
        for m, matrix in enumerate(self.matrices):
            for i in range(len(matrix.names)):
                if matrix.shift((i, i)).denominator == 1:
                    row = equalities.reduce(_coefficient(matrix, (i, i), int(matrix.shift((i, i)))))
                    if not row or _one_sign(row, signed) < 0:
                        zero |= row.keys()
                        vanishing.append((m, i))
        return zero, vanishing

    def solve(
        self,
        equalities: Equalities,
        bounds: Mapping[int, tuple[float, float]],
        cost: np.ndarray | None = None,
        floor: float = 0.0,
        cap: float = 1.0,
    ) -> Solution:
        """Maximise the common margin, or minimise a cost at a margin of at least `floor`.

        Where the solution fails between the samples, samples are added.
        """
        for _ in range(EXTRA):
            solution = _System(self, equalities, bounds).margin(cost, floor, cap)
            if solution.margin < FORCED / 10:
                return solution
            lowest, where = self.worst(solution.z)
            if lowest > 0.2 * solution.margin:
                return solution
            self.samples = np.append(self.samples, where)
            self._sampled = [None] * len(self.matrices)
        return solution


class _System:
    """The cone program in the free coefficients: right - left @ t is in a cone."""

    def __init__(self, program: Program, equalities: Equalities, bounds: Mapping[int, tuple[float, float]]) -> None:
        self.program = program
        free = [j for j in range(program.size) if j not in equalities.solved]
        position = {j: i for i, j in enumerate(free)}
        rows, columns, data = list(free), list(range(len(free))), [1.0] * len(free)
        self.base = np.zeros(program.size)
        for j, row in equalities.solved.items():
            self.base[j] = float(row.get(CONSTANT, 0))
            for k, x in row.items():
                if k != CONSTANT:
                    rows.append(j)
                    columns.append(position[k])
                    data.append(float(x))
        self.lift = sp.csr_matrix((data, (rows, columns)), shape=(program.size, len(free)))
        solved = equalities.solved
        self.signed = [j for j in program.nonnegative if j not in solved or any(k != CONSTANT for k in solved[j])]
        limits = [(sign, j, bound) for j, pair in bounds.items() for sign, bound in zip((-1, 1), pair, strict=True)]
        self.limits = sp.csr_matrix((0, len(free)))
        self.room = np.zeros(0)
        if limits:
            self.limits = sp.vstack([sign * self.lift[[j]] for sign, j, _ in limits])
            self.room = np.array([sign * (bound - self.base[j]) for sign, j, bound in limits])

    def margin(self, cost: np.ndarray | None, floor: float, cap: float) -> Solution:
        """Maximise the margin, or minimise the cost."""
        n = self.lift.shape[1]
        left = [sp.hstack([-self.lift[self.signed], sp.csr_matrix((len(self.signed), 1))])]
        left.append(sp.hstack([self.limits, sp.csr_matrix((len(self.room), 1))]))
        left.append(sp.csr_matrix(np.array([[0.0] * n + [1.0], [0.0] * n + [-1.0]])))
        right = [self.base[self.signed], self.room, np.array([cap, 1e3 if cost is None else -floor])]
        cones = [clarabel.NonnegativeConeT(sum(map(len, right)))]
        for number, matrix in enumerate(self.program.matrices):
            sampled, constant = self.program.sampled(number)
            size = len(matrix.names)
            unit = np.zeros(size * (size + 1) // 2)
            unit[[j * (j + 1) // 2 + j for j in range(size)]] = 1.0
            left.append(
                sp.hstack([-(sampled @ self.lift), sp.csr_matrix(np.tile(unit, len(self.program.samples))[:, None])])
            )
            right.append(constant + sampled @ self.base)
            cones += [clarabel.PSDTriangleConeT(size) for _ in self.program.samples]
        objective = np.append(np.zeros(n), -1.0) if cost is None else np.append(self.lift.T @ cost, 0.0)
        status, x = _clarabel(objective, left, right, cones)
        if x is None:
            return Solution(status, float("-inf"))
        return Solution(status, float(x[-1]), self.base + self.lift @ x[:-1])

    def forced(self) -> tuple[set[int], list[tuple[int, int]]] | None:
        """Coefficients and diagonal entries at q = 0 that are zero in every solution; None if there is none."""
        places = [(m, i) for m, matrix in enumerate(self.program.matrices) for i in range(len(matrix.names))]
        left = np.ones(len(self.signed) + len(places), dtype=bool)
        while left.any():
            shares = self._spread(left)
            if shares is None:
                return None
            reached = left & (shares > FORCED)
            if not reached.any():
                break
            left &= ~reached
        signs = {j for j, missing in zip(self.signed, left, strict=False) if missing}
        return signs, [place for place, missing in zip(places, left[len(self.signed) :], strict=True) if missing]

    def _spread(self, wanted: np.ndarray) -> np.ndarray | None:
        """How far from zero coefficients and diagonal entries at q = 0 can be, at most 1, summed over the wanted."""
        n, m, d = self.lift.shape[1], len(self.signed), len(wanted) - len(self.signed)
        wide = sp.csr_matrix
        left = [sp.hstack([-self.lift[self.signed], sp.identity(m), wide((m, d))])]
        left.append(sp.hstack([self.limits, wide((len(self.room), m + d))]))
        left.append(sp.hstack([wide((m + d, n)), sp.identity(m + d)]))
        left.append(sp.hstack([wide((m + d, n)), -sp.identity(m + d)]))
        right = [self.base[self.signed], self.room, 1.0 * wanted, np.zeros(m + d)]
        cones = [clarabel.NonnegativeConeT(sum(map(len, right)))]
        start = m
        for number, matrix in enumerate(self.program.matrices):
            size = len(matrix.names)
            triangle = size * (size + 1) // 2
            sampled, constant = (part[:triangle] for part in self.program.sampled(number))
            diagonal = [j * (j + 1) // 2 + j for j in range(size)]
            units = wide((np.ones(size), (diagonal, range(start, start + size))), shape=(triangle, m + d))
            left.append(sp.hstack([-(sampled @ self.lift), units]))
            right.append(constant + sampled @ self.base)
            cones.append(clarabel.PSDTriangleConeT(size))
            start += size
        _, x = _clarabel(np.append(np.zeros(n), -1.0 * wanted), left, right, cones)
        return None if x is None else x[n:]


def _rows(matrix: Matrix, samples: np.ndarray, size: int) -> Sampled:
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


def _clarabel(
    objective: np.ndarray, left: list[sp.spmatrix], right: list[np.ndarray], cones: list[object]
) -> tuple[str, np.ndarray | None]:
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_threads = 1
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-9
    n = len(objective)
    a = sp.vstack(left).tocsc()
    found = clarabel.DefaultSolver(sp.csc_matrix((n, n)), objective, a, np.concatenate(right), cones, settings).solve()
    status = str(found.status)
    return status, np.array(found.x) if status in USABLE else None


def _lower_order(matrix: Matrix, place: tuple[int, int]) -> list[Row]:
    """For each power of q below the order of the entry, the equation that its coefficient vanishes."""
    end = ceil(matrix.shift(place))
    rows = matrix.coefficients(place, end + 1)
    return [rows[p] for p in sorted(rows) if p < end]


def _coefficient(matrix: Matrix, place: tuple[int, int], p: int) -> Row:
    """The coefficient of q^p in an entry."""
    return matrix.coefficients(place, p + 1).get(p, {})


def _one_sign(row: Row, signed: set[int]) -> int:
    """The sign of the value if the signs of the unknowns determine it, else 0."""
    if not row.keys() <= signed:
        return 0
    return 1 if all(x > 0 for x in row.values()) else -1 if all(x < 0 for x in row.values()) else 0
