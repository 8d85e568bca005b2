"""Conformance: whether a problem class or a method, shipped or a third party's, is what it says it is.

Each check is a test of its own under pytest::

    @pytest.mark.parametrize("check", class_checks(RestrictedSecant(mu=1, L=2)))
    def test_class(check):
        check()

A check that passes is OBSERVED: it refutes by an exact witness and proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from fractions import Fraction
from typing import Any

from proofcheck.errors import InvalidInput, NotSupported

YEAR = re.compile(r"\b(1[5-9]|20)\d\d\b")
_LATEX = re.compile(r":math:|\.\. math::|\$")
_BOUND = re.compile(r"must|expected|exact")
BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    TypeError,
    ValueError,
)
"""What code under test may raise: it fails its check, and the others go on."""


class ConformanceError(AssertionError):
    """A class or a method that is not what it says; the message lists every failed check, one a line."""

    def __init__(self, subject: str, failures: Mapping[str, str]) -> None:
        self.failures = dict(failures)
        super().__init__("\n".join([f"{subject}:", *(f"  {name}: {reason}" for name, reason in failures.items())]))


@dataclass(frozen=True)
class Check:
    """One check: call it; `id` is its name under pytest, and a check unpacks into (id, callable)."""

    id: str
    run: Callable[[], None] = field(repr=False)

    def __call__(self) -> None:
        """Run the check; raises AssertionError where it fails."""
        self.run()

    def __iter__(self) -> Iterator[Any]:
        return iter((self.id, self.run))

    @property
    def __name__(self) -> str:  # what pytest takes for an id
        return self.id


@dataclass(frozen=True)
class ConformanceReport:
    """What was checked, and passed.

    Attributes
    ----------
    subject
        The class or method.
    passed
        The ids of the checks.
    """

    subject: str
    passed: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.subject}: {len(self.passed)} checks passed (OBSERVED): {', '.join(self.passed)}"


def run_checks(subject: str, checks: Sequence[Check]) -> ConformanceReport:
    """Run every check; raises one ConformanceError that lists those that failed.

    Examples
    --------
    >>> print(run_checks("x", [Check("one", lambda: None)]))
    x: 1 checks passed (OBSERVED): one
    >>> run_checks("x", [Check("one", lambda: None), Check("two", lambda: [][0])])
    Traceback (most recent call last):
    ...
    proofcheck.testing.conformance.ConformanceError: x:
      two: IndexError: list index out of range
    """
    failures = {}
    for check in checks:
        try:
            check()
        except BROKEN as error:
            plain = isinstance(error, (AssertionError, InvalidInput, NotSupported))
            failures[check.id] = str(error) if plain else f"{type(error).__name__}: {error}"
    if failures:
        raise ConformanceError(subject, failures)
    return ConformanceReport(subject, tuple(check.id for check in checks))


def documentation_defects(cls: type, needed: Sequence[str]) -> list[str]:
    """What is missing of a class's name, title, source and docstring."""
    found = []
    for name in ("name", "title", "source"):
        text = getattr(cls, name, None)
        if not isinstance(text, str) or not text.strip():
            found.append(f"{name} is missing: a class attribute, one line of text")
    if isinstance(getattr(cls, "source", None), str) and not YEAR.search(cls.source):  # type: ignore[attr-defined]
        found.append(f"source={cls.source!r} must name a year")  # type: ignore[attr-defined]
    text = cls.__dict__.get("__doc__") or ""
    found += [f"the docstring must have {word!r}" for word in needed if word not in text]
    if "Tight:" in needed and not re.search(r"Tight:\s+(yes|sufficient only)", text):
        found.append("the docstring must say 'Tight: yes' or 'Tight: sufficient only'")
    if not _LATEX.search(text):
        found.append("the docstring must have a formula in LaTeX, such as :math:`x_k`")
    return found


def refusal_defect(cls: type, given: Mapping[str, Any]) -> str | None:
    """What is wrong with how parameters are refused: they must be, in one line with argument, value and bound.

    Examples
    --------
    >>> from proofcheck import SmoothStronglyConvex
    >>> refusal_defect(SmoothStronglyConvex, {"mu": 3, "L1": 2}) is None
    True
    >>> refusal_defect(SmoothStronglyConvex, {"mu": 1, "L1": 2})
    "{'mu': 1, 'L1': 2} must be refused"
    """
    try:
        cls(**given)
    except InvalidInput as error:
        message = str(error)
    except BROKEN as error:
        return f"{dict(given)} must be refused with InvalidInput, got {type(error).__name__}: {error}"
    else:
        return f"{dict(given)} must be refused"
    named = [name for name in given if re.search(rf"\b{re.escape(name)}\b", message)]
    values = [name for name in named if str(given[name]).strip("'") in message]
    if "\n" in message or not values or not _BOUND.search(message):
        return f"{dict(given)}: the message must be one line with argument, value and bound, got {message!r}"
    return None


def inexact(cls: type, valid: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Parameters with a float or a word in the place of one exact number."""
    return [{**valid, name: wrong} for name in valid for wrong in (0.5, "many")]


def given_fields(subject: Any) -> dict[str, Any]:
    """The fields of a dataclass that are not None, by name."""
    values = {entry.name: getattr(subject, entry.name) for entry in fields(subject)}
    return {name: value for name, value in values.items() if value is not None}


def nearby(subject: Any) -> list[Any]:
    """Up to two instances with other numbers: at mu = 1, say, mu^2 in the place of mu would not be seen.

    Each number is moved by a factor of its own, or from 0; what the class refuses is left out.

    Examples
    --------
    >>> from proofcheck import SmoothStronglyConvex
    >>> [(str(problem.mu), str(problem.L1)) for problem in nearby(SmoothStronglyConvex(mu=1, L1=2))]
    [('12/11', '30/13'), ('10/11', '22/13')]
    """
    given, found = given_fields(subject), []
    for sign in (1, -1):
        for order in (1, -1):
            moves = [Fraction(sign * (n + 1), 2 * n + 11) for n in range(len(given))][::order]
            changed = {name: c * (1 + m) if c else abs(m) for (name, c), m in zip(given.items(), moves, strict=True)}
            try:
                found.append(type(subject)(**changed))
            except BROKEN:
                continue
            break
    return found


def at_numbers(subject: Any) -> str:
    """The numbers of an instance, for a message.

    Examples
    --------
    >>> from proofcheck import SmoothStronglyConvex
    >>> at_numbers(SmoothStronglyConvex(mu=1, L1="5/2"))
    'mu = 1, L1 = 5/2'
    """
    return ", ".join(f"{name} = {number}" for name, number in given_fields(subject).items())


def require(problems: Sequence[str]) -> None:
    """Fail with every problem in one line."""
    if problems:
        raise AssertionError("; ".join(problems))
