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

import clarabel
import numpy as np
import scipy.sparse as sp

from proofcheck.discover.elimination import CONSTANT, Equalities, Row
from proofcheck.discover.functions import Unknown
from proofcheck.discover.slacks import HALF, Block, Matrix, Sampled, matrices, rows_at

__all__ = ["Block", "Matrix", "Program", "Solution", "minimum", "solve_at"]

SAMPLES = np.array([0.0, 1e-3, 4e-3, 0.012, 0.03, 0.06, 0.1, 0.15, 0.21, 0.28, 0.36, 0.45, 0.55, 0.65, 0.75, 0.84,
                    0.91, 0.96, 0.99, 1.0])  # fmt: skip
EXTRA = 8
USABLE = ("Solved", "AlmostSolved", "InsufficientProgress", "MaxIterations")
FORCED = 1e-5
HALF_ROOT = 0.5**0.5
GRID = np.concatenate([np.logspace(-3, -1, 20, endpoint=False), np.linspace(0.1, 1.0, 91)])


@dataclass
class Solution:
    """Values of the unknown coefficients in floating point and the margin they leave: never a proof."""

    status: str
    margin: float
    z: np.ndarray = field(default_factory=lambda: np.zeros(0))


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
        self.matrices = [matrix for block in blocks for matrix in matrices(block, self.unknowns, self.first)]
        self.samples = SAMPLES
        self.work = 0  # about a million and a half are done in a second
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

    def equalities(self) -> Equalities | None:
        """All coefficients of too low order vanish; None if that is contradictory."""
        found = Equalities(self._preference)
        rows = [row for matrix in self.matrices for place in matrix.entries for row in matrix.lower_order(place)]
        return found if all(found.add(row) for row in [*self.equations, *rows]) else None

    def sampled(self, number: int) -> Sampled:
        """The rows of one slack matrix at the samples."""
        found = self._sampled[number]
        if found is None:
            found = self._sampled[number] = rows_at(self.matrices[number], self.samples, self.size)
        return found

    def sizes(self, z: np.ndarray) -> np.ndarray:
        """What each coefficient contributes to the scaled slack matrices at the samples, at most."""
        found = np.zeros(self.size)
        for number in range(len(self.matrices)):
            if self.matrices[number].names:
                found = np.maximum(found, abs(self.sampled(number)[0]).max(axis=0).toarray().ravel())
        return np.asarray(found * np.abs(z))

    def thin(self) -> None:
        """Keep every other sample: quicker, and those that are missed are added again."""
        self.samples = np.append(SAMPLES[::2], [*self.samples[len(SAMPLES) :], SAMPLES[-1]])
        self.resample()

    def resample(self) -> None:
        """The samples have changed."""
        self._sampled = [None] * len(self.matrices)

    def forget(self, number: int) -> None:
        """The exponents of one slack matrix have changed."""
        self._sampled[number] = self._grid[number] = None

    def worst(self, z: np.ndarray) -> tuple[float, float]:
        """The smallest eigenvalue of all scaled slack matrices on a grid, in floating point, and where it is."""
        lowest = self._lowest(z)
        return float(lowest.min()), float(GRID[lowest.argmin()])

    def _lowest(self, z: np.ndarray) -> np.ndarray:
        """The smallest eigenvalue of all scaled slack matrices at each point of the grid."""
        found: np.ndarray = np.min([np.linalg.eigvalsh(slack)[:, 0] for slack in self.slacks(z) if slack.size], axis=0)
        return found

    def violated(self, z: np.ndarray, margin: float) -> np.ndarray:
        """The points of the grid where the smallest eigenvalue has a local minimum below the margin."""
        lowest = np.pad(self._lowest(z), 1, constant_values=np.inf)
        inner = lowest[1:-1]
        return GRID[(inner < margin) & (inner <= lowest[:-2]) & (inner < lowest[2:])]

    def slacks(self, z: np.ndarray, points: np.ndarray | None = None) -> list[np.ndarray]:
        """The scaled slack matrices at the given points, by default at those of the grid."""
        found = []
        for number, matrix in enumerate(self.matrices):
            rows = self._grid[number] if points is None else rows_at(matrix, points, self.size)
            if rows is None:
                rows = self._grid[number] = rows_at(matrix, GRID, self.size)
            n, count = len(matrix.names), len(GRID if points is None else points)
            entries = (rows[1] + rows[0] @ z).reshape(count, n * (n + 1) // 2)
            full = np.zeros((count, n, n))
            for k, (i, j) in enumerate((row, column) for column in range(n) for row in range(column + 1)):
                full[:, i, j] = full[:, j, i] = entries[:, k] * (1.0 if i == j else HALF_ROOT)
            found.append(full)
        return found

    def reduce(self, number: int, name: str) -> None:
        """Leave out a coordinate whose row and column follow from the others."""
        old = self.matrices[number]
        kept = [i for i, other in enumerate(old.names) if other != name]
        place = {i: position for position, i in enumerate(kept)}
        entries = {(place[i], place[j]): t for (i, j), t in old.entries.items() if i in place and j in place}
        names, exponents = [old.names[i] for i in kept], [old.exponents[i] for i in kept]
        self.matrices[number] = Matrix(old.block, old.space, names, exponents, old.weight, entries)
        self.forget(number)

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
            elif not all(equalities.add({j: Fraction(1)}) for j in zero):
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
        zero: set[int] = set()
        for row in rows:
            if len(row) > 1 and _one_sign(row, signed) < 0:
                zero |= row.keys()
        vanishing = []
        for m, matrix in enumerate(self.matrices):
            for i in range(len(matrix.names)):
                if matrix.shift((i, i)).denominator == 1:
                    row = equalities.reduce(matrix.coefficient((i, i), int(matrix.shift((i, i)))))
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
            self.work += (self.size - len(equalities.solved)) ** 2 * len(self.samples)
            solution = _System(self, equalities, bounds).margin(cost, floor, cap)
            if solution.margin < FORCED / 10:
                return solution
            missed = self.violated(solution.z, 0.2 * solution.margin)
            if not missed.size:
                return solution
            self.samples = np.append(self.samples, missed)
            self.resample()
        return solution


def solve_at(
    program: Program, equalities: Equalities, bounds: Mapping[int, tuple[float, float]], q: float
) -> np.ndarray | None:
    """A solution of the largest margin for one q alone, perhaps zero; None if there is none."""
    samples, program.samples = program.samples, np.array([q])
    program.resample()
    solution = _System(program, equalities, bounds).margin(None, 0.0, 1.0)
    program.samples = samples
    program.resample()
    return solution.z if solution.margin > -FORCED else None


def minimum(
    program: Program, equalities: Equalities, bounds: Mapping[int, tuple[float, float]], cost: np.ndarray, floor: float
) -> Solution:
    """The smallest cost at a margin of at least `floor`, at the samples as they are."""
    return _System(program, equalities, bounds).margin(cost, floor, 1.0)


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


def _one_sign(row: Row, signed: set[int]) -> int:
    """The sign of the value if the signs of the unknowns determine it, else 0."""
    if not row.keys() <= signed:
        return 0
    return 1 if all(x > 0 for x in row.values()) else -1 if all(x < 0 for x in row.values()) else 0
