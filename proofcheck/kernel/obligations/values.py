"""What an expression means in a world, and the world of an explicit model."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt
from typing import Any

from .. import wire
from ..outcome import Declined, Invalid, Rejected, require
from .language import Node
from .polynomials import number
from .quotients import Quotient, Vector, total
from .worlds import General, Value, World

__all__ = ["BUILT_IN", "General", "Model", "Relation", "Value", "World", "scalar", "value"]
BUILT_IN = {"inner": 2, "norm2": 1, "norm": 1}


def value(node: Node, world: World, where: str) -> Value:
    """The value of an expression."""
    return _read(node, world, where)[0]


def _read(node: Node, world: World, where: str) -> tuple[Value, list[Any]]:
    """The value of an expression, and factors of which one is 0 where it is 0."""
    kind, *rest = node
    if kind in ("sum", "product"):
        (_, first), *others = rest[0]
        found, factors = _read(first, world, where)
        for sign, part in others:
            other, more = _read(part, world, where)
            found = _combined(sign, found, other, where)
            if sign == "/":
                world.divided(more, where)
            factors = factors + more
        return found, factors if kind == "product" else [found]
    if kind == "negative":
        found, factors = _read(rest[0], world, where)
        minus = Quotient(number(-1))
        return found.scaled(minus) if isinstance(found, Vector) else minus * found, factors
    if kind == "^":
        found, factors = _read(rest[0], world, where)
        if isinstance(found, Vector):
            raise Invalid(f"{where}: a power of a vector")
        return found ** rest[1], factors
    found = _single(kind, rest, world, where)
    return found, [found]


def _single(kind: str, rest: list[Any], world: World, where: str) -> Value:
    if kind == "number":
        return Quotient(number(rest[0]))
    if kind == "name":
        return world.named(rest[0], where)
    arguments = [value(argument, world, where) for argument in rest[1]]  # the last kind is a call
    return _built_in(rest[0], arguments, world, where) or world.applied(rest[0], arguments, where)


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
        if constant is None:
            raise Rejected(f"{where}: not a relation between numbers in this model")
        return constant == 0 if self.sign == "=" else constant > 0 if self.sign == ">" else constant >= 0


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
        spaces, image, letters, formulas, outside = self.functions[name]
        found = [argument.space if isinstance(argument, Vector) else "scalar" for argument in arguments]
        require(found == spaces, Invalid, f"{where}: {name} takes {spaces}, got {found}")
        local = dict(outside)  # not self.names: a bound variable of a hypothesis must not get into the formula
        vectors: list[Any] = arguments
        for given, group in zip([vector.parts for vector in vectors], letters, strict=True):
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
        if constant is None:
            raise Rejected(f"{where}: a norm of unknowns in this model")
        root = Fraction(isqrt(constant.numerator), isqrt(constant.denominator))
        require(root * root == constant, Rejected, f"{where}: an irrational norm in this model")
        return Quotient(number(root))

    def divided(self, factors: list[Quotient], where: str) -> None:
        """Numbers alone may be divided by: an unknown can be 0."""
        known = all(factor.numerator.constant is not None for factor in factors)
        require(known, Declined, f"{where}: division by an unknown")
