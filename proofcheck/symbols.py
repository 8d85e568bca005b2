"""The conclusion of a claim in symbols: LaTeX for reports and notebooks, Unicode for a terminal."""

from __future__ import annotations

from fractions import Fraction

from proofcheck.documents import Document

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
    some = statement["constant"] == "some"
    constant = "C" if some else _fraction(statement["constant"])
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
    constant = "C" if statement["constant"] == "some" else statement["constant"]
    exists = " and some C" if statement["constant"] == "some" else ""
    return f"{metric} <= {constant} ({statement['rate']})^k ({initial})  for all k >= 0{exists}"


def _sides(claim: Document, form: int) -> tuple[str, str, str]:
    statement = claim["statement"]
    step = str(statement["steps"]) if statement["kind"] == "worst_case" else "k"

    def point(index: str) -> str:
        subscript = f"_{{{index}}}" if form == 0 else f"_{index}"
        partial = claim["class"]["name"] == "partial_strong_convexity"
        return f"x{subscript}" + (f", u{subscript}" if partial else "")

    metric, initial = LATEX[statement["metric"]][form], LATEX[statement["initial"]][form]
    return metric.replace("{x}", point(step)), initial.replace("{x}", point("0")), step


def _fraction(text: str) -> str:
    number = Fraction(text)
    return str(number) if number.denominator == 1 else rf"\frac{{{number.numerator}}}{{{number.denominator}}}"
