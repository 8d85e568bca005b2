"""What every method offers: exact coefficients, its claim fields, named tunings, LaTeX and a source."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, Self

from proofcheck.classes.base import ProblemClass
from proofcheck.errors import InvalidInput
from proofcheck.kernel import Refusal
from proofcheck.kernel import methods as kernel_methods
from proofcheck.numbers import exact, rational_sqrt


@dataclass(frozen=True)
class Method:
    """A first-order method with constant exact coefficients, started with x_{-1} = x_0."""

    name: ClassVar[str]
    title: ClassVar[str]
    source: ClassVar[str]
    tunings: ClassVar[dict[str, Callable[..., Any]]] = {}
    formulas: ClassVar[dict[str, Callable[[Any], dict[str, Any]]]] = {}

    eta: Fraction

    @classmethod
    def tuned(cls, tuning: str, problem: ProblemClass, c: Any = 1) -> Self:
        """A tuning at a rational q = sqrt(c/kappa), by its formula (eta in units of c/L1)."""
        step, ratio = step_size(problem, c), exact(c, "c") / problem.kappa
        q = rational_sqrt(ratio)
        if not q:
            message = f"c/kappa={ratio} must be the square of a rational: give eta and beta as rationals"
            raise InvalidInput(message)
        found = cls.formulas[tuning](q)
        return cls(**{**found, "eta": found["eta"] * step})

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            object.__setattr__(self, field.name, exact(getattr(self, field.name), field.name))
        try:
            kernel_methods.read(self.document())
        except Refusal as refusal:
            raise InvalidInput(str(refusal).removeprefix("claim: method.")) from None

    def document(self) -> dict[str, str]:
        """The `method` field of a claim."""
        values = {field.name: str(getattr(self, field.name)) for field in dataclasses.fields(self)}
        return {"name": self.name, **values}

    def latex_recursion(self) -> str:
        """The recursion in LaTeX, written for one block of variables."""
        raise NotImplementedError


def step_size(problem: ProblemClass, c: Any) -> Fraction:
    """Return eta = c/L1 for a positive exact c."""
    factor = exact(c, "c")
    if factor <= 0:
        raise InvalidInput(f"c={factor} must be > 0")
    return factor / problem.constant("L1")
