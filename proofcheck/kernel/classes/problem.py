"""What the kernel knows of a problem class."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .inequalities import Inequality

Misfit = Callable[[dict[str, Any], Fraction], str | None]


@dataclass(frozen=True)
class ProblemClass:
    """A class of functions with rational parameters; `assumed` counts inequalities that nothing proves of it."""

    name: str
    parameters: dict[str, Any]
    partial: bool
    inequalities: dict[str, Inequality]
    premises: list[str]
    words: list[str]
    quadratic: Misfit
    balls: dict[str, Any] | None = None
    assumed: int = 0
    member: Fraction | None = None  # a curvature that was found to fit

    @property
    def star(self) -> str:
        """What x* is, in words, on a class that is not partial."""
        return "that minimiser" if self.assumed else "its minimiser"

    def misfit(self, curvature: Fraction) -> str | None:
        """None if curvature |x|^2 / 2 is in the class (on a partial class: for every u), else why not."""
        return self.quadratic(self.parameters, curvature)
