"""A problem class by its inequalities: what somebody else adds, without touching the kernel."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, ClassVar

from proofcheck.classes.base import ProblemClass
from proofcheck.errors import InvalidInput
from proofcheck.kernel.claim import MAX_CLAIM_DIGITS
from proofcheck.kernel.classes import named_premises
from proofcheck.numbers import exact

ENDS = {1: ("i",), 2: ("i", "j")}
Gram = Mapping[tuple[str, str], Any] | Iterable[tuple[str, str, Any]]


@dataclass(frozen=True)
class Inequality:
    r"""A quadratic inequality that holds at every point, or between any two points, of a function.

    Statement: for all points :math:`i` (and :math:`j`),
    :math:`\sum_p c_p (f(p) - f^\star) + \sum_{ab} c_{ab}\langle a, b\rangle \ge 0`, with :math:`a, b` among the vectors
    ``x_i`` (the position minus the minimiser), ``g_i`` (the gradient there), ``x_j``, ``g_j``.

    Parameters
    ----------
    points : {1, 2}
        How many points it is about.
    values : mapping, optional
        Coefficients of f(i) - f* and f(j) - f*, by "i" and "j".
    gram : mapping or iterable, optional
        Coefficients by pairs of vectors, such as ``{("x_i", "g_i"): 1}`` or ``[("x_i", "g_i", 1)]``. The order
        within a pair does not matter, and a pair that is given twice counts twice.
    source : str, optional
        Where the inequality stands; the source of the class if empty.
    latex : str, optional
        How to print it; derived from the numbers if empty.

    Raises
    ------
    InvalidInput
        If a point, a vector or a number is none.

    Examples
    --------
    >>> secant = Inequality(points=1, gram={("g_i", "x_i"): 1, ("x_i", "x_i"): "-1/2"})
    >>> secant.formula()
    '\\langle g_i, x_i-x^\\star\\rangle - \\frac{1}{2}\\lVert x_i-x^\\star\\rVert^2 \\ge 0'
    """

    points: int
    values: Mapping[str, Any] = field(default_factory=dict)
    gram: Gram = field(default_factory=dict)
    source: str = ""
    latex: str = ""

    def __post_init__(self) -> None:
        if self.points not in ENDS or isinstance(self.points, bool):
            raise InvalidInput(f"points={self.points!r} must be 1 or 2")
        ends = ENDS[self.points]
        values: dict[str, Fraction] = {}
        for point, number in self.values.items():
            if point not in ends:
                raise InvalidInput(f"values: {point!r} must be one of {', '.join(ends)} (points={self.points})")
            values[point] = exact(number, f"values[{point!r}]")
        gram: dict[tuple[str, str], Fraction] = {}
        vectors = tuple(f"{letter}_{point}" for point in ends for letter in ("x", "g"))
        for a, b, number in _triples(self.gram):
            for name in (a, b):
                if name not in vectors:
                    raise InvalidInput(f"gram: {name!r} must be one of {', '.join(vectors)} (points={self.points})")
            pair = (min(a, b), max(a, b))
            gram[pair] = gram.get(pair, Fraction(0)) + exact(number, f"gram[{a!r}, {b!r}]")
        object.__setattr__(self, "values", {p: values[p] for p in sorted(values) if values[p]})
        object.__setattr__(self, "gram", {pair: gram[pair] for pair in sorted(gram) if gram[pair]})

    def document(self, source: str = "") -> dict[str, Any]:
        """One entry of `inequalities` in a claim; `source` where the inequality has none of its own."""
        return {
            "points": self.points,
            "values": {point: str(number) for point, number in self.values.items()},
            "gram": [[a, b, str(number)] for a, b, number in _triples(self.gram)],
            "source": self.source or source,
        }

    def terms(self) -> list[str]:
        """The terms of the inequality in LaTeX with their signs, derived from its numbers."""
        terms = [(number, f"F_{point}") for point, number in self.values.items()]
        for a, b, number in _triples(self.gram):
            left, right = (rf"{name}-x^\star" if name.startswith("x") else name for name in (a, b))
            terms.append((number, rf"\lVert {left}\rVert^2" if a == b else rf"\langle {left}, {right}\rangle"))
        shown = [f"{' - ' if number < 0 else ' + '}{_size(abs(number))}{name}" for number, name in terms]
        return [shown[0].removeprefix(" + ").lstrip(), *shown[1:]] if shown else []

    def formula(self) -> str:
        """The inequality in LaTeX, derived from its numbers."""
        return rf"{''.join(self.terms()) or '0'} \ge 0"


def _triples(gram: Gram) -> list[tuple[str, str, Any]]:
    if isinstance(gram, Mapping):
        return [(a, b, number) for (a, b), number in gram.items()]
    return list(gram)


def _size(number: Fraction) -> str:
    if number == 1:
        return ""
    if number.denominator == 1:
        return str(number)
    return rf"\frac{{{number.numerator}}}{{{number.denominator}}}"


@dataclass(frozen=True)
class InequalityClass(ProblemClass):
    """Differentiable functions with a minimiser that satisfy inequalities of one's own.

    A subclass is a frozen dataclass with exact numbers as its fields; it says `inequalities` and `member`. The
    inequalities enter a claim as named premises: what is proved about the class is PROVED_UNDER_n, where n is their
    number, because the kernel does not know whether a function that somebody has in mind satisfies them. It does
    know whether a quadratic does, so REFUTED needs no premise.

    Class attributes `name`, `title`, `source` (of at most 100 characters of ASCII) say what the class is.

    Raises
    ------
    InvalidInput
        If a parameter is not exact or out of the `domain`, or if the `member` breaks an inequality.

    Source: the subclass says it.

    Tight: the subclass says it; inequalities of one's own may hold for more functions than one wants.

    Examples
    --------
    >>> @dataclass(frozen=True)
    ... class RestrictedSecant(InequalityClass):
    ...     name: ClassVar[str] = "restricted_secant"
    ...     title: ClassVar[str] = "functions with a restricted secant inequality"
    ...     source: ClassVar[str] = "Guille-Escuret et al. (2022), Definition 1"
    ...     mu: Fraction
    ...     L: Fraction
    ...
    ...     def inequalities(self):
    ...         return {
    ...             "secant": Inequality(points=1, gram={("g_i", "x_i"): 1, ("x_i", "x_i"): -self.mu}),
    ...             "error_bound": Inequality(points=1, gram={("x_i", "x_i"): self.L**2, ("g_i", "g_i"): -1}),
    ...         }
    ...
    ...     @property
    ...     def member(self):
    ...         return self.mu
    >>> RestrictedSecant(mu=1, L=2).document()["inequalities"]["secant"]["gram"]
    [['g_i', 'x_i', '1'], ['x_i', 'x_i', '-1']]
    >>> RestrictedSecant(mu=2, L=1)
    Traceback (most recent call last):
    ...
    proofcheck.errors.InvalidInput: member=2 breaks the premise error_bound: pivot 0 is negative
    """

    partial: ClassVar[bool] = False

    def inequalities(self) -> Mapping[str, Inequality]:
        """The inequalities by name; a name is a lower-case word that the kernel does not use itself."""
        raise NotImplementedError(f"{type(self).__name__}.inequalities")

    @property
    def member(self) -> Fraction:
        """A curvature c >= 0 such that f = c/2 |x|^2 satisfies every inequality; the kernel checks it."""
        raise NotImplementedError(f"{type(self).__name__}.member")

    def document(self) -> dict[str, Any]:
        """The `class` field of a claim."""
        parameters = {entry.name: getattr(self, entry.name) for entry in dataclasses.fields(self)}
        source = self._text("source")
        inequalities, given = {}, self.inequalities()
        if not isinstance(given, Mapping):
            raise InvalidInput(f"inequalities() gives a {type(given).__name__} and must give a mapping of Inequality")
        for name, inequality in given.items():
            if not isinstance(inequality, Inequality):
                raise InvalidInput(f"inequalities[{name!r}]: expected an Inequality, got {type(inequality).__name__}")
            inequalities[name] = inequality.document(source)
            _short(inequalities[name]["source"], f"inequalities[{name!r}].source")
        return {
            "name": named_premises.NAME,
            "title": self._text("title"),
            "parameters": {name: str(number) for name, number in parameters.items() if number is not None},
            "inequalities": inequalities,
            "member": str(exact(self.member, "member")),
        }

    def _text(self, name: str) -> str:
        if not isinstance(getattr(self, name, None), str):
            raise InvalidInput(f"{type(self).__name__}.{name} is missing: a class attribute, one line of text")
        return _short(getattr(self, name), name)

    def latex_assumptions(self) -> list[str]:
        """The assumptions, one LaTeX sentence each."""
        return [
            rf"For {'all points $i$, $j$' if inequality.points == 2 else 'every point $i$'}: "
            rf"${inequality.latex or inequality.formula()}$."
            for inequality in self.inequalities().values()
        ]

    @classmethod
    def definition(cls) -> dict[str, Any]:
        """Each inequality again, in SymPy symbols F_i, F_j, x_i, x_j, g_i, g_j and the names of the fields.

        The expressions are those that are >= 0; `proofcheck.testing.check_problem_class` compares.
        """
        raise NotImplementedError(f"{cls.__name__}.definition")

    def functions(self) -> list[Any]:
        """True functions of the class (`proofcheck.testing.Function`), on which the inequalities are sampled."""
        raise NotImplementedError(f"{type(self).__name__}.functions")

    @classmethod
    def invalid(cls) -> list[dict[str, Any]]:
        """Parameters that must be refused."""
        raise NotImplementedError(f"{cls.__name__}.invalid")


def _short(text: str, name: str) -> str:
    if len(text) > MAX_CLAIM_DIGITS:
        raise InvalidInput(f"{name}={text[:30]!r}...: {len(text)} characters, the limit is {MAX_CLAIM_DIGITS}")
    return text
