r"""Methods as linear systems, derived from their textbook recursions.

A method is written as the equations of its source, with the iterates as symbols; the matrices of

.. math:: (x_{k+1}, x_k) = A (x_k, x_{k-1}) + B g_k, \qquad y_k = C (x_k, x_{k-1})

are the solution of these equations, read off as coefficients. Nothing is copied from the kernel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sympy as sp

from proofcheck.errors import NotSupported

from .symbols import G1, L2, aligned, beta, curvature, eta, gamma, grouped, linear_part, matrix_latex, z

x, x_before, x_next, y, g = sp.symbols("x_{k} x_{k-1} x_{k+1} y_{k} g_{k}")
u, u_before = sp.symbols("u_{k} u_{k-1}")
d, d_before, w, w_before = sp.symbols("d_{k} d_{k-1} w_{k} w_{k-1}")


@dataclass(frozen=True)
class StateSpace:
    r"""A first-order method with constant coefficients as a linear system with input g_k.

    Attributes
    ----------
    name
        The method's name.
    parameters
        Its coefficients, as symbols.
    equations
        The textbook recursion.
    A, B, C
        Matrices of shape (2, 2), (2, 1), (1, 2) on the state :math:`(x_k, x_{k-1})`.
    source
        Where the recursion is from.

    Examples
    --------
    >>> recursion("nesterov").A
    Matrix([
    [beta + 1, -beta],
    [       1,     0]])
    """

    name: str
    parameters: tuple[sp.Symbol, ...]
    equations: tuple[sp.Eq, ...]
    A: sp.ImmutableMatrix
    B: sp.ImmutableMatrix
    C: sp.ImmutableMatrix
    source: str

    def subs(self, values: Mapping[sp.Symbol, sp.Expr]) -> StateSpace:
        """The same method with values for some coefficients.

        Examples
        --------
        >>> recursion("heavy_ball").subs({beta: 0}).A == recursion("gradient_descent").A
        True
        """
        table = dict(values)
        a, b, c = (matrix.xreplace(table) for matrix in (self.A, self.B, self.C))
        equations = tuple(equation.xreplace(table) for equation in self.equations)
        return StateSpace(self.name, self.parameters, equations, a, b, c, self.source)

    def query(self, position: sp.Expr, before: sp.Expr) -> sp.Expr:
        r"""The position :math:`y_k` at which the gradient is taken.

        Examples
        --------
        >>> recursion("nesterov").query(x, x_before)
        -beta*x_{k-1} + x_{k}*(beta + 1)
        """
        return (self.C @ sp.Matrix([position, before]))[0]

    def advance(self, position: sp.Expr, before: sp.Expr, gradient: sp.Expr) -> sp.Expr:
        r"""The next iterate :math:`x_{k+1}`.

        Examples
        --------
        >>> recursion("gradient_descent").advance(x, x_before, g)
        -eta*g_{k} + x_{k}
        """
        return (self.A @ sp.Matrix([position, before]) + self.B * gradient)[0]

    def scalar_recursion(self, c: sp.Expr = curvature) -> tuple[sp.Expr, sp.Expr]:
        r"""(a, b) with :math:`x_{k+1} = a x_k + b x_{k-1}` on a scalar function with gradient c x.

        Examples
        --------
        >>> recursion("heavy_ball").scalar_recursion()
        (beta - eta*lambda + 1, -beta)
        """
        row = (self.A + c * self.B @ self.C).row(0)
        return sp.expand(row[0]), sp.expand(row[1])

    def characteristic_polynomial(self, c: sp.Expr = curvature) -> sp.Expr:
        r"""The characteristic polynomial in z of :math:`A + c B C`; the rate on that function is the largest |z|^2.

        Examples
        --------
        >>> recursion("gradient_descent").characteristic_polynomial()
        eta*lambda*z + z**2 - z
        """
        return sp.expand((z * sp.eye(2) - (self.A + c * self.B @ self.C)).det())

    def latex(self) -> dict[str, str]:
        r"""LaTeX, for display mode: the recursion, the matrices, the characteristic polynomial.

        Examples
        --------
        >>> print(recursion("heavy_ball").latex()["state_space"])
        A = \begin{pmatrix}\beta + 1 & - \beta\\1 & 0\end{pmatrix},\quad
        B = \begin{pmatrix}- \eta\\0\end{pmatrix},\quad
        C = \begin{pmatrix}1 & 0\end{pmatrix}
        """
        return {
            "recursion": aligned([f"{sp.latex(e.lhs)} &= {sp.latex(e.rhs, order='none')}" for e in self.equations]),
            "state_space": ",\\quad\n".join(f"{n} = {matrix_latex(getattr(self, n))}" for n in "ABC"),
            "characteristic_polynomial": grouped(self.characteristic_polynomial(), [z]),
        }


@dataclass(frozen=True)
class StepBlock:
    r"""The part of a run in u, in differences: :math:`d_k = u_k - u_{k-1}` and the inputs w.

    u is measured in :math:`G_1 \sqrt{2 L_2}`, so that with :math:`\nabla_2 f = G_1 \sqrt{2 L_2}\, w`
    the step in u is the method with input w.

    Attributes
    ----------
    query_offset
        :math:`v_k - u_k` in :math:`d_k`.
    next_difference
        :math:`d_{k+1}` in :math:`d_k, w_k`.
    query_difference
        :math:`v_k - v_{k-1}` in :math:`d_k, w_{k-1}`, or in :math:`d_k, d_{k-1}` where these do not suffice.
    """

    query_offset: sp.Expr
    next_difference: sp.Expr
    query_difference: sp.Expr

    def latex(self) -> str:
        r"""The three identities, for display mode.

        Examples
        --------
        >>> print(step_block("heavy_ball").latex())
        \begin{aligned}
        v_{k} - u_{k} &= 0\\
        d_{k+1} &= \beta d_{k} - \eta w_{k}\\
        v_{k} - v_{k-1} &= d_{k}
        \end{aligned}
        """
        rows = (
            ("v_{k} - u_{k}", self.query_offset),
            ("d_{k+1}", self.next_difference),
            ("v_{k} - v_{k-1}", self.query_difference),
        )
        return aligned([f"{left} &= {sp.latex(right)}" for left, right in rows])


def _gradient_descent() -> tuple[tuple[sp.Symbol, ...], list[sp.Eq], str]:
    with sp.evaluate(False):
        equations = [sp.Eq(y, x), sp.Eq(x_next, y - eta * g)]
    return (eta,), equations, "Cauchy 1847"


def _nesterov() -> tuple[tuple[sp.Symbol, ...], list[sp.Eq], str]:
    with sp.evaluate(False):
        equations = [sp.Eq(y, x + beta * (x - x_before)), sp.Eq(x_next, y - eta * g)]
    return (eta, beta), equations, "Nesterov 2018, (2.2.22), constant coefficients; Liao and Kyrillidis 2024, (2)"


def _heavy_ball() -> tuple[tuple[sp.Symbol, ...], list[sp.Eq], str]:
    with sp.evaluate(False):
        equations = [sp.Eq(y, x), sp.Eq(x_next, x - eta * g + beta * (x - x_before))]
    return (eta, beta), equations, "Polyak 1964"


def _triple_momentum() -> tuple[tuple[sp.Symbol, ...], list[sp.Eq], str]:
    with sp.evaluate(False):
        equations = [
            sp.Eq(y, sp.Add((1 + gamma) * x, -(gamma * x_before))),
            sp.Eq(x_next, sp.Add((1 + beta) * x, -(beta * x_before), -(eta * g))),
        ]
    return (eta, beta, gamma), equations, "Van Scoy, Freeman and Lynch 2018, the state sequence"


_TEXTBOOK = {
    "gradient_descent": _gradient_descent,
    "heavy_ball": _heavy_ball,
    "nesterov": _nesterov,
    "triple_momentum": _triple_momentum,
}
METHODS = tuple(_TEXTBOOK)


def recursion(method_name: str) -> StateSpace:
    """The state-space form of a method, solved from its textbook equations.

    Parameters
    ----------
    method_name
        One of `METHODS`.

    Raises
    ------
    NotSupported
        If the name is not one of these.

    Examples
    --------
    >>> recursion("triple_momentum").C
    Matrix([[gamma + 1, -gamma]])
    """
    if method_name not in _TEXTBOOK:
        raise NotSupported(f"expected method_name in {METHODS}, got {method_name=}")
    parameters, equations, source = _TEXTBOOK[method_name]()
    unknowns = [x_next, y]
    matrix, right = sp.linear_eq_to_matrix([sp.expand(e.doit().lhs - e.doit().rhs) for e in equations], *unknowns)
    solution = [sp.expand(entry) for entry in matrix.LUsolve(right)]
    state = linear_part([solution[0], x], [x, x_before, g])
    query = linear_part([solution[1]], [x, x_before, g])
    return StateSpace(method_name, parameters, tuple(equations), state[:, :2], state[:, 2:], query[:, :2], source)


def step_block(method_name: str) -> StepBlock:
    r"""The identities of the steps in u, derived from the recursion in unscaled units.

    Examples
    --------
    >>> step_block("nesterov").query_difference
    beta*d_{k} - eta*w_{k-1}
    """
    method = recursion(method_name)
    unit = G1 * sp.sqrt(2 * L2)
    query = method.query(unit * u, unit * u_before) / unit
    advanced = method.advance(unit * u, unit * u_before, unit * w) / unit

    def back(expression: sp.Expr, difference: sp.Expr) -> sp.Expr:
        return sp.expand(sp.expand(expression).xreplace({u_before: u - difference}))

    offset, following = back(query - u, d), back(advanced - u, d)
    query_before = back(query - u, d).xreplace({d: d_before}) - d
    difference = sp.expand(offset - query_before)
    arrival = following.xreplace({d: d_before, w: w_before})
    ratio = sp.cancel(difference.coeff(d_before) / arrival.coeff(d_before)) if arrival.has(d_before) else sp.S.Zero
    if ratio.is_number:
        difference = sp.expand(difference + ratio * (d - arrival))
    return StepBlock(offset, following, difference)
