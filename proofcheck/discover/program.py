"""Semidefinite programs read off the kernel's own forms, solved by Clarabel through CVXPY.

A `Block` asks for one goal form to be a nonnegative combination of inequalities plus squares; a
`Program` joins blocks that share unknowns (the coefficients of V, a constant, a bound) and maximises
a common margin of all slack matrices or minimises a linear objective. Nothing found here is believed:
the kernel decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import cvxpy as cp
import numpy as np
import scipy.sparse as sp

from proofcheck.kernel.forms import SPACES, Form

Term = tuple[str, tuple[str, ...]]


@dataclass
class Block:
    """slack = fixed + sum_j z_j terms_j + rho (sum_j z_j rated_j) - sum_i multiplier_i inequality_i."""

    name: str
    fixed: Form
    terms: Mapping[str, Form] = field(default_factory=dict)
    rated: Mapping[str, Form] = field(default_factory=dict)
    inequalities: Mapping[Term, Form] = field(default_factory=dict)
    scales: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    weight: float = 1.0


@dataclass(frozen=True)
class Solution:
    """Floats only: what the solver returned."""

    status: str
    margin: float
    unknowns: dict[str, float]
    multipliers: dict[str, dict[Term, float]]


class Program:
    """Blocks that share unknowns, compiled once; the rate is a parameter."""

    def __init__(self, blocks: Iterable[Block], unknowns: Iterable[str]) -> None:
        self.blocks = list(blocks)
        self.unknowns = list(unknowns)
        self.keys: list[tuple[str, Term]] = [(b.name, t) for b in self.blocks for t in b.inequalities]
        self._position = {name: i for i, name in enumerate(self.unknowns)}
        offset = len(self.unknowns)
        self._multiplier = {key: offset + i for i, key in enumerate(self.keys)}
        self._z = cp.Variable(offset + len(self.keys))
        self._margin = cp.Variable()
        self._rate = cp.Parameter(nonneg=True, value=0.5)
        self._constraints: list[cp.Constraint] = []
        if self.keys:
            self._constraints.append(self._z[offset:] >= 0)
        for block in self.blocks:
            self._add(block)
        self._problems: dict[str, cp.Problem] = {}

    def _add(self, block: Block) -> None:
        every = [block.fixed, *block.terms.values(), *block.rated.values(), *block.inequalities.values()]
        for space in SPACES:
            names: set[str] = set()
            for form in every:
                for pair in form.gram[space]:
                    names.update(pair)
                if space == "r":
                    names.update(form.values)
            if not names:
                continue
            order = sorted(names)
            index, basis = _basis(order, block.scales.get(space, {}))
            size = basis.shape[1]

            def column(
                form: Form, space: str = space, index: dict[str, int] = index, b: np.ndarray = basis
            ) -> np.ndarray:
                dense = np.zeros((len(index), len(index)))
                for (p, q), c in form.gram[space].items():
                    dense[index[p], index[q]] += float(c) / 2
                    dense[index[q], index[p]] += float(c) / 2
                if space == "r":
                    for name, c in form.values.items():
                        dense[index[name], index[name]] += float(c)
                return block.weight * (b.T @ dense @ b).ravel()

            width = self._z.size
            plain, rated = sp.lil_matrix((size * size, width)), sp.lil_matrix((size * size, width))
            for name, form in block.terms.items():
                plain[:, self._position[name]] = column(form)[:, None]
            for name, form in block.rated.items():
                rated[:, self._position[name]] = column(form)[:, None]
            for term, form in block.inequalities.items():
                plain[:, self._multiplier[block.name, term]] = -column(form)[:, None]
            expression = plain.tocsr() @ self._z + column(block.fixed)
            if rated.nnz:
                expression = expression + self._rate * (rated.tocsr() @ self._z)
            slack = cp.reshape(expression, (size, size), order="C")
            self._constraints.append((slack + slack.T) / 2 - self._margin * np.eye(size) >> 0)

    def solve(
        self,
        rate: float,
        objective: str | None = None,
        floor: float = 0.0,
        fixed: Mapping[str, float] | None = None,
        upper: Mapping[str, float] | None = None,
    ) -> Solution:
        """Maximise the common margin, or minimise one unknown with the margin at least `floor`."""
        self._rate.value = rate
        key = f"{objective}"
        extra = [self._margin <= 1]
        for name, bound in (upper or {}).items():
            extra.append(self._z[self._position[name]] <= bound)
        if objective is None:
            problem = cp.Problem(cp.Maximize(self._margin), self._constraints + extra)
        else:
            extra.append(self._margin >= floor)
            problem = cp.Problem(cp.Minimize(self._z[self._position[objective]]), self._constraints + extra)
        try:
            problem.solve(solver="CLARABEL", warm_start=False)
        except cp.error.SolverError as error:
            return Solution(str(error), float("-inf"), {}, {})
        if self._z.value is None:
            return Solution(problem.status, float("-inf"), {}, {})
        z = self._z.value
        unknowns = {name: float(z[i]) for name, i in self._position.items()}
        multipliers: dict[str, dict[Term, float]] = {b.name: {} for b in self.blocks}
        for (block, term), i in self._multiplier.items():
            multipliers[block][term] = float(z[i])
        return Solution(problem.status, float(self._margin.value), unknowns, multipliers)


def _basis(order: list[str], scales: Mapping[str, float]) -> tuple[dict[str, int], np.ndarray]:
    index = {name: i for i, name in enumerate(order)}
    basis = np.diag([scales.get(name, 1.0) for name in order])
    return index, basis
