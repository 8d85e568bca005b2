"""The language of obligations: relations between expressions, read into trees. Nothing is evaluated here.

    relation:   sum (>= | <= | > | < | =) sum          sum:     product ((+ | -) product)*
    product:    signed ((* | /) signed)*               signed:  - signed | power
    power:      atom (^ integer)?                      atom:    integer | name | name(sum, ...) | (sum)

Trees: (sign, left, right) for a relation, ("sum" | "product", [(sign, tree), ...]), ("negative", tree),
("^", tree, power), ("number", integer), ("name", name), ("call", name, [tree, ...]).
"""

from __future__ import annotations

import re
from typing import Any

from .. import wire
from ..outcome import Declined, Invalid, require

MAX_LENGTH = 4_000
MAX_NESTING = 40
MAX_INTEGER = 200
MAX_POWER = 60
RELATIONS = (">=", "<=", ">", "<", "=")
_TOKEN = re.compile(r"[ \t\r\n]*(?:([0-9]+)|([A-Za-z][A-Za-z0-9_]*)|(>=|<=|[-+*/^(),<>=]))", re.ASCII)
Node = tuple[Any, ...]


class Reader:
    """One pass over the tokens of one string."""

    def __init__(self, source: Any, where: str) -> None:
        require(isinstance(source, str), Invalid, f"{where}: expected a string, got {wire.shorten(source)}")
        require(len(source) <= MAX_LENGTH, Declined, f"{where}: {len(source)} characters, the limit is {MAX_LENGTH}")
        self.where = where
        self.tokens: list[str] = []
        position = 0
        source = source.rstrip(" \t\r\n")
        while position < len(source):
            match = _TOKEN.match(source, position)
            if match is None:
                raise Invalid(f"{where}: cannot read {wire.shorten(source[position:])}")
            self.tokens.append(match[0].strip())
            position = match.end()
        self.tokens.append("")
        self.index = 0
        self.depth = 0

    def take(self, *expected: str) -> str | None:
        """The next token if it is one of these."""
        if self.tokens[self.index] in expected:
            self.index += 1
            return self.tokens[self.index - 1]
        return None

    def need(self, *expected: str) -> str:
        """The next token, which has to be one of these."""
        token = self.take(*expected)
        if token is None:
            found = self.tokens[self.index] or "the end"
            raise Invalid(f"{self.where}: expected {' or '.join(expected)}, got {wire.shorten(found)}")
        return token

    def end(self) -> None:
        """Nothing may be left."""
        left = self.tokens[self.index]
        require(not left, Invalid, f"{self.where}: {wire.shorten(left)} is left over")

    def sum(self) -> Node:
        """A sum."""
        self.depth += 1
        require(self.depth <= MAX_NESTING, Declined, f"{self.where}: nested deeper than {MAX_NESTING}")
        parts = [("+", self.product())]
        while sign := self.take("+", "-"):
            parts.append((sign, self.product()))
        self.depth -= 1
        return ("sum", parts) if len(parts) > 1 else parts[0][1]

    def product(self) -> Node:
        """A product or quotient."""
        parts = [("*", self.signed())]
        while sign := self.take("*", "/"):
            parts.append((sign, self.signed()))
        return ("product", parts) if len(parts) > 1 else parts[0][1]

    def signed(self) -> Node:
        """A power, perhaps with signs in front."""
        negative = False
        while self.take("-"):
            negative = not negative
        node = self.atom()
        if self.take("^"):
            power = self.tokens[self.index]
            require(power.isdigit() and len(power) < 4, Invalid, f"{self.where}: ^ needs a small integer after it")
            require(int(power) <= MAX_POWER, Declined, f"{self.where}: power {power}, the limit is {MAX_POWER}")
            self.index += 1
            node = ("^", node, int(power))
        return ("negative", node) if negative else node

    def atom(self) -> Node:
        """A number, a name, a call or a sum in parentheses."""
        token = self.tokens[self.index]
        if self.take("("):
            node = self.sum()
            self.need(")")
            return node
        require(token[:1].isalnum(), Invalid, f"{self.where}: expected a term, got {wire.shorten(token or 'the end')}")
        require(len(token) <= MAX_INTEGER, Declined, f"{self.where}: {len(token)} characters in one word")
        self.index += 1
        if token[0].isdigit():
            return ("number", int(token))
        if not self.take("("):
            return ("name", token)
        arguments = [self.sum()]
        while self.take(","):
            arguments.append(self.sum())
        self.need(")")
        return ("call", token, arguments)


def expression(source: Any, where: str) -> Node:
    """Read one expression."""
    reader = Reader(source, where)
    node = reader.sum()
    reader.end()
    return node


def relation(source: Any, where: str) -> Node:
    """Read one relation: (sign, left, right)."""
    reader = Reader(source, where)
    left = reader.sum()
    sign = reader.need(*RELATIONS)
    node = (sign, left, reader.sum())
    reader.end()
    return node
