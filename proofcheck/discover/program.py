"""Semidefinite programs read off the kernel's own forms, solved by Clarabel through CVXPY.

A `Block` asks for one goal form to be a nonnegative combination of inequalities plus squares; a
`Program` joins blocks that share unknowns (the coefficients of V, a constant, a bound). It maximises
a common margin of all slack matrices, or minimises one unknown at a given margin.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import cvxpy as cp
import numpy as np
import scipy.sparse as sp

from proofcheck.discover.candidates import Term
from proofcheck.discover.coordinates import Coordinates
from proofcheck.kernel.forms import SPACES, Form

SOLVER = "CLARABEL"
OPTIONS = {"tol_gap_abs": 1e-11, "tol_gap_rel": 1e-11, "tol_feas": 1e-11, "max_iter": 300}
USABLE = ("optimal", "optimal_inaccurate")


@dataclass(frozen=True)
class Block:
    """slack = fixed + sum_j z_j (plain_j + parameter rated_j) - sum_i multiplier_i inequality_i."""

    name: str
    fixed: Form
    plain: Mapping[str, Form]
    inequalities: Mapping[Term, Form]
    coordinates: Coordinates
    rated: Mapping[str, Form] = field(default_factory=dict)
    parameter: str = "loss"
    weight: float = 1.0


@dataclass(frozen=True)
class Solution:
    """What the solver returned, in floating point: never a proof.

    Attributes
    ----------
    status : str
        The solver's word, or its error message.
    margin : float
        Smallest eigenvalue over all scaled slack matrices; negative if none was found.
    unknowns : dict
        Values of the shared unknowns by name.
    multipliers : dict
        For each block, its multipliers by inequality.
    """

    status: str
    margin: float
    unknowns: dict[str, float]
    multipliers: dict[str, dict[Term, float]]


class Program:
    """Blocks with shared unknowns, compiled once and solved for many values of the parameters."""

    def __init__(
        self,
        blocks: Sequence[Block],
        unknowns: Iterable[str],
        parameters: Iterable[str] = (),
        *,
        normalise: bool = False,
    ) -> None:
        self.blocks = list(blocks)
        names = list(unknowns)
        self._unknown = {name: i for i, name in enumerate(names)}
        keys = [(block.name, term) for block in self.blocks for term in block.inequalities]
        self._multiplier = {key: len(names) + i for i, key in enumerate(keys)}
        self._normalise = normalise
        self._norm = np.ones(len(names) + len(keys))
        self._z = cp.Variable(len(names) + len(keys))
        self._margin = cp.Variable()
        self._parameters = {name: cp.Parameter(nonneg=True, value=0.0) for name in parameters}
        self._cap = cp.Parameter(len(names), value=np.full(len(names), 1e6))
        self._floor = cp.Parameter(value=0.0)
        self._constraints: list[cp.Constraint] = [self._margin <= 1, self._z[: len(names)] <= self._cap]
        if keys:
            self._constraints.append(self._z[len(names) :] >= 0)
        for block in self.blocks:
            self._constrain(block)
        self._problems: dict[str | None, cp.Problem] = {}

    def _constrain(self, block: Block) -> None:
        change = block.coordinates.change
        fixed = change(block.fixed)
        plain = {self._unknown[name]: change(form) for name, form in block.plain.items()}
        rated = {self._unknown[name]: change(form) for name, form in block.rated.items()}
        for term, form in block.inequalities.items():
            column = self._multiplier[block.name, term]
            plain[column] = change(-1 * form)
            if self._normalise:
                self._norm[column] = self._largest(block, plain[column])
        for space in SPACES:
            every = [fixed, *plain.values(), *rated.values()]
            order = sorted({name for form in every for pair in form.gram[space] for name in pair})
            if not order:
                continue
            index = {name: i for i, name in enumerate(order)}
            lengths = np.array([block.coordinates.length(name, space) for name in order])
            scale = block.weight * np.outer(lengths, lengths)
            expression = self._columns(plain, space, index, scale) @ self._z
            expression = expression + _dense(fixed, space, index, scale).ravel()
            if rated:
                loss = self._parameters[block.parameter]
                expression = expression + loss * (self._columns(rated, space, index, scale) @ self._z)
            slack = cp.atoms.affine.reshape.reshape(expression, (len(order), len(order)), order="C")
            self._constraints.append((slack + slack.T) / 2 - self._margin * np.eye(len(order)) >> 0)

    def _largest(self, block: Block, form: Form) -> float:
        """The largest entry of a form in scaled coordinates; multipliers are measured in its inverse."""
        length = block.coordinates.length
        entries = [
            abs(float(value)) * length(a, space) * length(b, space)
            for space in SPACES
            for (a, b), value in form.gram[space].items()
        ]
        return block.weight * max(entries)

    def _columns(
        self, forms: Mapping[int, Form], space: str, index: dict[str, int], scale: np.ndarray
    ) -> sp.csr_matrix:
        rows: list[int] = []
        columns: list[int] = []
        values: list[float] = []
        size = len(index)
        for column, form in forms.items():
            for (a, b), value in form.gram[space].items():
                i, j = index[a], index[b]
                entry = float(value) * scale[i, j] / 2 / self._norm[column]
                rows += [i * size + j, j * size + i]
                columns += [column, column]
                values += [entry, entry]
        return sp.csr_matrix((values, (rows, columns)), shape=(size * size, self._z.size))

    def solve(
        self,
        *,
        minimise: str | None = None,
        floor: float = 0.0,
        caps: Mapping[str, float] | None = None,
        parameters: Mapping[str, float] | None = None,
    ) -> Solution:
        """Maximise the common margin, or minimise one unknown at a margin of at least `floor`."""
        for name, number in (parameters or {}).items():
            self._parameters[name].value = number
        self._floor.value = floor
        cap = np.full(len(self._unknown), 1e6)
        for name, number in (caps or {}).items():
            cap[self._unknown[name]] = number
        self._cap.value = cap
        if minimise not in self._problems:
            if minimise is None:
                problem = cp.Problem(cp.Maximize(self._margin), self._constraints)
            else:
                goal = cp.Minimize(self._z[self._unknown[minimise]])
                problem = cp.Problem(goal, [*self._constraints, self._margin >= self._floor])
            self._problems[minimise] = problem
        problem = self._problems[minimise]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                problem.solve(solver=SOLVER, **OPTIONS)  # type: ignore[no-untyped-call]
            except cp.error.SolverError:
                return Solution("the solver failed", float("-inf"), {}, {})
        if problem.status not in USABLE or self._z.value is None:
            return Solution(str(problem.status), float("-inf"), {}, {})
        z = self._z.value / self._norm
        multipliers: dict[str, dict[Term, float]] = {block.name: {} for block in self.blocks}
        for (block, term), i in self._multiplier.items():
            multipliers[block][term] = float(z[i])
        unknowns = {name: float(z[i]) for name, i in self._unknown.items()}
        return Solution(str(problem.status), float(np.asarray(self._margin.value)), unknowns, multipliers)


def _dense(form: Form, space: str, index: dict[str, int], scale: np.ndarray) -> np.ndarray:
    matrix = np.zeros((len(index), len(index)))
    for (a, b), value in form.gram[space].items():
        i, j = index[a], index[b]
        matrix[i, j] += float(value) * scale[i, j] / 2
        matrix[j, i] += float(value) * scale[i, j] / 2
    return matrix
