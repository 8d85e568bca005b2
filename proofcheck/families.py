"""Theorems about every condition number: classes and methods whose numbers are functions of q = sqrt(c/kappa).

Units: L1/c = 1, so mu = q^2, and a step is eta(q) c/L1. What they mean is in the kernel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from proofcheck import classes, methods
from proofcheck.errors import InvalidInput, NotSupported
from proofcheck.kernel import Refusal
from proofcheck.kernel import methods as kernel_methods
from proofcheck.kernel.classes import families as kernel_families
from proofcheck.kernel.parameter import reading
from proofcheck.kernel.parameter.ratio import Ratio, of
from proofcheck.numbers import exact

Q = Ratio((0, 1))


def function(value: Any, name: str) -> Ratio:
    """Read a function of q.

    Parameters
    ----------
    value : exact number, list or mapping
        A constant; the coefficients of a polynomial from the constant term up; or
        ``{"numerator": [...], "denominator": [...]}`` without a pole in (0, 1].
    name : str
        How messages call it.

    Raises
    ------
    InvalidInput, NotSupported
        If it is not such a function.

    Examples
    --------
    >>> print(function(["1", "-1/4"], "rate"), function("0.25", "tau"))
    1 - 1/4 q 1/4
    """
    if isinstance(value, Ratio):
        return value
    if isinstance(value, Mapping):
        document: Any = {key: _exact_list(entry, f"{name}.{key}") for key, entry in value.items()}
    elif isinstance(value, (list, tuple)):
        document = _exact_list(value, name)
    else:
        return of(exact(value, name))
    try:
        return reading.function(document, name)
    except Refusal as refusal:
        raise _error(refusal) from None


def _exact_list(value: Any, name: str) -> Any:
    if not isinstance(value, (list, tuple)):
        raise InvalidInput(f"{name}: expected a list of exact numbers, got {type(value).__name__}")
    return [str(exact(entry, f"{name}[{i}]")) for i, entry in enumerate(value)]


def _error(refusal: Refusal, prefix: str = "") -> InvalidInput | NotSupported:
    kind = NotSupported if refusal.word == "DECLINED" else InvalidInput
    return kind(str(refusal).removeprefix(prefix))


def document(found: Ratio) -> Any:
    """A function of q as claims and certificates write it.

    Examples
    --------
    >>> document(1 - Q / 4), document((1 - Q) / (1 + Q))
    (['1', '-1/4'], {'numerator': ['1', '-1'], 'denominator': ['1', '1']})
    """
    below = found.denominator
    if len(below) == 1:
        return [str(Fraction(x, below[0])) for x in found.numerator] or ["0"]
    return {"numerator": [str(x) for x in found.numerator], "denominator": [str(x) for x in below]}


@dataclass(frozen=True)
class ClassFamily:
    """A problem class for every kappa = L1/mu >= 1 and every c in (0, 1].

    Parameters
    ----------
    name : str
        "smooth_strongly_convex" or "partial_strong_convexity".
    tau : exact number or function of q, optional
        On the partial class: L2 G1^2 <= tau mu; positive on (0, 1], or 0.
    balls : mapping, optional
        On the partial class: radii ``{"x": C_x, "u": C_u}``, R_x = C_x sqrt(F_0/mu) and
        R_u = C_u G1 sqrt(L2 F_0)/mu; the assumptions are then needed in these balls only. A third entry "start"
        is a premise about the start: the distance of x_0 from the minimiser of f(., u_0) over sqrt(F_0/mu).

    Source: Liao and Kyrillidis (ALT 2024), Assumptions 1 to 4 and 6; Nesterov (2018), Section 2.1.

    Tight: sufficient only on the partial class.

    Examples
    --------
    >>> print(ClassFamily("partial_strong_convexity", tau="1/4").tau)
    1/4
    """

    name: str
    tau: Any = None
    balls: Any = None

    def __post_init__(self) -> None:
        if self.name not in classes.REGISTRY:
            raise NotSupported(f"name={self.name!r} must be one of {', '.join(classes.REGISTRY)}")
        partial = classes.REGISTRY[self.name].partial
        if partial and self.tau is None:
            raise InvalidInput("tau is missing: give L2 G1^2/mu")
        if not partial and (self.tau is not None or self.balls is not None):
            raise InvalidInput(f"tau and balls are not defined on the class {self.name}")
        if self.tau is not None:
            object.__setattr__(self, "tau", function(self.tau, "tau"))
            if self.tau and not self.tau > 0:
                raise InvalidInput(f"tau={self.tau} must be > 0 on (0, 1], or 0")
        if self.balls is not None:
            if not isinstance(self.balls, Mapping) or not {"x", "u"} <= set(self.balls) <= {"x", "u", "start"}:
                raise InvalidInput("balls: expected the two radii x and u, and maybe a start")
            balls = {key: function(value, f"balls.{key}") for key, value in self.balls.items()}
            object.__setattr__(self, "balls", balls)
        try:
            kernel_families.read(self.document())
        except Refusal as refusal:
            raise _error(refusal, "claim: class.") from None

    def document(self) -> dict[str, Any]:
        """The `class` field of a claim."""
        found: dict[str, Any] = {"name": self.name}
        if self.tau is not None:
            found["tau"] = document(self.tau)
        if self.balls is not None:
            found["balls"] = {key: document(radius) for key, radius in self.balls.items()}
        return found


@dataclass(frozen=True)
class MethodFamily:
    """A method whose coefficients are functions of q = sqrt(c/kappa); eta is in units of c/L1.

    Parameters
    ----------
    name : str
        One of the package's methods, for example "nesterov".
    coefficients : mapping
        Functions of q by name.

    Source: the method's own (see ``proofcheck.methods``).

    Examples
    --------
    >>> print(MethodFamily.tuned("nesterov", "classical").coefficients["beta"])
    (1 - q)/(1 + q)
    """

    name: str
    coefficients: Mapping[str, Any]

    def __post_init__(self) -> None:
        if self.name not in methods.REGISTRY:
            raise NotSupported(f"name={self.name!r} must be one of {', '.join(methods.REGISTRY)}")
        found = {key: function(value, key) for key, value in self.coefficients.items()}
        object.__setattr__(self, "coefficients", found)
        try:
            kernel_methods.read(self.document(), reading.function)
        except Refusal as refusal:
            raise _error(refusal, "claim: method.") from None

    @classmethod
    def tuned(cls, name: str, tuning: str) -> MethodFamily:
        """A named tuning of a method of the package, for every q."""
        known = methods.REGISTRY[name].formulas if name in methods.REGISTRY else {}
        if tuning not in known:
            raise NotSupported(f"tuning={tuning!r} of {name!r} must be one of {', '.join(known) or 'none'}")
        return cls(name, {key: of(value) for key, value in known[tuning](Q).items()})

    def document(self) -> dict[str, Any]:
        """The `method` field of a claim."""
        return {"name": self.name, **{key: document(value) for key, value in self.coefficients.items()}}


__all__ = ["ClassFamily", "MethodFamily", "Q", "document", "function"]
