"""Where names, functions and inner products get their meaning; here, for unknown vectors and functions."""

from __future__ import annotations

from typing import Any, Protocol

from .. import wire
from ..outcome import Declined, Invalid, require
from .polynomials import Polynomial, number, spend, variable
from .quotients import Quotient, Vector, total

Value = Quotient | Vector
MAX_SYMBOL = 20_000


class World(Protocol):
    """Where names, functions and inner products get their meaning."""

    def named(self, name: str, where: str) -> Value:
        """The value of a name."""

    def applied(self, name: str, arguments: list[Value], where: str) -> Value:
        """A function at its arguments."""

    def inner(self, one: Vector, two: Vector) -> Quotient:
        """The inner product of two vectors of one space."""

    def norm(self, one: Vector, where: str) -> Quotient:
        """The norm."""

    def divided(self, factors: list[Quotient], where: str) -> None:
        """Something is divided by the product of these, whether or not it cancels later."""


class General:
    """Unknown real scalars, vectors and functions: everything is a polynomial in symbols for them.

    `divisors` collects what has to be positive: whatever is divided by, also where it cancels.
    """

    def __init__(
        self,
        names: dict[str, Value],
        functions: dict[str, tuple[list[str], str]],
        divisors: dict[Any, Polynomial] | None = None,
    ) -> None:
        self.names = names
        self.functions = functions
        self.divisors: dict[Any, Polynomial] = {} if divisors is None else divisors

    def named(self, name: str, where: str) -> Value:
        """A declared or defined name."""
        require(name in self.names, Invalid, f"{where}: unknown name {wire.shorten(name)}")
        return self.names[name]

    def applied(self, name: str, arguments: list[Value], where: str) -> Value:
        """A symbol named after the function and its arguments."""
        require(name in self.functions, Declined, f"{where}: unknown function {wire.shorten(name)}")
        spaces, image = self.functions[name]
        found = [argument.space if isinstance(argument, Vector) else "scalar" for argument in arguments]
        require(found == spaces, Invalid, f"{where}: {name} takes {spaces}, got {found}")
        self._spell(sum(argument.length for argument in arguments), where)
        symbol = f"{name}({', '.join(map(str, arguments))})"
        if image == "scalar":
            return Quotient(variable(symbol))
        return Vector(image, {symbol: Quotient(number(1))})

    def inner(self, one: Vector, two: Vector) -> Quotient:
        """A combination of the symbols <a, b>."""
        spend((len(two.parts) * sum(map(len, one.parts)) + len(one.parts) * sum(map(len, two.parts))) / 20)
        return total(
            p * q * Quotient(variable(f"<{min(a, b)}, {max(a, b)}>"))
            for a, p in one.parts.items()
            for b, q in two.parts.items()
        )

    def norm(self, one: Vector, where: str) -> Quotient:
        """A symbol |v|."""
        self._spell(one.length, where)
        return Quotient(variable(f"|{one}|"))

    def divided(self, factors: list[Quotient], where: str) -> None:
        """Each of them has to be positive."""
        for factor in factors:
            self.note(Quotient(number(1)) / factor)

    def note(self, quotient: Quotient) -> None:
        """The divisors of a quotient; its numerator has the sign of the quotient where they are positive."""
        self.divisors |= {key: factor for key, (factor, _) in quotient.factors.items()}

    def _spell(self, length: int, where: str) -> None:
        """A symbol is about to be written; nested ones would grow without end."""
        require(length <= MAX_SYMBOL, Declined, f"{where}: a symbol of {length} characters")
        spend(length / 20)
