"""The Lyapunov conditions as LaTeX for a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as sp

from .recursion import step_block
from .symbols import METHOD_PARAMETERS, aligned, constant, gram_terms, grouped, matrix_latex, rho

if TYPE_CHECKING:
    from .lyapunov import LyapunovConditions, QuadraticForm, State

LETTERS = (constant, rho, *METHOD_PARAMETERS)


def conditions_latex(case: LyapunovConditions) -> dict[str, str]:
    r"""Named pieces, in the order in which a report would print them; each is for display mode.

    Examples
    --------
    >>> from proofcheck.encode import lyapunov_conditions
    >>> case = lyapunov_conditions("smooth_strongly_convex", "nesterov", "objective_gap", "objective_gap")
    >>> print(conditions_latex(case)["step"])
    \begin{pmatrix}p_{1}^{+}\\p_{2}^{+}\\p_{3}^{+}\end{pmatrix} =
    \begin{pmatrix}1 & \beta & 0 & - \eta\\0 & \beta & 0 & - \eta\\0 & 0 & 0 & 1\end{pmatrix}
    \begin{pmatrix}p_{1}\\p_{2}\\p_{3}\\p_{4}\end{pmatrix}
    """
    pieces = case.method.latex()
    if case.partial:
        pieces["u_block"] = step_block(case.method_name).latex()
    pieces["state"] = aligned([*_names("p", case.x_state), *_names("b", case.u_state)])
    v, decrease = case.lyapunov, case.decrease
    sums = [r"\sum_{i,j=1}^{3} P_{ij} \langle p_{i}, p_{j}\rangle"]
    changes = [rf"\sum_{{i,j=1}}^{{{len(case.x_state)}}} D_{{ij}} \langle p_{{i}}, p_{{j}}\rangle"]
    if case.partial:
        sums.append(r"\sum_{i,j=1}^{2} B_{ij} \langle b_{i}, b_{j}\rangle")
        changes.append(r"\sum_{i,j=1}^{3} E_{ij} \langle b_{i}, b_{j}\rangle")
    pieces["lyapunov"] = _with_sums("V_{k}", v, sums)
    pieces["step"] = _step("p", case.x_step)
    if case.partial:
        pieces["u_step"] = _step("b", case.u_step)
    pieces["decrease"] = _with_sums(r"\rho V_{k} - V_{k+1}", decrease, changes, r" \ge 0")
    pieces["decrease_x"] = _entries("D", case.decrease_x)
    if case.partial:
        pieces["decrease_u"] = _entries("E", case.decrease_u)
    pieces["start"] = _lines(case.start)
    pieces["base"] = _lines(case.base)
    pieces["bound"] = rf"V_{{k}} - {_metric(case)} \ge 0"
    return pieces


def _names(letter: str, state: State) -> list[str]:
    return [f"{letter}_{{{number}}} &= {name}" for number, (name, _) in enumerate(state, 1)]


def _metric(case: LyapunovConditions) -> str:
    if case.metric == "objective_gap":
        return "F(x_{k},u_{k})" if case.partial else "F(x_{k})"
    if case.metric == "squared_distance":
        return r"\lVert x_{k} - x^{\star}\rVert^2"
    return r"\lVert \nabla f(x_{k})\rVert^2"


def _value_terms(form: QuadraticForm) -> list[tuple[sp.Expr, str]]:
    pairs = zip(form.values, form.value_basis, strict=True)
    return [(coefficient, sp.latex(value)) for coefficient, value in pairs if coefficient != 0]


def _with_sums(left: str, form: QuadraticForm, sums: list[str], end: str = "") -> str:
    """A form whose quadratic part is given as sums over named entries."""
    values = "".join(_term(*term, first=number == 0) for number, term in enumerate(_value_terms(form)))
    return aligned([f"{left} &= {values}", r"&\quad + " + " + ".join(sums) + end])


def _step(letter: str, step: sp.ImmutableMatrix) -> str:
    new = r"\\".join(f"{letter}_{{{i}}}^{{+}}" for i in range(1, step.rows + 1))
    old = r"\\".join(f"{letter}_{{{i}}}" for i in range(1, step.cols + 1))
    wrap = r"\begin{{pmatrix}}{}\end{{pmatrix}}"
    return f"{wrap.format(new)} =\n{matrix_latex(step)}\n{wrap.format(old)}"


def _entries(letter: str, matrix: sp.ImmutableMatrix) -> str:
    """The entries on and above the diagonal that are not zero, one on a line."""
    rows = []
    for i in range(matrix.rows):
        for j in range(i, matrix.cols):
            if matrix[i, j] != 0:
                rows.append(f"{letter}_{{{i + 1}{j + 1}}} &= {grouped(matrix[i, j], LETTERS)}")
    return aligned(rows)


def _lines(form: QuadraticForm) -> str:
    """A form on a run from rest, one term on a line where it has inner products."""
    minimisers = [s for s in form.x_basis if r"\star" in s.name]
    terms = _value_terms(form)
    start = form.x_basis[0]
    shifted = sp.Symbol(f"{sp.latex(start)} - {sp.latex(minimisers[0])}" if minimisers else "x - 0")
    expression = sp.S.Zero
    for matrix, basis in ((form.x, form.x_basis), (form.u, form.u_basis)):
        vector = sp.Matrix([s.xreplace({start: shifted}) for s in basis if s not in minimisers])
        kept = [i for i, s in enumerate(basis) if s not in minimisers]
        expression += (vector.T * matrix.extract(kept, kept) * vector)[0] if kept else 0
    vectors = [shifted, *(s for s in (*form.x_basis, *form.u_basis) if expression.has(s))]
    terms += gram_terms(expression, vectors, []) if expression != 0 else []
    shown = [_term(*term, first=number == 0) for number, term in enumerate(terms)]
    if len(shown) <= 2:
        return "".join(shown) + r" \ge 0"
    return aligned([("&" if number == 0 else r"&\quad") + line for number, line in enumerate(shown)]) + r" \ge 0"


def _term(coefficient: sp.Expr, factor: str, *, first: bool) -> str:
    """One term of a sum, its coefficient grouped and in brackets where it is a sum."""
    negative = sp.expand(coefficient).could_extract_minus_sign()
    size = sp.expand(-coefficient if negative else coefficient)
    number = "" if size == 1 else grouped(size, LETTERS) + r"\, "
    if size.is_Add:
        number = rf"\left({grouped(size, LETTERS)}\right) "
    sign = ("-" if negative else "") if first else (" - " if negative else " + ")
    return f"{sign}{number}{factor}"
