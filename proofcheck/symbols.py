"""The conclusion of a claim in symbols: LaTeX for reports and notebooks, Unicode for a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from proofcheck.documents import Document
from proofcheck.families import function
from proofcheck.kernel.parameter.ratio import Ratio

LATEX = {
    "objective_gap": ("f({x}) - f^\\star", "f({x}) - f*"),
    "squared_distance": ("\\lVert {x} - x^\\star\\rVert^2", "|{x} - x*|^2"),
    "squared_gradient_norm": ("\\lVert\\nabla f({x})\\rVert^2", "|grad f({x})|^2"),
}


def claim_latex(claim: Document) -> str:
    r"""Return the conclusion in LaTeX.

    Examples
    --------
    >>> print(claim_latex({"class": {"name": "smooth_strongly_convex"}, "statement": {"kind": "worst_case",
    ...     "metric": "objective_gap", "initial": "objective_gap", "steps": 2, "bound": "1/4"}}))
    f(x_{2}) - f^\star \le \frac{1}{4}\,\bigl(f(x_{0}) - f^\star\bigr)
    """
    metric, initial, step = _sides(claim, 0)
    statement = claim["statement"]
    if statement["kind"] == "worst_case":
        return rf"{metric} \le {_fraction(statement['bound'])}\,\bigl({initial}\bigr)"
    if statement["kind"] == "rate_lower_bound":
        rate = _fraction(statement["rate"])
        return rf"\text{{no }}r<{rate}\text{{ and }}C\text{{ with }}{metric} \le C\,r^k\,\bigl({initial}\bigr)"
    some = statement["constant"] == "some"
    constant = "C" if some else _fraction(statement["constant"])
    if any(sign in constant[1:] for sign in "+-"):
        constant = rf"\bigl({constant}\bigr)"
    power = rf"\Bigl({_fraction(statement['rate'])}\Bigr)^{{{step}}}"
    return rf"{metric} \le {constant}\,{power}\,\bigl({initial}\bigr)\quad\text{{for all }}k\ge 0"


def claim_text(claim: Document) -> str:
    """Return the conclusion in plain symbols.

    Examples
    --------
    >>> claim_text({"class": {"name": "partial_strong_convexity"}, "statement": {"kind": "linear_rate",
    ...     "metric": "objective_gap", "initial": "objective_gap", "rate": "39/40", "constant": "5/2"}})
    'f(x_k, u_k) - f* <= 5/2 (39/40)^k (f(x_0, u_0) - f*)  for all k >= 0'
    """
    metric, initial, _ = _sides(claim, 1)
    statement = claim["statement"]
    if statement["kind"] == "worst_case":
        return f"{metric} <= {statement['bound']} ({initial})"
    rate = plain(statement["rate"])
    if statement["kind"] == "rate_lower_bound":
        return f"no r < {rate} and C with {metric} <= C r^k ({initial})  for all k >= 0"
    constant = "C" if statement["constant"] == "some" else plain(statement["constant"])
    exists = " and some C" if statement["constant"] == "some" else ""
    constant = f"({constant})" if " " in constant else constant
    return f"{metric} <= {constant} ({rate})^k ({initial})  for all k >= 0{exists}"


def _sides(claim: Document, form: int) -> tuple[str, str, str]:
    statement = claim["statement"]
    step = str(statement["steps"]) if statement["kind"] == "worst_case" else "k"

    def point(index: str) -> str:
        subscript = f"_{{{index}}}" if form == 0 else f"_{index}"
        partial = claim["class"]["name"] == "partial_strong_convexity"
        return f"x{subscript}" + (f", u{subscript}" if partial else "")

    metric, initial = LATEX[statement["metric"]][form], LATEX[statement["initial"]][form]
    return metric.replace("{x}", point(step)), initial.replace("{x}", point("0")), step


def plain(value: Any) -> str:
    """A number or a function of q for a terminal.

    Examples
    --------
    >>> plain("3/4"), plain(["1", "-1/4"])
    ('3/4', '1 - 1/4 q')
    """
    return value if isinstance(value, str) else str(function(value, "function"))


def polynomial(coefficients: Iterable[Fraction | int]) -> str:
    r"""A polynomial in q in LaTeX.

    Examples
    --------
    >>> print(polynomial([1, Fraction(-1, 4), 0, 2]))
    1-\frac{1}{4}q+2q^{3}
    """
    shown = ""
    for power, c in enumerate(coefficients):
        if c:
            name = ("", "q", f"q^{{{power}}}")[min(power, 2)]
            size = _fraction(str(abs(c))) if abs(c) != 1 or not power else ""
            shown += ("-" if c < 0 else "+" if shown else "") + size + name
    return shown or "0"


def function_latex(found: Ratio) -> str:
    r"""A rational function of q in LaTeX, for math mode.

    Examples
    --------
    >>> from proofcheck.families import Q
    >>> print(function_latex((1 - Q) / (1 + Q)), function_latex(1 - Q / 4))
    \frac{1-q}{1+q} 1-\frac{1}{4}q
    """
    below = found.denominator
    if len(below) == 1:
        return polynomial(Fraction(x, below[0]) for x in found.numerator)
    return rf"\frac{{{polynomial(found.numerator)}}}{{{polynomial(below)}}}"


def _fraction(value: Any) -> str:
    if not isinstance(value, str):
        return function_latex(function(value, "function"))
    number = Fraction(value)
    return str(number) if number.denominator == 1 else rf"\frac{{{number.numerator}}}{{{number.denominator}}}"
