"""The proof of a theorem on one page of Markdown, from its certificate, in coordinates a person would choose.

Vectors: e = x_k - x*(v_{k-1}), d = (x_k - x_{k-1})/(1 + q), g = grad_1 f(y_k, v_k), a = x*(v_k) - x*(v_{k-1}); in u,
h = (u_k - u_{k-1})/(1 + q), w_{k-1}, w_k; and roots R of values. For classical momentum y_k - x_k = (1 - q) d, so
that all entries are polynomials.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from proofcheck.documents import Document, parse
from proofcheck.families import Q
from proofcheck.kernel.claim import Claim
from proofcheck.kernel.forms import SPACES, Form, Vector, combine, inner
from proofcheck.kernel.parameter.ratio import Ratio, of
from proofcheck.kernel.rules import lyapunov
from proofcheck.kernel.rules.combine import read_terms, slack
from proofcheck.kernel.run import Run

from .functions import display as latex
from .minors import integral, intervals, leading

ONE = Fraction(1)
WORDS = {"x": "vectors in $x$", "u": "vectors in $u$", "r": "roots of values"}


def proof_block(claim: Document, certificate: Document) -> str:
    """Multipliers, slack matrices and leading minors of a certificate of rule lyapunov for classical momentum.

    Parameters
    ----------
    claim, certificate : dict
        Of format 2, accepted by the kernel.

    Returns
    -------
    str
        Markdown with LaTeX.
    """
    read = parse(claim)
    number = read.field.number
    v = lyapunov.Lyapunov(certificate["lyapunov"], read.problem.partial, number)
    statement: Any = read.statement
    lines = ["### The Lyapunov function", "", _function(v), ""]
    for part, (run, goal) in lyapunov.goals(read, statement, v, number(certificate["constant"], "constant")).items():
        terms = read_terms(certificate[part], part, number)
        lines += [f"### {part}", ""]
        if terms:
            lines += ["| inequality | at | multiplier |", "|---|---|---|"]
            lines += [f"| {name} | `{', '.join(at)}` | ${latex(of(m))}$ |" for name, at, m in terms]
            lines.append("")
        rest = _changed(slack(read, run, goal, terms, part), _coordinates(read, run))
        for space in SPACES:
            lines += _matrix(space, *rest.matrix(space), run)
    return "\n".join(lines).rstrip() + "\n"


def _function(v: lyapunov.Lyapunov) -> str:
    """The coefficients of V in one line."""
    named = {
        f"{name}_{{{i + 1}{j + 1}}}": rows[i][j]
        for name, rows in (("P", v.x), ("B", v.u))
        for i, j in ((0, 0), (0, 1), (1, 1))
    }
    return ",\n".join(f"${key}={latex(of(value))}$" for key, value in named.items() if value) + "."


def _coordinates(claim: Claim, run: Run) -> dict[tuple[str, str], Vector]:
    """The kernel's basis vectors in the page's coordinates."""
    if not run.generic:
        return {}
    beta: Ratio = claim.method.coefficients["beta"]
    inverse = Ratio(beta.denominator, beta.numerator)  # only products with beta remain
    e, d = Vector("x", {"e": ONE}), _times(1 + Q, Vector("x", {"d": ONE}))
    h, w = _times(1 + Q, Vector("u", {"h": ONE})), Vector("u", {"w[k-1]": ONE})
    (gradient,) = (name for name in run.x["x[k]"].terms if name.startswith("g("))
    older = Vector("x", {"x[k-2]": ONE})
    return {
        ("x", "x[k-1]"): e - d,
        ("x", gradient): _times(1 + beta, e - d) - _times(beta, older) - e,
        ("u", "u[k-2]"): _times(-1 * inverse, h + w),
    }


def _times(factor: Any, vector: Vector) -> Vector:
    return Vector(vector.space, {name: factor * value for name, value in vector.terms.items()})


def _changed(form: Form, replace: dict[tuple[str, str], Vector]) -> Form:
    parts = []
    gram = {space: dict(form.gram[space]) for space in SPACES}
    for space in SPACES:
        for (a, b), value in list(gram[space].items()):
            if (space, a) in replace or (space, b) in replace:
                del gram[space][a, b]
                left, right = (replace.get((space, name)) or Vector(space, {name: ONE}) for name in (a, b))
                parts.append((value, inner(left, right)))
    return combine([(1, Form({}, gram)), *parts])


def _matrix(space: str, names: list[str], matrix: list[list[Any]], run: Run) -> list[str]:
    if not names:
        return []
    order = sorted(range(len(names)), key=lambda i: ("*" in names[i], names[i] == "e", names[i]))
    names = [names[i] for i in order]
    entries = [[of(matrix[i][j]) for j in order] for i in order]
    shown = ", ".join(f"${_name(space, name, run)}$" for name in names)
    lines = [f"Slack in the {WORDS[space]} {shown}; entries $M_{{ij}}$, $i\\le j$, those not listed are 0:", ""]
    for i, row in enumerate(entries):
        for j in range(i, len(row)):
            if row[j]:
                lines.append(f"- $M_{{{i + 1}{j + 1}}}={latex(row[j])}$")
    factor, rows = integral(entries)
    lines += ["", f"Leading minors of $M$ divided by ${latex(factor)}$, up to positive constants:", ""]
    for size, minor in enumerate(leading(rows), 1):
        lines.append(f"- $m_{{{size}}}$: {_minor(minor)}")
    return [*lines, ""]


def _minor(p: tuple[int, ...]) -> str:
    from math import gcd

    if not p:
        return "0, with a zero row"
    first = next(i for i, x in enumerate(p) if x)
    content = gcd(*p)
    listed = ", ".join(str(x // content) for x in p[first:])
    pieces = intervals(p)
    return f"$q^{{{first}}}$ times the polynomial with coefficients {listed} ({pieces} interval{'s' * (pieces != 1)})"


def _name(space: str, name: str, run: Run) -> str:
    if name.startswith("g("):
        return "g" if run.generic else "g_0"
    if name.startswith("x*("):
        return "a"
    if space == "r":
        x, _, u = name.partition("@")
        return f"R({_position(x)},{_position(u)})"
    return "x_0-x^\\star(u_0)" if name == "x[0]" else _position(name)


def _position(label: str) -> str:
    if label.startswith("x*["):
        return f"x^\\star({_position(label[3:-1])})"
    letter, bracket, index = label.partition("[")
    return f"{letter}_{{{index[:-1]}}}" if bracket else letter
