"""The letters of the theory, and how expressions in them are typeset.

Vectors are commuting scalar symbols: inequalities of a class are linear in function values and in
inner products, so the polynomial of a form in dimension one has the coefficients of its Gram form,
the product `a*b` standing for the inner product of a and b.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sympy as sp

mu, L1, L2, G1, G2 = sp.symbols("mu L_{1} L_{2} G_{1} G_{2}", positive=True)
eta, beta, gamma, rho = sp.symbols("eta beta gamma rho", real=True)
constant = sp.Symbol("C", real=True)
curvature = sp.Symbol("lambda", real=True)
a0, a1 = sp.symbols("a_{0} a_{1}")
z = sp.Symbol("z")

CLASS_PARAMETERS = (mu, L1, L2, G1, G2)
METHOD_PARAMETERS = (eta, beta, gamma)


def step_name(index: int, generic: bool) -> str:
    r"""The name of a step in formulas: "0", "1", ... from rest, "k-1", "k", "k+1" in a generic run.

    Examples
    --------
    >>> step_name(-1, generic=True), step_name(0, generic=True), step_name(2, generic=False)
    ('k-1', 'k', '2')
    """
    if not generic:
        return str(index)
    return "k" if index == 0 else f"k{index:+d}"


def linear_part(expressions: Sequence[sp.Expr], basis: Sequence[sp.Symbol]) -> sp.ImmutableMatrix:
    """The matrix M with expressions = M basis; raises ValueError if there is a remainder.

    Examples
    --------
    >>> a, b = sp.symbols("a b")
    >>> linear_part([a - beta * b, 2 * b], [a, b])
    Matrix([
    [1, -beta],
    [0,     2]])
    """
    if not expressions or not basis:
        return sp.ImmutableMatrix(sp.zeros(len(expressions), len(basis)))
    matrix, rest = sp.linear_eq_to_matrix(list(expressions), *basis)
    if any(sp.expand(entry) != 0 for entry in rest):
        raise ValueError(f"expected linear forms in {list(basis)}, got expressions={list(expressions)}")
    return sp.ImmutableMatrix(matrix.applyfunc(sp.expand))


def gram_terms(form: sp.Expr, vectors: Sequence[sp.Symbol], values: Sequence[sp.Symbol]) -> list[tuple[sp.Expr, str]]:
    r"""Pairs (coefficient, LaTeX of the value or inner product) of a form, values first.

    Examples
    --------
    >>> x, g, F = sp.symbols("x g F")
    >>> gram_terms(F - eta * x * g + mu * x**2 / 2, [x, g], [F])
    [(1, 'F'), (mu/2, '\\lVert x\\rVert^2'), (-eta, '\\langle x, g\\rangle')]
    """
    symbols = [*values, *vectors]
    if form == 0:
        return []
    terms = []
    for powers, coefficient in sp.Poly(form, *symbols).terms():
        names = [sp.latex(s) for s, power in zip(symbols, powers, strict=True) for _ in range(power)]
        if len(names) == 1:
            shown = names[0]
        elif names[0] == names[1]:
            shown = rf"\lVert {names[0]}\rVert^2"
        else:
            shown = rf"\langle {names[0]}, {names[1]}\rangle"
        terms.append((coefficient, shown))
    return terms


def sum_latex(terms: Iterable[tuple[sp.Expr, str]]) -> str:
    r"""LaTeX of a sum of coefficients times typeset factors; "0" if it is empty.

    Examples
    --------
    >>> sum_latex([(sp.Integer(1), "F"), (-mu / 2, r"\lVert x\rVert^2"), (rho - 1, "G")])
    'F - \\frac{\\mu}{2} \\lVert x\\rVert^2 + \\left(\\rho - 1\\right) G'
    """
    return "".join(sum_pieces(terms)) or "0"


def sum_pieces(terms: Iterable[tuple[sp.Expr, str]]) -> list[str]:
    r"""The terms of such a sum with their signs, to be joined or broken into lines.

    Examples
    --------
    >>> sum_pieces([(sp.Integer(1), "F"), (-mu, "G")])
    ['F', ' - \\mu G']
    """
    pieces: list[str] = []
    for coefficient, factor in terms:
        negative = not coefficient.is_Add and coefficient.could_extract_minus_sign()
        size = -coefficient if negative else coefficient
        number = "" if size == 1 else sp.latex(size) + " "
        number = rf"\left({sp.latex(size)}\right) " if size.is_Add else number
        pieces.append(_sign(negative, bool(pieces)) + number + factor)
    return pieces


def grouped(expression: sp.Expr, letters: Iterable[sp.Symbol]) -> str:
    r"""LaTeX of a polynomial, grouped by monomials of the given letters.

    Examples
    --------
    >>> p, q = sp.symbols("p q")
    >>> grouped(sp.expand(rho * p - beta**2 * (p + 2 * q)), [rho, beta])
    '\\rho p - \\beta^{2} \\left(p + 2 q\\right)'
    """
    present = [letter for letter in letters if expression.has(letter)]
    groups = sp.Poly(expression, *present).terms() if present else [((), expression)]
    shown = ""
    for powers, inner in groups:
        monomial = sp.Mul(*(s**n for s, n in zip(present, powers, strict=True)))
        content, rest = inner.as_content_primitive()
        negative = rest.could_extract_minus_sign() != (content < 0)
        content, rest = abs(content), -rest if rest.could_extract_minus_sign() else rest
        outer, body = sp.latex(content * monomial), sp.latex(rest)
        if rest.is_Add and (negative or outer != "1"):
            body = rf"\left({body}\right)"
        if outer != "1":
            body = outer if body == "1" else f"{outer} {body}"
        shown += _sign(negative, bool(shown)) + body
    return shown or "0"


def matrix_latex(matrix: sp.ImmutableMatrix) -> str:
    r"""LaTeX of a matrix in round brackets.

    Examples
    --------
    >>> matrix_latex(sp.ImmutableMatrix([[1, 0]]))
    '\\begin{pmatrix}1 & 0\\end{pmatrix}'
    """
    rows = r"\\".join(" & ".join(sp.latex(entry) for entry in row) for row in matrix.tolist())
    return rf"\begin{{pmatrix}}{rows}\end{{pmatrix}}"


def aligned(rows: Sequence[str]) -> str:
    r"""LaTeX of lines aligned at "&".

    Examples
    --------
    >>> aligned(["a &= b"])
    '\\begin{aligned}\na &= b\n\\end{aligned}'
    """
    return "\\begin{aligned}\n" + "\\\\\n".join(rows) + "\n\\end{aligned}"


def _sign(negative: bool, before: bool) -> str:
    if not before:
        return "-" if negative else ""
    return " - " if negative else " + "
