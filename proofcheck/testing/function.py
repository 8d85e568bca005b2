"""A function under test: what it computes, and the constants that are declared for it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from proofcheck.errors import InvalidInput

CONSTANTS = ("mu", "L1", "L2", "G1", "G2", "f_star")
"""Of the assumptions of Liao and Kyrillidis (ALT 2024); f_star is the minimum."""


def finite(number: Any, exact: bool = True) -> bool:
    """Whether something is a finite number; if not `exact`, one that a float can hold.

    Examples
    --------
    >>> finite(10**400), finite(10**400, exact=False), finite(float("inf")), finite("1")
    (True, False, False, False)
    """
    try:
        return math.isfinite(number)
    except OverflowError:
        return exact
    except (TypeError, ValueError, RuntimeError):  # RuntimeError: a tensor of several numbers
        return False


@dataclass(frozen=True, kw_only=True)
class Function:
    r"""A function f(x, u) = g(h(x, u)) with what is known about it and what is claimed of it.

    Points are sequences of numbers: x of length ``dimensions[0]``, u of length ``dimensions[1]`` (0: f is a function
    of x alone). In exact functions they are tuples of Fractions and every callable returns Fractions or tuples of
    them; else they are one-dimensional float64 arrays, and every callable returns floats or such arrays.

    Attributes
    ----------
    name : str
        For messages.
    dimensions : (int, int)
        Numbers in x and in u.
    constants : mapping
        Declared, never measured: any of mu, L1, L2, G1, G2, f_star.
    value : callable (x, u) -> number
    gradient_x, gradient_u : callables (x, u) -> vector, optional
        The first also for functions of x alone. `gradient_u` is :math:`J^\top\nabla g(h)`.
    inner : callable (x, u) -> vector, optional
        h(x, u).
    outer, outer_gradient : callables s -> number, s -> vector, optional
        g and its gradient.
    minimiser : callable u -> x, optional
        A minimiser of f(., u).
    exact : bool
        Whether points and values are Fractions.

    Raises
    ------
    InvalidInput
        If a constant has no known name or is no finite number, or the dimensions make no sense.

    Examples
    --------
    >>> from fractions import Fraction
    >>> half = Fraction(1, 2)
    >>> f = Function(
    ...     name="parabola", dimensions=(1, 0), constants={"mu": 1, "L1": 1, "f_star": 0}, exact=True,
    ...     value=lambda x, u: half * x[0] ** 2, gradient_x=lambda x, u: x,
    ... )
    >>> f.value((Fraction(3),), ())
    Fraction(9, 2)
    """

    name: str
    dimensions: tuple[int, int]
    constants: Mapping[str, Any]
    value: Callable[[Any, Any], Any] = field(repr=False)
    gradient_x: Callable[[Any, Any], Any] | None = field(default=None, repr=False)
    gradient_u: Callable[[Any, Any], Any] | None = field(default=None, repr=False)
    inner: Callable[[Any, Any], Any] | None = field(default=None, repr=False)
    outer: Callable[[Any], Any] | None = field(default=None, repr=False)
    outer_gradient: Callable[[Any], Any] | None = field(default=None, repr=False)
    minimiser: Callable[[Any], Any] | None = field(default=None, repr=False)
    exact: bool = False

    def __post_init__(self) -> None:
        unknown = [name for name in self.constants if name not in CONSTANTS]
        if unknown:
            raise InvalidInput(f"constants: {unknown[0]!r} is not one of {', '.join(CONSTANTS)}")
        for name, number in self.constants.items():
            if not finite(number, self.exact):
                raise InvalidInput(f"{name}={number!r:.40} must be a finite number")
        sizes = tuple(self.dimensions)
        if [type(size) for size in sizes] != [int, int] or sizes[0] < 1 or sizes[1] < 0:
            raise InvalidInput(f"dimensions={self.dimensions} must be two integers (at least 1, at least 0)")
        object.__setattr__(self, "constants", MappingProxyType(dict(self.constants)))

    def declare(self, **constants: Any) -> Function:
        """Return the same function with other constants declared; those not named are kept.

        Examples
        --------
        >>> f = Function(name="f", dimensions=(1, 0), constants={"mu": 1}, value=lambda x, u: x[0] ** 2)
        >>> dict(f.declare(mu=3).constants)
        {'mu': 3}
        """
        import dataclasses

        return dataclasses.replace(self, constants={**self.constants, **constants})
