"""The form of a Lyapunov function: values, and Gram matrices of a few vectors, of the last step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import wire
from ..forms import Form, Vector, combine, inner
from ..outcome import Invalid, require
from ..run import Run

X_FEATURES, U_FEATURES, VALUES = 3, 2, 2


def features(run: Run, index: int) -> tuple[list[Form], list[Vector], list[Vector]]:
    """Values, x-vectors and u-vectors that V_index may use, for k = index.

    F(x_k, u_k), F(y_{k-1}, v_{k-1}); x_k - x*(v_{k-1}), x_k - x_{k-1}, g_{k-1}; u_k - u_{k-1}, w_{k-1}.
    """
    here, before = run.point(run.label(index)), run.point(run.label(index - 1))
    query = run.point(run.query_label(index - 1))
    in_x = [here.x - run.x_at(run.minimiser_label(index - 1)), here.x - before.x, query.gradient]
    in_u = [here.u - before.u, run.w_at(run.step(index - 1))]
    return [here.value, query.value], in_x, in_u


def matrix(value: Any, size: int, where: str, read: Callable[[Any, str], Any]) -> list[list[Any]]:
    """A symmetric matrix of numbers."""
    rows = []
    for i, entry in enumerate(wire.sequence(value, where, size)):
        row = wire.sequence(entry, f"{where}[{i}]", size)
        require(len(row) == size, Invalid, f"{where}[{i}]: {len(row)} entries, expected {size}")
        rows.append([read(number, f"{where}[{i}][{j}]") for j, number in enumerate(row)])
    require(len(rows) == size, Invalid, f"{where}: {len(rows)} rows, expected {size}")
    symmetric = all(rows[i][j] == rows[j][i] for i in range(size) for j in range(i))
    require(symmetric, Invalid, f"{where}: not symmetric")
    return rows


class Lyapunov:
    """V_k = sum_i a_i value_i + sum_ij P_ij <x_i, x_j> + sum_ij B_ij <u_i, u_j>."""

    def __init__(
        self, value: Any, partial: bool, read: Callable[[Any, str], Any] = wire.rational, where: str = "certificate"
    ) -> None:
        where = f"{where}: lyapunov"
        found = wire.fields(value, ("values", "x", "u"), where)
        numbers = wire.sequence(found["values"], f"{where}.values", VALUES)
        require(len(numbers) == VALUES, Invalid, f"{where}.values: {len(numbers)} entries, expected {VALUES}")
        self.values = [read(number, f"{where}.values") for number in numbers]
        self.x = matrix(found["x"], X_FEATURES, f"{where}.x", read)
        self.u = matrix(found["u"], U_FEATURES if partial else 0, f"{where}.u", read)

    def form(self, run: Run, index: int) -> Form:
        """V_index as a form."""
        values, in_x, in_u = features(run, index)
        parts = list(zip(self.values, values, strict=True))
        for rows, vectors in ((self.x, in_x), (self.u, in_u)):
            for i, row in enumerate(rows):
                parts += [(number, inner(vectors[i], vectors[j])) for j, number in enumerate(row)]
        return combine(parts)
