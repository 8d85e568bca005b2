"""Claims with named premises or a linear method: what their documents say about themselves, in LaTeX.

In symbols a linear method is the triple momentum method with other numbers: as its coefficients add to 1,
y = x + gamma dx and x+ = x + beta dx - eta g with beta = -state_1 and gamma = -query_1.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from proofcheck.classes import Inequality
from proofcheck.kernel.claim import Claim
from proofcheck.kernel.classes.premise import Premise
from proofcheck.methods import REGISTRY as METHODS

from . import notation
from .escape import Tex, text

SYMBOLIC_CLASS = "smooth_strongly_convex"  # whose values, gradients and minimiser are named alike
SYMBOLIC_METHOD = "triple_momentum"
IN_A_ROW = 4
DISCHARGED = Tex("a premise, not discharged by the kernel")
BEFORE = Tex(
    r"$f$ is differentiable and has a minimiser $x^\star$ for which the following hold; $x_i$ is point $i$, "
    r"$g_i=\nabla f(x_i)$, $F_i=f(x_i)-f^\star$."
)


def listed(claim: Claim) -> list[Premise]:
    """The premises of a claim, in the order in which they are numbered."""
    return [entry for entry in claim.problem.inequalities.values() if isinstance(entry, Premise)]


def tag(claim: Claim, premise: Premise) -> Tex:
    """How a report calls a premise."""
    return Tex(f"N{1 + [entry.name for entry in listed(claim)].index(premise.name)}")


def source(premise: Premise) -> Tex:
    """Where a premise comes from, and that it is one."""
    cited = text(premise.source)
    return Tex(f"{cited}; {DISCHARGED}" if cited else DISCHARGED)


def about(premise: Premise) -> Tex:
    """The points of a premise."""
    return Tex("any two points $i$, $j$" if len(premise.points) == 2 else "any point $i$")


def statement(premise: Premise) -> Tex:
    """A premise, for display mode."""
    terms = Inequality(points=len(premise.points), values=premise.values, gram=premise.gram).terms() or ["0"]
    rows = ["".join(terms[i : i + IN_A_ROW]) for i in range(0, len(terms), IN_A_ROW)]
    if len(rows) == 1:
        return Tex(rf"{rows[0]}\;\ge\;0")
    return Tex(r"\begin{aligned}&" + r"\\&\quad ".join(rows) + r"\;\ge\;0\end{aligned}")


def assumptions(claim: Claim) -> list[Tex]:
    """What is assumed of f, one item each."""
    items = [BEFORE]
    for premise in listed(claim):
        name, shown = text(premise.name), statement(premise)
        items.append(
            Tex(rf"({tag(claim, premise)}) \textbf{{{name}}}, {source(premise)}. For {about(premise)}: \[{shown}\]")
        )
    member = notation.fraction(claim.problem.member or Fraction(0), small=True)
    items.append(
        Tex(
            rf"The class is not empty: the kernel checked that $f=\frac c2\lVert x\rVert^2$ with $c={member}$ is in it."
        )
    )
    return items


def symbol(name: str, known: Mapping[str, str]) -> str:
    """A parameter of somebody else's class, for math mode."""
    return known.get(name) or rf"\mathit{{{text(name)}}}"


def method_of(claim: Claim) -> tuple[Tex, Tex]:
    """What a report calls the method, and where it is from."""
    if claim.method.name == "linear":
        return Tex("a method with two iterates of memory"), Tex("its recursion as the claim gives it")
    method = METHODS[claim.method.name]
    return text(method.title), text(method.source)


def coefficients(claim: Claim) -> dict[str, Any]:
    """The coefficients of a method in the symbols of the report."""
    c = claim.method.coefficients
    if claim.method.name != "linear":
        return c
    return {"eta": c["eta"], "beta": 0 - c["state_1"], "gamma": 0 - c["query_1"]}


def symbolic(claim: Claim) -> tuple[str, str]:
    """The class and the method under whose names `encode` derives the same forms."""
    class_name = SYMBOLIC_CLASS if claim.problem.assumed else claim.problem.name
    return class_name, SYMBOLIC_METHOD if claim.method.name == "linear" else claim.method.name
