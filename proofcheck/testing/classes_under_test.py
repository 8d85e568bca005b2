"""A problem class as conformance sees it: its inequalities as forms in the names of two points.

Names: x_i, g_i, u_i, w_i (the step in u), z_i (the minimiser over x at u_i), R_i = sqrt(F_i), F_i; and with j. On the
classes of third parties x_i stands for x_i - x*.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from proofcheck.errors import InvalidInput
from proofcheck.kernel import Refusal
from proofcheck.kernel import classes as kernel_classes
from proofcheck.kernel.classes.named_premises import premise
from proofcheck.kernel.forms import Form, Pair, Vector, value
from proofcheck.kernel.run import Point

SPACE = {"x": "x", "g": "x", "z": "x", "u": "u", "w": "u", "R": "r"}
ABOUT = {
    "nonnegative_value": "point",
    "value_root": "same x",
    "gradient_lipschitz": "same x",
    "step_bound": "step",
    "minimisers": "two u",
}
"""What the points of a shipped inequality share; "same u" where it is not listed."""
ONE_POINT = ("point", "step")
SHIPPED: dict[str, list[dict[str, str]]] = {
    "smooth_strongly_convex": [{"mu": "1", "L1": "5"}, {"mu": "2/3", "L1": "7"}, {"mu": "2", "L1": "2"}],
    "partial_strong_convexity": [
        {"mu": "2", "L1": "18", "L2": "8/9", "G1": "3/5", "G2": "8/5"},
        {"mu": "1/2", "L1": "9/2", "L2": "7/10", "G1": "9/10"},
        {"mu": "2", "L1": "8", "L2": "3", "G1": "0"},
    ],
}
"""Parameters at which shipped classes are tested: generic ones, and those at the border of the domain."""


class Site:
    """Two points of an unknown function in place of a run, every quantity with a name of its own."""

    def __init__(self, about: str, partial: bool) -> None:
        self.partial = partial
        self._same = about.removeprefix("same ") if about.startswith("same ") else ""

    def _vector(self, letter: str, label: str) -> Vector:
        if letter == "u" and not self.partial:
            return Vector("u", {})
        name = f"{letter}_{'i' if letter == self._same else label}"
        return Vector(SPACE[letter], {name: Fraction(1)})

    def point(self, label: str) -> Point:
        """Point i or j, also as "y[i]@v[i]"."""
        at = label if len(label) == 1 else label[2]
        found = [self._vector(letter, at) for letter in "xuRg"]
        return Point(found[0], found[1], value(f"F_{at}"), found[2], found[3])

    def x_at(self, label: str) -> Vector:
        """The minimiser "x*[i]"."""
        return self._vector("z", label[3])

    def u_at(self, label: str) -> Vector:
        """Position i or j in u."""
        return self._vector("u", label)

    def w_at(self, label: str) -> Vector:
        """The step in u taken at point i or j."""
        return self._vector("w", label)


@dataclass(frozen=True)
class Statement:
    """One inequality: a form that is >= 0, and what its points share ("same u", "same x", "point", "step", "two u")."""

    name: str
    form: Form
    about: str
    source: str = ""
    latex: str = ""


@dataclass(frozen=True)
class ClassUnderTest:
    """A class with parameters, and its inequalities.

    Attributes
    ----------
    problem
        The instance.
    shipped
        Whether the kernel knows the class by name; else its inequalities are its own.
    parameters
        Its fields that are exact numbers.
    statements
        Those that apply at these parameters, by name.
    """

    problem: Any
    shipped: bool
    parameters: dict[str, Fraction]
    statements: dict[str, Statement] = field(repr=False)

    @property
    def partial(self) -> bool:
        """Whether functions have a second block u."""
        return self.shipped and bool(self.problem.partial)


def instances(cls: Any, parameters: Mapping[str, Any] | None = None) -> list[Any]:
    """The class at given parameters, or at those where it is tested.

    Raises
    ------
    InvalidInput
        If a third party's class comes without parameters, or the parameters are refused.

    Examples
    --------
    >>> from proofcheck import SmoothStronglyConvex
    >>> [(problem.mu, problem.L1) for problem in instances(SmoothStronglyConvex)][-1]
    (Fraction(2, 1), Fraction(2, 1))
    """
    if not isinstance(cls, type):
        if parameters is not None:
            raise InvalidInput(f"parameters={dict(parameters)}: {type(cls).__name__} has its parameters already")
        if not (hasattr(cls, "inequalities") or is_shipped(cls)):
            raise InvalidInput(f"cls={cls!r} must be a problem class: it has no inequalities")
        return [cls]
    if parameters is not None:
        return [cls(**parameters)]
    name = getattr(cls, "name", None)
    if is_shipped(cls):
        return [cls(**given) for given in SHIPPED[str(name)]]
    message = f"parameters=None: {cls.__name__} needs parameters=..., or give an instance"
    raise InvalidInput(message)


def is_shipped(cls: Any) -> bool:
    """Whether the kernel knows the inequalities of the class."""
    return not hasattr(cls, "inequalities") and getattr(cls, "name", None) in SHIPPED


def under_test(problem: Any) -> ClassUnderTest:
    """The inequalities of an instance, as forms.

    Examples
    --------
    >>> from proofcheck import SmoothStronglyConvex
    >>> under_test(SmoothStronglyConvex(mu=1, L1=2)).statements["smoothness"].form.values
    {'F_i': Fraction(-1, 1), 'F_j': Fraction(1, 1)}
    """
    if is_shipped(problem):
        return _shipped(problem)
    own = _own(problem)
    fields = getattr(problem, "__dataclass_fields__", {})
    numbers = {name: getattr(problem, name) for name in fields}
    exact = {name: Fraction(number) for name, number in numbers.items() if isinstance(number, (int, Fraction))}
    return ClassUnderTest(problem, False, exact, own)


def _shipped(problem: Any) -> ClassUnderTest:
    found = kernel_classes.read(problem.document())
    statements = {}
    for name in found.inequalities:
        about = ABOUT.get(name, "same u")
        form = kernel_form(found, name)
        if form is not None:
            statements[name] = Statement(name, form, about)
    return ClassUnderTest(problem, True, dict(found.parameters), statements)


def kernel_form(problem: Any, name: str, labels: tuple[str, str] = ("i", "j")) -> Form | None:
    """The kernel's form of an inequality between points i and j; None where it refuses these parameters."""
    about = ABOUT.get(name, "same u")
    at = list(labels[:1] if about in ONE_POINT else labels)
    try:
        form: Form = problem.inequalities[name](problem.parameters, Site(about, problem.partial), at)
    except Refusal:
        return None
    return form


def _own(problem: Any) -> dict[str, Statement]:
    """The inequalities of a third party's class as the kernel reads them in its claims, with its LaTeX."""
    latex = {name: str(inequality.latex) for name, inequality in problem.inequalities().items()}
    statements = {}
    for name, entry in problem.document()["inequalities"].items():
        found = premise(name, entry, f"inequalities.{name}")
        values = {f"F_{label}": c for label, c in found.values.items() if c}
        form = Form(values, {"x": {pair: c for pair, c in found.gram.items() if c}})
        about = "point" if len(found.points) == 1 else "same u"
        statements[name] = Statement(name, form, about, found.source, latex.get(name, ""))
    return statements


def form_of(table: Mapping[tuple[str, ...], Fraction]) -> Form:
    """The form with a table of coefficients, as `proofcheck.encode.coefficient_table` gives it.

    Examples
    --------
    >>> form_of({("F_i",): Fraction(1), ("g_i", "x_i"): Fraction(-1)}).gram["x"]
    {('g_i', 'x_i'): Fraction(-1, 1)}
    """
    values: dict[str, Fraction] = {}
    gram: dict[str, dict[Pair, Fraction]] = {}
    for names, coefficient in table.items():
        if len(names) == 1:
            values[names[0]] = coefficient
        else:
            gram.setdefault(SPACE[names[0][0]], {})[names[0], names[1]] = coefficient
    return Form(values, gram)


def table_of(form: Form) -> dict[tuple[str, ...], Fraction]:
    """The reverse; equal tables mean equal forms."""
    table: dict[tuple[str, ...], Fraction] = {(name,): c for name, c in form.values.items() if c}
    return table | {pair: c for pairs in form.gram.values() for pair, c in pairs.items() if c}


def renamed(form: Form, names: Mapping[str, str]) -> Form:
    """The form with names replaced; those not listed are kept.

    Examples
    --------
    >>> renamed(form_of({("F_i",): Fraction(1)}), {"F_i": "F_j"}).values
    {'F_j': Fraction(1, 1)}
    """
    table: dict[tuple[str, ...], Fraction] = {}
    for term, coefficient in table_of(form).items():
        new = tuple(sorted(names.get(name, name) for name in term))
        table[new] = table.get(new, Fraction(0)) + coefficient
    return form_of({term: c for term, c in table.items() if c})
