"""What every problem class offers: exact parameters, its claim fields, LaTeX and a source."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from proofcheck.errors import InvalidInput
from proofcheck.kernel import Refusal
from proofcheck.kernel import classes as kernel_classes
from proofcheck.numbers import exact, rational_sqrt


@dataclass(frozen=True)
class ProblemClass:
    """A class of functions with exact parameters; subclasses name their parameters as fields."""

    name: ClassVar[str]
    title: ClassVar[str]
    source: ClassVar[str]
    partial: ClassVar[bool]

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if value is not None:
                object.__setattr__(self, field.name, exact(value, field.name))
        self.domain()
        try:
            kernel_classes.read(self.document())
        except Refusal as refusal:
            raise InvalidInput(str(refusal).removeprefix("claim: class.")) from None

    def domain(self) -> None:
        """Raise InvalidInput where the parameters are no parameters of the class; the kernel asks again."""

    def constant(self, name: str) -> Fraction:
        """A parameter by its name.

        Raises
        ------
        InvalidInput
            If the class has none of this name.
        """
        value = getattr(self, name, None)
        if not isinstance(value, Fraction):
            raise InvalidInput(f"class {self.name} has no {name}: give the coefficients of the method as numbers")
        return value

    def document(self) -> dict[str, Any]:
        """The `class` field of a claim."""
        fields = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return {"name": self.name, **{key: str(value) for key, value in fields.items() if value is not None}}

    @property
    def kappa(self) -> Fraction:
        """The condition number L1/mu, where the class has mu and L1."""
        return self.constant("L1") / self.constant("mu")

    @property
    def q(self) -> Fraction:
        """1/sqrt(kappa), if it is rational.

        Raises
        ------
        InvalidInput
            If kappa is not the square of a rational.
        """
        root = rational_sqrt(1 / self.kappa)
        if root is None:
            message = f"kappa={self.kappa} is not the square of a rational: give eta and beta (or rate) as rationals"
            raise InvalidInput(message)
        return root

    def latex_assumptions(self) -> list[str]:
        """The assumptions, one LaTeX sentence each."""
        raise NotImplementedError
