"""The semidefinite program of an N-step worst case on a one-block class, sparse and scaled, for Clarabel itself.

The Gram matrix is that of the iterates x_0..x_N (and of x_N - g_N/L1, where the metric needs the last
gradient): a gradient is expressed through the iterate that its step leads to, so that an inequality between
neighbouring points touches a few neighbouring iterates only. The slack is then a banded matrix, which is
positive semidefinite exactly if it is a sum of positive semidefinite matrices on windows of the band; the pairs
with the last point add its two columns to every window. What belongs to step k is measured in units
decay^k smaller, so that a bound of 1e-12 is found as well as one of 1.

Nothing here is a proof: `steps` rounds the multipliers and the kernel decides. The coefficients come from the
kernel's own recursion, and tests/discover/test_steps.py compares every matrix with the kernel's forms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import clarabel
import numpy as np
import scipy.sparse as sp

from proofcheck.kernel.claim import Claim
from proofcheck.kernel.methods import Method

Array = np.ndarray
CURVATURES = 17
ROOT2 = 2**0.5


@dataclass(frozen=True)
class Answer:
    """What the solver returned, in floating point, in the units of the claim.

    Attributes
    ----------
    status : str
        The solver's word.
    bound : float
        The smallest bound of the program; NaN if there is none.
    multipliers : ndarray
        One for each pair of the program.
    gram, values : ndarray
        A worst case, if there is one with these inner products: the Gram matrix on the pattern (0 elsewhere),
        in the scaled coordinates, and the function values.
    """

    status: str
    bound: float
    multipliers: Array
    gram: Array
    values: Array


class Steps:
    """Points, coordinates and units of the run; programs with any pairs of points are assembled from it.

    Point k < N is y_k, point N is x_N (if the metric needs it), point `star` is x*. Rows of `positions` and
    `gradients` are the coefficients over the basis, in scaled coordinates.
    """

    def __init__(self, claim: Claim, decay: float | None = None, count: int | None = None) -> None:
        s, p = claim.statement, claim.problem.parameters
        self.metric, self.initial = s.metric, s.initial
        self.count: int = s.steps if count is None else count  # type: ignore[union-attr]
        self.mu, self.big = float(p["mu"]), float(p["L1"])
        method = _in_floats(claim.method)
        self.decay = _decay(method, self.mu, self.big) if decay is None else decay
        last = self.metric != "squared_distance"
        self.size = self.count + 1 + last
        self.star = self.count + last
        self.units = self.big**-0.5 * self.decay ** np.arange(self.size)
        positions, gradients = np.zeros((self.star + 1, self.size)), np.zeros((self.star + 1, self.size))
        positions[: self.count], gradients[: self.count] = _queries(method, self.count, self.size)
        if last:
            positions[self.count, self.count] = 1.0
            gradients[self.count, -2:] = self.big, -self.big
        self.positions, self.gradients = positions * self.units, gradients * self.units
        self.value_units = np.append(self.decay ** (2.0 * np.arange(self.star)), 0.0)

    def label(self, point: int) -> str:
        """The kernel's name of a point."""
        return "x*" if point == self.star else f"x[{self.count}]" if point == self.count else f"y[{point}]"

    def forms(self, i: Array, j: Array) -> Array:
        """The Gram part of `interpolation` between points i and j, as (not symmetrised) matrices."""
        rows = (self.positions[i] - self.positions[j], self.gradients[i] - self.gradients[j], self.gradients[j])
        return self.products(*rows)

    def products(self, dx: Array, dg: Array, gj: Array) -> Array:
        """The same from the differences of positions and gradients, and the gradient at j, over any window."""
        half = 1 / (2 * (1 - self.mu / self.big))
        left = (2 * half * self.mu / self.big) * dg - gj - (half * self.mu) * dx
        form: Array = left[:, :, None] * dx[:, None, :] - (half / self.big) * dg[:, :, None] * dg[:, None, :]
        return form

    def measured(self, name: str, last: bool) -> tuple[Array, Array]:
        """The matrix and the values of a metric at x_N, or of an initial condition at x_0."""
        matrix, values = np.zeros((self.size, self.size)), np.zeros(self.star)
        if name == "objective_gap":
            values[self.count if last else 0] = self.value_units[self.count] if last else 1.0
        else:
            row = np.zeros(self.size)
            if name == "squared_distance":
                row[self.count if last else 0] = self.units[self.count if last else 0]
            else:
                row = self.gradients[self.count]
            matrix = np.outer(row, row)
        return matrix, values


def chain(steps: Steps) -> Array:
    """Pairs (k, k+1) and (star, k): what shortest proofs are made of."""
    k = np.arange(steps.star)
    return np.concatenate([np.stack([k[:-1], k[1:]], 1), np.stack([np.full_like(k, steps.star), k], 1)])


def both_ways(steps: Steps) -> Array:
    """The chain and its reversed pairs."""
    pairs = chain(steps)
    return np.concatenate([pairs, pairs[:, ::-1]])


def with_last(steps: Steps) -> Array:
    """Both ways, and all pairs with the last point."""
    k = np.arange(max(steps.star - 2, 0))
    pairs = np.stack([k, np.full_like(k, steps.star - 1)], 1)
    return np.concatenate([both_ways(steps), pairs, pairs[:, ::-1]])


def everything(steps: Steps) -> Array:
    """All ordered pairs."""
    i, j = np.nonzero(~np.eye(steps.star + 1, dtype=bool))
    return np.stack([i, j], 1)


class Program:
    """min B such that B initial - metric - sum of multipliers times inequalities is a sum of squares.

    The variables are B, the multipliers and the windows of the slack; the equations compare coefficients, first of
    function values, then of inner products.
    """

    def __init__(self, steps: Steps, pairs: Array) -> None:
        self.steps, self.pairs = steps, pairs
        size, star = steps.size, steps.star
        i, j = pairs[:, 0], pairs[:, 1]
        windows, offsets = self._windows(i, j)
        a, b = _triangle(windows.shape[1])
        place = np.full((size, size), -1)
        for window in windows:
            place[window[a], window[b]] = 0
        used = place == 0
        inside = int(used.sum())
        place[used] = star + np.arange(inside)
        self.place, self.inside = place, inside
        self.known = used | used.T
        width = windows.shape[1]
        window = windows[offsets]
        take = [np.take_along_axis(rows, window, 1) for rows in self._rows(i, j)]
        form = steps.products(*take)
        entries = form[:, a, b] + np.where(a < b, form[:, b, a], 0.0)
        at = place[window[:, a], window[:, b]]
        scale = 1 / np.maximum(abs(entries).max(1), steps.value_units[np.minimum(i, j)])
        self.scale = scale
        value = np.stack([steps.value_units[i] * scale, -steps.value_units[j] * scale], 1)
        columns = np.concatenate([np.stack([i, j], 1), at], 1)
        data = np.concatenate([-value, -entries * scale[:, None]], 1)
        keep = np.concatenate([np.stack([i < star, j < star], 1), entries != 0], 1)
        start, start_values = steps.measured(steps.initial, False)
        goal, goal_values = steps.measured(steps.metric, True)
        self.start_unit = float(max(start.max(), start_values.max()))
        self.goal_unit = float(max(abs(goal).max(), goal_values.max()))
        first = self._row(start / self.start_unit, start_values / self.start_unit)
        self.goal = self._row(goal / self.goal_unit, goal_values / self.goal_unit)
        blocks = place[windows[:, a], windows[:, b]].ravel()
        weight = np.tile(np.where(a < b, -ROOT2, -1.0), len(windows))
        # column by column: the entries of the equations, then -1 in the row of its own cone
        at0 = np.nonzero(first)[0]
        equations, total = star + inside, 1 + len(pairs) + len(blocks)
        lengths = np.concatenate([[len(at0)], keep.sum(1), np.ones(len(blocks), dtype=int)]) + 1
        ends = np.cumsum(lengths)
        index, number = np.empty(ends[-1], dtype=np.int64), np.empty(ends[-1])
        own = np.zeros(ends[-1], dtype=bool)
        own[ends - 1] = True
        index[own], number[own] = equations + np.arange(total), -1.0
        index[~own] = np.concatenate([at0, columns[keep], blocks])
        number[~own] = np.concatenate([first[at0], data[keep], weight])
        matrix = sp.csc_matrix((number, index, np.concatenate([[0], ends])), shape=(equations + total, total))
        matrix.sort_indices()
        self.matrix = matrix
        self.equations = equations
        self.cost = np.zeros(total)
        self.cost[0] = 1.0
        self.cones = [clarabel.ZeroConeT(equations), clarabel.NonnegativeConeT(1 + len(pairs))]
        self.cones += [clarabel.PSDTriangleConeT(width)] * len(windows)

    def _rows(self, i: Array, j: Array) -> tuple[Array, Array, Array]:
        x, g = self.steps.positions, self.steps.gradients
        return x[i] - x[j], g[i] - g[j], g[j]

    def _row(self, matrix: Array, values: Array) -> Array:
        """A form over the variables of the worst case: values, then entries of the Gram matrix."""
        row = np.zeros(self.steps.star + self.inside)
        row[: self.steps.star] = values
        a, b = np.nonzero(np.triu(matrix))
        row[self.place[a, b]] = matrix[a, b] * np.where(a < b, 2.0, 1.0)
        return row

    def _windows(self, i: Array, j: Array) -> tuple[Array, Array]:
        """The windows of the band, each with the last two columns if a pair needs them, and which holds which pair."""
        steps = self.steps
        n = steps.size
        touched = (steps.positions != 0) | (steps.gradients != 0)
        low = np.where(touched.any(1), touched.argmax(1), n)
        high = np.where(touched.any(1), n - 1 - touched[:, ::-1].argmax(1), -1)
        begin, end = np.minimum(low[i], low[j]), np.maximum(high[i], high[j])
        last = steps.star - 1
        far = (last == steps.count) & (np.maximum(i, j) == last) & (abs(i - j) > 1)
        tail = 2 if far.any() else 0
        begin, end = np.where(far, low[np.minimum(i, j)], begin), np.where(far, high[np.minimum(i, j)], end)
        begin, end = np.minimum(begin, n - tail - 1), np.minimum(end, n - tail - 1)
        width = int((end - begin + 1).max())
        band = np.arange(n - tail - width + 1)[:, None] + np.arange(width)
        ends = np.broadcast_to(np.arange(n - tail, n), (len(band), tail))
        return np.concatenate([band, ends], 1), np.minimum(begin, n - tail - width)

    def relative(self, bound: float) -> float:
        """A bound in the units of the program."""
        return bound / self.goal_unit * self.start_unit

    def solve(self, tolerance: float = 1e-9, margin: float = 0.0) -> Answer:
        """Ask Clarabel; with a `margin`, the slack stays that far inside the cone, in scaled coordinates."""
        steps, count = self.steps, len(self.pairs)
        right = np.zeros(self.equations + len(self.cost))
        right[: self.equations] = self.goal
        right[np.diagonal(self.place)] += margin
        settings = clarabel.DefaultSettings()
        settings.verbose = False
        settings.max_threads = 1
        settings.equilibrate_enable = settings.presolve_enable = settings.chordal_decomposition_enable = False
        settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = tolerance
        total = len(self.cost)
        empty = sp.csc_matrix((total, total))
        found = clarabel.DefaultSolver(empty, self.cost, self.matrix, right, self.cones, settings).solve()
        status = str(found.status)
        if status not in ("Solved", "AlmostSolved"):
            nothing = np.zeros(0)
            return Answer(status, float("nan"), nothing, nothing, nothing)
        x, z = np.array(found.x), -np.array(found.z)[: steps.star + self.inside]
        gram = np.zeros((steps.size, steps.size))
        known = self.place >= 0
        gram[known] = z[self.place[known]]
        gram = gram + np.triu(gram, 1).T
        multipliers = x[1 : 1 + count] * self.scale * self.goal_unit
        return Answer(status, float(x[0]) * self.goal_unit / self.start_unit, multipliers, gram, z[: steps.star])

    def slack(self, bound: float, multipliers: Array) -> tuple[Array, Array, float]:
        """Multipliers repaired so that no function value is left over, and the smallest eigenvalue of the slack.

        All in floating point and, but for the multipliers, in scaled coordinates.
        """
        steps, count = self.steps, len(self.pairs)
        z = np.concatenate([[self.relative(bound)], np.maximum(multipliers, 0.0) / self.scale / self.goal_unit])
        table = self.matrix[: self.equations, : 1 + count]
        ends = np.nonzero(self.pairs[:, 0] == steps.star)[0]
        k = self.pairs[ends, 1]
        left = (table @ z - self.goal)[k]
        z[1 + ends] = np.maximum(z[1 + ends] - left / (steps.value_units[k] * self.scale[ends]), 0.0)
        rest = table @ z - self.goal
        matrix = np.zeros((steps.size, steps.size))
        known = self.place >= 0
        matrix[known] = rest[self.place[known]] / 2
        matrix = matrix + matrix.T
        return z[1:] * self.scale * self.goal_unit, rest[: steps.star], float(np.linalg.eigvalsh(matrix)[0])


def _triangle(width: int) -> tuple[Array, Array]:
    """Row and column of the upper triangle, column by column."""
    b, a = np.tril_indices(width)
    return a, b


def _in_floats(method: Method) -> Method:
    return replace(method, coefficients={name: float(value) for name, value in method.coefficients.items()})


def _decay(method: Method, mu: float, big: float) -> float:
    """The slowest decay of the iterates on a quadratic of the class."""
    curvature = np.linspace(mu, big, CURVATURES)

    def after(x: float, x_before: float) -> Array:
        y = method.query(x, x_before)
        found: Array = method.advance(x, x_before, y, curvature * y) + 0 * curvature
        return found

    a, b = after(1.0, 0.0), after(0.0, 1.0)
    inside = a * a + 4 * b
    squared = np.where(inside >= 0, ((abs(a) + np.sqrt(np.maximum(inside, 0))) / 2) ** 2, -b)
    return float(np.clip(squared.max(), 1e-12, 1.0) ** 0.5)


def _queries(method: Method, count: int, size: int) -> tuple[Array, Array]:
    """Positions and gradients of the queries over the iterates, by the method's own recursion."""
    basis = np.eye(size)
    x, x_before, after = basis[:count], basis[np.maximum(np.arange(count) - 1, 0)], basis[1 : count + 1]
    y = method.query(x, x_before)
    step = -method.advance(0.0, 0.0, 0.0, 1.0)
    return y, (method.advance(x, x_before, y, 0 * y) - after) / step


def complete(gram: Array, known: Array) -> Array:
    """Fill the unknown entries of a Gram matrix known on a chordal pattern, as if all were unrelated beyond it."""
    filled = gram.copy()
    above = np.triu(known, 1)
    columns = np.nonzero(above.sum(0) < np.arange(len(gram)))[0]
    if not len(columns):
        return filled
    count = int(above[:, columns[0]].sum())  # windows are of one size
    near = np.nonzero(above[:, columns].T)[1].reshape(-1, count)
    inverses = np.linalg.pinv(gram[near[:, :, None], near[:, None, :]], rcond=1e-7, hermitian=True)
    weights = (inverses @ gram[near, columns[:, None]][:, :, None])[:, :, 0]
    for b, at, weight in zip(columns.tolist(), near, weights, strict=True):
        far = slice(0, int(at[0]))
        filled[far, b] = filled[b, far] = filled[far, at] @ weight
    return filled


def violations(steps: Steps, answer: Answer, known: Array, pairs: Sequence[Sequence[int]] | Array) -> Array:
    """How far a worst case breaks the inequality of each pair, in units of its step; 0 where it holds."""
    gram = complete(answer.gram, known)
    x, g = steps.positions, steps.gradients
    xx, xg, gg = x @ gram @ x.T, x @ gram @ g.T, g @ gram @ g.T
    values = np.append(answer.values, 0.0) * steps.value_units
    i, j = np.asarray(pairs).T
    half = 1 / (2 * (1 - steps.mu / steps.big))
    dxdx = xx[i, i] + xx[j, j] - 2 * xx[i, j]
    dgdg = gg[i, i] + gg[j, j] - 2 * gg[i, j]
    gjdx = xg[i, j] - xg[j, j]
    dgdx = xg[i, i] + xg[j, j] - xg[i, j] - xg[j, i]
    form = values[i] - values[j] - gjdx - half * (dgdg / steps.big + steps.mu * dxdx - 2 * steps.mu / steps.big * dgdx)
    broken: Array = np.maximum(-form / steps.value_units[np.minimum(i, j)], 0.0)
    return broken
