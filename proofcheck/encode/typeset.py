"""The Lyapunov conditions as LaTeX for a report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import sympy as sp

from .recursion import step_block
from .symbols import METHOD_PARAMETERS, a1, aligned, constant, gram_terms, grouped, matrix_latex, rho, sum_latex

if TYPE_CHECKING:
    from .lyapunov import LyapunovConditions, QuadraticForm, State

_W = r"\frac{1}{G_{1} \sqrt{2 L_{2}}} \nabla_2 f(y_{k},v_{k})"
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
    pieces["inputs"] = r"F = f - f^{\star},\qquad g_{k} = \nabla f(y_{k})"
    if case.partial:
        pieces["inputs"] = r"F = f - f^{\star},\qquad g_{k} = \nabla_1 f(y_{k},v_{k}),\qquad w_{k} = " + _W
        pieces["u_recursion"] = _in_u(pieces["recursion"])
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
    names = _rest_names((case.start, case.base))
    pieces["rest_state"] = aligned([f"{sp.latex(e)} &= {sp.latex(vector)}" for vector, e in names.items()])
    initial, metric = _measured(case, case.initial, "0"), _measured(case, case.metric, "0")
    pieces["start"] = _lines(f"C {initial} - {metric}", case.start, names)
    pieces["base"] = _lines(rf"C \rho {initial} - V_{{1}}", case.base, names)
    pieces["bound"] = rf"V_{{k}} - {_measured(case, case.metric, 'k')} \ge 0"
    return pieces


def _in_u(recursion: str) -> str:
    """The recursion of the second block: the same method, in units of G1 sqrt(2 L2)."""
    for letter, other in (("x_{", "u_{"), ("y_{", "v_{"), ("g_{", "w_{")):
        recursion = recursion.replace(letter, other)
    return recursion


def _names(letter: str, state: State) -> list[str]:
    return [f"{letter}_{{{number}}} &= {name}" for number, (name, _) in enumerate(state, 1)]


def _measured(case: LyapunovConditions, metric: str, step: str) -> str:
    if metric == "objective_gap":
        return f"F(x_{{{step}}},u_{{{step}}})" if case.partial else f"F(x_{{{step}}})"
    if metric == "squared_distance":
        return rf"\lVert x_{{{step}}} - x^{{\star}}\rVert^2"
    return rf"\lVert \nabla f(x_{{{step}}})\rVert^2"


def _value_terms(form: QuadraticForm) -> list[tuple[sp.Expr, str]]:
    pairs = sorted(zip(form.values, form.value_basis, strict=True), key=lambda pair: pair[0].has(a1))
    return [(coefficient, sp.latex(value)) for coefficient, value in pairs if coefficient != 0]


def _with_sums(left: str, form: QuadraticForm, sums: list[str], end: str = "") -> str:
    """A form whose quadratic part is given as sums over named entries."""
    values = [_term(*term, first=number == 0) for number, term in enumerate(_value_terms(form))]
    rows = ["".join(values[at : at + 2]) for at in range(0, len(values), 2)] + [" + " + " + ".join(sums) + end]
    return aligned([f"&{left} = {rows[0]}", *(r"&\quad" + row for row in rows[1:])])


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
                rows.append(f"{letter}_{{{i + 1}{j + 1}}} &= {_entry(matrix[i, j])}")
    return aligned(rows)


def _entry(entry: sp.Expr) -> str:
    inner = entry.free_symbols - set(LETTERS)
    if len(inner) == 1:
        (symbol,) = inner
        return sum_latex([(entry.coeff(symbol), sp.latex(symbol))])
    return grouped(entry, LETTERS)


def _rest_names(forms: Sequence[QuadraticForm]) -> dict[sp.Symbol, sp.Symbol]:
    """Short names e_i for the vectors that these forms on a run from rest are about."""
    about = [_quadratic(form) for form in forms]
    found = [s for s in (_offset(forms[0]), *forms[0].x_basis, *forms[0].u_basis) if any(q.has(s) for q in about)]
    return {vector: sp.Symbol(f"e_{{{number}}}") for number, vector in enumerate(found, 1)}


def _start_and_minimiser(form: QuadraticForm) -> tuple[sp.Symbol, sp.Symbol]:
    return form.x_basis[0], next(s for s in form.x_basis if r"\star" in s.name)


def _offset(form: QuadraticForm) -> sp.Symbol:
    start, minimiser = _start_and_minimiser(form)
    return sp.Symbol(f"{sp.latex(start)} - {sp.latex(minimiser)}")


def _quadratic(form: QuadraticForm) -> sp.Expr:
    """The quadratic part with x_0 = x* + offset; x* itself cancels."""
    start, minimiser = _start_and_minimiser(form)
    quadratic = form.expression - sum(c * f for c, f in zip(form.values, form.value_basis, strict=True))
    return sp.expand(quadratic.xreplace({start: minimiser + _offset(form)}))


def _lines(left: str, form: QuadraticForm, names: dict[sp.Symbol, sp.Symbol]) -> str:
    """A form on a run from rest, one term on a line where it has inner products."""
    terms = [*_value_terms(form), *gram_terms(_quadratic(form).xreplace(names), list(names.values()), [])]
    rows = [_term(*term, first=number == 0) for number, term in enumerate(terms) if term[0] != 0]
    if len(rows) <= 2:
        return f"{left} = {''.join(rows) or '0'}" + r" \ge 0"
    return aligned([f"&{left} = {rows[0]}", *(r"&\quad" + row for row in rows[1:-1]), rf"&\quad{rows[-1]} \ge 0"])


def _term(coefficient: sp.Expr, factor: str, *, first: bool) -> str:
    """One term of a sum, its coefficient grouped and in brackets where it is a sum."""
    negative = sp.expand(coefficient).could_extract_minus_sign()
    size = sp.expand(-coefficient if negative else coefficient)
    number = "" if size == 1 else grouped(size, LETTERS) + r"\, "
    if size.is_Add:
        number = rf"\left({grouped(size, LETTERS)}\right) "
    sign = ("-" if negative else "") if first else (" - " if negative else " + ")
    return f"{sign}{number}{factor}"
