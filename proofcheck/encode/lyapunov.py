r"""The Lyapunov conditions of a method on a class, in symbols.

.. math:: V_k = a_0 F(x_k, u_k) + a_1 F(y_{k-1}, v_{k-1}) + \sum_{ij} P_{ij} \langle p_i, p_j\rangle
          + \sum_{ij} B_{ij} \langle b_i, b_j\rangle

with p = (x_k - x^*(v_{k-1}), x_k - x_{k-1}, grad_1 f(y_{k-1}, v_{k-1})) and b = (u_k - u_{k-1}, w_{k-1}).
A rate rho with constant C holds if four forms are nonnegative on the class: `start`, `base`,
`decrease` and `bound`. They are obtained by running the recursion of `Trajectory`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp

from proofcheck.errors import NotSupported

from .inequalities import CLASSES
from .recursion import StateSpace, recursion
from .symbols import a0, a1, constant, linear_part, rho
from .trajectory import Point, Trajectory
from .typeset import conditions_latex

METRICS = ("objective_gap", "squared_distance", "squared_gradient_norm")
INITIAL = ("objective_gap", "squared_distance")

State = tuple[tuple[str, sp.Expr], ...]


def _symmetric(letter: str, size: int) -> sp.ImmutableMatrix:
    names = [[f"{letter}_{{{min(i, j)}{max(i, j)}}}" for j in range(1, size + 1)] for i in range(1, size + 1)]
    return sp.ImmutableMatrix(size, size, lambda i, j: sp.Symbol(names[i][j]))


P, B = _symmetric("P", 3), _symmetric("B", 2)


@dataclass(frozen=True)
class QuadraticForm:
    """A linear combination of function values plus a quadratic form in each of the spaces x and u.

    Attributes
    ----------
    values
        Coefficients of the function values, one row on `value_basis`.
    x, u
        Symmetric matrices on `x_basis` and `u_basis`.

    Examples
    --------
    >>> case = lyapunov_conditions("smooth_strongly_convex", "gradient_descent", "objective_gap", "objective_gap")
    >>> case.start.expression
    F(x_{0})*(C - 1)
    """

    value_basis: tuple[sp.Symbol, ...]
    x_basis: tuple[sp.Symbol, ...]
    u_basis: tuple[sp.Symbol, ...]
    values: sp.ImmutableMatrix
    x: sp.ImmutableMatrix
    u: sp.ImmutableMatrix

    @property
    def expression(self) -> sp.Expr:
        """The form as a polynomial in the symbols of its bases.

        Examples
        --------
        >>> case = lyapunov_conditions("smooth_strongly_convex", "gradient_descent", "objective_gap", "objective_gap")
        >>> case.start.expression.free_symbols == {constant, *case.start.value_basis[:1]}
        True
        """
        total: sp.Expr = sum((c * f for c, f in zip(self.values, self.value_basis, strict=True)), sp.S.Zero)
        for matrix, basis in ((self.x, self.x_basis), (self.u, self.u_basis)):
            total += sum(matrix[i, j] * p * q for i, p in enumerate(basis) for j, q in enumerate(basis))
        return total

    def subs(self, values: Mapping[sp.Symbol, sp.Expr]) -> QuadraticForm:
        """The form with values for some of its coefficients.

        Examples
        --------
        >>> case = lyapunov_conditions("smooth_strongly_convex", "gradient_descent", "objective_gap", "objective_gap")
        >>> case.start.subs({constant: 3}).values
        Matrix([[2, 0]])
        """
        # numbers only beside expressions: text would be evaluated by sympify, and is a number or an error here
        table = {s: value if isinstance(value, sp.Basic) else sp.Rational(value) for s, value in values.items()}
        matrices = (matrix.xreplace(table) for matrix in (self.values, self.x, self.u))
        return QuadraticForm(self.value_basis, self.x_basis, self.u_basis, *matrices)

    def __sub__(self, other: QuadraticForm) -> QuadraticForm:
        matrices = ((a - b).applyfunc(sp.expand) for a, b in zip(self._parts(), other._parts(), strict=True))
        return QuadraticForm(self.value_basis, self.x_basis, self.u_basis, *matrices)

    def __rmul__(self, factor: sp.Expr) -> QuadraticForm:
        matrices = ((factor * a).applyfunc(sp.expand) for a in self._parts())
        return QuadraticForm(self.value_basis, self.x_basis, self.u_basis, *matrices)

    def _parts(self) -> tuple[sp.ImmutableMatrix, sp.ImmutableMatrix, sp.ImmutableMatrix]:
        return self.values, self.x, self.u


@dataclass(frozen=True)
class LyapunovConditions:
    r"""What a Lyapunov certificate has to satisfy, in symbols.

    Attributes
    ----------
    class_name, method_name, metric, initial
        The case.
    method
        The method's state space.
    lyapunov
        V_k on the bases of `decrease`.
    start, base
        C initial - metric_0 and C rho initial - V_1 on a run from rest; both must be >= 0 on the class.
    decrease, bound
        rho V_k - V_{k+1} and V_k - metric_k on a step from an arbitrary state; both must be >= 0 on the class.
    x_state, u_state
        A smaller state basis for the report: (LaTeX, expression) of each vector.
    x_step, u_step
        The vectors of V_{k+1} in this state basis; those of V_k are its first vectors.
    decrease_x, decrease_u
        The Gram matrices of `decrease` in this state basis.

    Examples
    --------
    >>> case = lyapunov_conditions("partial_strong_convexity", "nesterov", "objective_gap", "objective_gap")
    >>> case.u_step
    Matrix([
    [beta, 0, -eta],
    [   0, 0,    1]])
    """

    class_name: str
    method_name: str
    metric: str
    initial: str
    method: StateSpace
    lyapunov: QuadraticForm
    start: QuadraticForm
    base: QuadraticForm
    decrease: QuadraticForm
    bound: QuadraticForm
    x_state: State
    u_state: State
    x_step: sp.ImmutableMatrix
    u_step: sp.ImmutableMatrix
    decrease_x: sp.ImmutableMatrix
    decrease_u: sp.ImmutableMatrix

    @property
    def partial(self) -> bool:
        """Whether the class has a second block u.

        Examples
        --------
        >>> lyapunov_conditions("smooth_strongly_convex", "nesterov", "objective_gap", "objective_gap").partial
        False
        """
        return self.class_name == "partial_strong_convexity"

    def latex(self) -> dict[str, str]:
        r"""Named pieces for a report, each for display mode and narrow enough for a page at 11 pt.

        In this order: `recursion`, `state_space`, `characteristic_polynomial`, `inputs` (what F, g and w are),
        `u_recursion` and `u_block` (in units of :math:`G_1 \sqrt{2 L_2}`), `state` (names p_i, b_i), `lyapunov` (V_k),
        `step` and `u_step` (the vectors of V_{k+1}), `decrease` with the entries `decrease_x` (D) and
        `decrease_u` (E), `rest_state` (names e_i), `start`, `base`, `bound`. Those in u: on the partial class only.

        Examples
        --------
        >>> case = lyapunov_conditions("smooth_strongly_convex", "nesterov", "objective_gap", "objective_gap")
        >>> print(case.latex()["start"])
        C F(x_{0}) - F(x_{0}) = \left(C - 1\right) F(x_{0}) \ge 0
        """
        return conditions_latex(self)


def _features(run: Trajectory, index: int) -> tuple[list[Point], list[sp.Expr], list[sp.Expr]]:
    """The points, vectors in x and vectors in u of V_index."""
    here, before, query = run.iterate(index), run.iterate(index - 1), run.query(index - 1)
    in_x = [here.x - query.minimiser, here.x - before.x, query.gradient]
    in_u = [here.u - before.u, query.step] if run.partial else []
    return [here, query], in_x, in_u


def _form(
    run: Trajectory, values: Sequence[tuple[sp.Expr, sp.Expr]], blocks: Sequence[tuple[sp.ImmutableMatrix, Any]]
) -> QuadraticForm:
    """The form sum c F + p^T P p + b^T B b, p and b given as expressions; all points must exist already."""
    row = sp.zeros(1, len(run.values))
    for coefficient, value in values:
        if value != 0:
            row[run.values.index(value)] += coefficient
    grams = []
    for (matrix, vectors), basis in zip(blocks, (run.x_basis, run.u_basis), strict=True):
        part = linear_part(vectors, basis)
        grams.append((part.T * matrix * part).applyfunc(sp.expand).as_immutable())
    return QuadraticForm(tuple(run.values), tuple(run.x_basis), tuple(run.u_basis), row.as_immutable(), *grams)


_EMPTY: tuple[sp.ImmutableMatrix, list[sp.Expr]] = (sp.ImmutableMatrix(0, 0, []), [])


def _lyapunov(run: Trajectory, index: int) -> QuadraticForm:
    points, in_x, in_u = _features(run, index)
    values = [(a, point.value) for a, point in zip((a0, a1), points, strict=True)]
    return _form(run, values, ((P, in_x), (B, in_u) if in_u else _EMPTY))


def _measure(run: Trajectory, name: str, index: int) -> QuadraticForm:
    point = run.iterate(index)
    if name == "objective_gap":
        return _form(run, [(sp.S.One, point.value)], (_EMPTY, _EMPTY))
    vector = point.x - point.minimiser if name == "squared_distance" else point.gradient
    return _form(run, [], ((sp.ImmutableMatrix([[1]]), [vector]), _EMPTY))


def lyapunov_conditions(class_name: str, method_name: str, metric: str, initial: str) -> LyapunovConditions:
    r"""The conditions under which V_k proves metric_k <= C rho^k initial.

    Parameters
    ----------
    class_name
        "smooth_strongly_convex" or "partial_strong_convexity".
    method_name
        "gradient_descent", "heavy_ball", "nesterov" or "triple_momentum".
    metric
        "objective_gap"; without u also "squared_distance" or "squared_gradient_norm".
    initial
        "objective_gap"; without u also "squared_distance".

    Raises
    ------
    NotSupported
        If a name is unknown or not defined on the class.

    Source: the form of V_k is the standard one of Taylor, Van Scoy and Lessard 2018, with u_k - u_{k-1}, w_{k-1} added.
    Tight: sufficient only.

    Examples
    --------
    >>> case = lyapunov_conditions("smooth_strongly_convex", "nesterov", "squared_distance", "objective_gap")
    >>> case.x_step
    Matrix([
    [1, beta, 0, -eta],
    [0, beta, 0, -eta],
    [0,    0, 0,    1]])
    """
    method = recursion(method_name)
    if class_name not in CLASSES:
        raise NotSupported(f"expected class_name in {CLASSES}, got {class_name=}")
    partial = class_name == "partial_strong_convexity"
    for key, name, known in (("metric", metric, METRICS), ("initial", initial, INITIAL)):
        allowed = known[:1] if partial else known
        if name not in allowed:
            raise NotSupported(f"expected {key} in {allowed} on {class_name}, got {key}={name!r}")
    rest = Trajectory(method, partial, 0, 1, generic=False)
    generic = Trajectory(method, partial, -1, 1, generic=True)
    for run, index in ((generic, 0), (generic, 1), (rest, 1)):
        _features(run, index)  # names every point, so that all forms of a run share one basis
    first, v = _measure(rest, initial, 0), _lyapunov(generic, 0)
    x_state, u_state, steps = _state(method, partial, generic)
    blocks = [_on_state(matrix, step) for matrix, step in zip((P, B if partial else _EMPTY[0]), steps, strict=True)]
    return LyapunovConditions(
        class_name=class_name,
        method_name=method_name,
        metric=metric,
        initial=initial,
        method=method,
        lyapunov=v,
        start=constant * first - _measure(rest, metric, 0),
        base=constant * rho * first - _lyapunov(rest, 1),
        decrease=rho * v - _lyapunov(generic, 1),
        bound=v - _measure(generic, metric, 0),
        x_state=x_state,
        u_state=u_state,
        x_step=steps[0],
        u_step=steps[1],
        decrease_x=blocks[0],
        decrease_u=blocks[1],
    )


def _state(
    method: StateSpace, partial: bool, run: Trajectory
) -> tuple[State, State, tuple[sp.ImmutableMatrix, sp.ImmutableMatrix]]:
    """The state basis of one step, and the vectors of V_{k+1} in it.

    In x: the vectors of V_k, the new gradient, and the move of the minimiser (on the partial class); in u: the
    vectors of V_k and w_k. One step from free vectors x_k and x_{k-1} gives those of V_{k+1}.
    """
    past, now = run.query(-1), run.query(0)
    _, x_old, u_old = _features(run, 0)
    x_state = [(name, v) for name, v in zip(_x_names(run), [*x_old, now.gradient], strict=True)]
    u_state = []
    if partial:
        x_state.append((f"{sp.latex(now.minimiser)} - {sp.latex(past.minimiser)}", now.minimiser - past.minimiser))
        names = ("u_{k} - u_{k-1}", sp.latex(past.step), sp.latex(now.step))
        u_state = list(zip(names, [*u_old, now.step], strict=True))
    step = Trajectory(method, partial, 0, 1, generic=True)
    here, query = step.iterate(0), step.query(0)
    p, b = sp.symbols(f"p_1:{len(x_state) + 1}"), sp.symbols(f"b_1:{len(u_state) + 1}")
    origin = sp.Symbol("o")  # the minimiser at step k - 1; it must cancel
    table = {here.x: origin + p[0], step.position(("x", -1)): origin + p[0] - p[1], query.gradient: p[3]}
    table[query.minimiser] = origin + p[4] if partial else origin
    if partial:
        table |= {here.u: b[0], step.position(("u", -1)): sp.S.Zero, query.step: b[2]}
    _, next_x, next_u = _features(step, 1)
    x_step = linear_part([sp.expand(v.xreplace(table)) for v in next_x], p)
    u_step = linear_part([sp.expand(v.xreplace(table)) for v in next_u], b)
    return tuple(x_state), tuple(u_state), (x_step, u_step)


def _x_names(run: Trajectory) -> list[str]:
    past, now = run.query(-1), run.query(0)
    first = f"x_{{k}} - {sp.latex(past.minimiser)}"
    return [first, "x_{k} - x_{k-1}", sp.latex(past.gradient), sp.latex(now.gradient)]


def _on_state(matrix: sp.ImmutableMatrix, step: sp.ImmutableMatrix) -> sp.ImmutableMatrix:
    """The Gram matrix of rho p^T M p - q^T M q, with p the first vectors of the state and q = step state."""
    old = sp.Matrix.hstack(sp.eye(step.rows), sp.zeros(step.rows, step.cols - step.rows))
    return (rho * old.T * matrix * old - step.T * matrix * step).applyfunc(sp.expand).as_immutable()


def conditions(claim: Mapping[str, Any]) -> LyapunovConditions:
    """The Lyapunov conditions for a claim document: its class, method, metric and initial condition.

    Parameters
    ----------
    claim
        A claim as read from JSON; only the names in it are used, all numbers stay symbols.

    Examples
    --------
    >>> statement = {"kind": "linear_rate", "metric": "objective_gap", "initial": "objective_gap"}
    >>> names = {"class": {"name": "smooth_strongly_convex"}, "method": {"name": "nesterov"}}
    >>> conditions({**names, "statement": statement}).method_name
    'nesterov'
    """
    statement = claim["statement"]
    names = claim["class"]["name"], claim["method"]["name"]
    return lyapunov_conditions(*names, statement["metric"], statement["initial"])
