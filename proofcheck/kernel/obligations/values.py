"""What an expression means: in general, with unknown vectors and functions, or in an explicit model."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt
from typing import Any, Protocol

from .. import wire
from ..outcome import Declined, Invalid, Rejected, require
from .language import Node
from .polynomials import number, variable
from .quotients import Quotient, Vector, total

Value = Quotient | Vector
BUILT_IN = {"inner": 2, "norm2": 1, "norm": 1}


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


def value(node: Node, world: World, where: str) -> Value:
    """The value of an expression."""
    kind, *rest = node
    if kind == "number":
        return Quotient(number(rest[0]))
    if kind == "name":
        return world.named(rest[0], where)
    if kind == "call":
        arguments = [value(argument, world, where) for argument in rest[1]]
        return _built_in(rest[0], arguments, world, where) or world.applied(rest[0], arguments, where)
    if kind in ("sum", "product"):
        (_, first), *others = rest[0]
        found = value(first, world, where)
        for sign, part in others:
            found = _combined(sign, found, value(part, world, where), where)
        return found
    one = value(rest[0], world, where)
    if kind == "negative":
        return one.scaled(Quotient(number(-1))) if isinstance(one, Vector) else Quotient(number(-1)) * one
    if isinstance(one, Vector):
        raise Invalid(f"{where}: a power of a vector")
    power: int = rest[1]
    return one**power  # the last kind is ^


def _combined(kind: str, one: Value, two: Value, where: str) -> Value:
    vectors = isinstance(one, Vector), isinstance(two, Vector)
    if isinstance(one, Quotient) and isinstance(two, Quotient):
        return {"+": one.__add__, "-": one.__sub__, "*": one.__mul__, "/": one.__truediv__}[kind](two)
    if isinstance(one, Vector) and isinstance(two, Vector) and kind in "+-":
        return one + (two if kind == "+" else two.scaled(Quotient(number(-1))))
    if kind == "*" and vectors.count(True) == 1:
        return two.scaled(one) if isinstance(two, Vector) else one.scaled(two)  # type: ignore[union-attr, arg-type]
    require(kind == "/" and vectors == (True, False), Invalid, f"{where}: {kind} does not combine these two")
    return one.scaled(Quotient(number(1)) / two)  # type: ignore[union-attr, operator]


def _built_in(name: str, arguments: list[Value], world: World, where: str) -> Quotient | None:
    if name not in BUILT_IN:
        return None
    fits = len(arguments) == BUILT_IN[name] and len({a.space for a in arguments if isinstance(a, Vector)}) == 1
    require(fits and all(isinstance(a, Vector) for a in arguments), Invalid, f"{where}: {name} of what it cannot take")
    vectors: list[Any] = arguments
    return world.norm(vectors[0], where) if name == "norm" else world.inner(vectors[0], vectors[-1])


def scalar(node: Node, world: World, where: str) -> Quotient:
    """The value of an expression that has to be a scalar."""
    found = value(node, world, where)
    if isinstance(found, Vector):
        raise Invalid(f"{where}: a vector of {found.space} where a number is expected")
    return found


class Relation:
    """`quotient` sign 0, the sign being >=, > or =."""

    def __init__(self, node: Node, world: World, where: str) -> None:
        sign, left, right = node
        difference = scalar(left, world, where) - scalar(right, world, where)
        self.quotient = difference if sign in (">=", ">", "=") else Quotient(number(-1)) * difference
        self.sign = str({"<=": ">=", "<": ">"}.get(sign, sign))

    def holds(self, where: str) -> bool:
        """Whether it holds, where it is about numbers."""
        constant = self.quotient.numerator.constant
        if constant is None or self.quotient.factors:
            raise Rejected(f"{where}: not a relation between numbers in this model")
        return constant == 0 if self.sign == "=" else constant > 0 if self.sign == ">" else constant >= 0


class General:
    """Unknown real scalars, vectors and functions: everything is a polynomial in symbols for them."""

    def __init__(self, names: dict[str, Value], functions: dict[str, tuple[list[str], str]]) -> None:
        self.names = names
        self.functions = functions

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
        symbol = f"{name}({', '.join(map(str, arguments))})"
        if image == "scalar":
            return Quotient(variable(symbol))
        return Vector(image, {symbol: Quotient(number(1))})

    def inner(self, one: Vector, two: Vector) -> Quotient:
        """A combination of the symbols <a, b>."""
        return total(
            p * q * Quotient(variable(f"<{min(a, b)}, {max(a, b)}>"))
            for a, p in one.parts.items()
            for b, q in two.parts.items()
        )

    def norm(self, one: Vector, where: str) -> Quotient:
        """A symbol |v|."""
        return Quotient(variable(f"|{one}|"))


class Model:
    """Explicit numbers, vectors of coordinates and polynomial functions."""

    def __init__(self, names: dict[str, Value], functions: dict[str, Any], dimensions: dict[str, int]) -> None:
        self.names = names
        self.functions = functions
        self.dimensions = dimensions

    def named(self, name: str, where: str) -> Value:
        """A given or defined name."""
        require(name in self.names, Invalid, f"{where}: unknown name {wire.shorten(name)}")
        return self.names[name]

    def applied(self, name: str, arguments: list[Value], where: str) -> Value:
        """The function's polynomials with the coordinates of the arguments put in."""
        require(name in self.functions, Rejected, f"{where}: the model has no function {wire.shorten(name)}")
        spaces, image, letters, formulas = self.functions[name]
        found = [argument.space if isinstance(argument, Vector) else "scalar" for argument in arguments]
        require(found == spaces, Invalid, f"{where}: {name} takes {spaces}, got {found}")
        local = dict(self.names)
        for argument, group in zip(arguments, letters, strict=True):
            given = argument.parts if isinstance(argument, Vector) else {}
            local |= {letter: given.get(str(i), Quotient(number(0))) for i, letter in enumerate(group)}
        inside = Model(local, {}, self.dimensions)
        parts = [scalar(formula, inside, f"{where}: {name}") for formula in formulas]
        return parts[0] if image == "scalar" else Vector(image, {str(i): part for i, part in enumerate(parts)})

    def inner(self, one: Vector, two: Vector) -> Quotient:
        """The sum of products of coordinates."""
        return total(c * two.parts[i] for i, c in one.parts.items() if i in two.parts)

    def norm(self, one: Vector, where: str) -> Quotient:
        """The root of the sum of squares, where it is rational."""
        square = self.inner(one, one)
        constant = square.numerator.constant
        if constant is None or square.factors:
            raise Rejected(f"{where}: a norm of unknowns in this model")
        root = Fraction(isqrt(constant.numerator), isqrt(constant.denominator))
        require(root * root == constant, Rejected, f"{where}: an irrational norm in this model")
        return Quotient(number(root))
