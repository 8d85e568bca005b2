"""The shape of every key of an audit's files: what a value must look like before anything reads it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from proofcheck.errors import InvalidInput, NotSupported
from proofcheck.kernel.wire import shorten

MAX_TEXT = 20_000
MAX_EQUATIONS = 1_000
MAX_DEGREE = 8
MAX_DIMENSION = 8
Shape = Callable[[Any, str], None]
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_INSTANCE = re.compile(r"\s*[A-Za-z][A-Za-z0-9_]*\s*\(.*\)\s*", re.ASCII | re.DOTALL)
_FORMULA = re.compile(r"\s*\(.*?\)\s*:.*", re.DOTALL)


def text(value: Any, where: str) -> None:
    """A string of moderate length without control characters."""
    if not isinstance(value, str):
        raise InvalidInput(f"{where}: expected a string, got {shorten(value)}")
    if len(value) > MAX_TEXT:
        raise NotSupported(f"{where}: {len(value)} characters, the limit is {MAX_TEXT}")
    if _CONTROL.search(value):
        raise InvalidInput(f"{where}: {shorten(value)} contains a control character")


def flag(value: Any, where: str) -> None:
    """True or false."""
    if not isinstance(value, bool):
        raise InvalidInput(f"{where}: expected true or false, got {shorten(value)}")


def integer(low: int, high: int) -> Shape:
    """An integer between two bounds."""

    def check(value: Any, where: str) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or value < low:
            raise InvalidInput(f"{where}: expected an integer >= {low}, got {shorten(value)}")
        if value > high:
            raise NotSupported(f"{where}: {shorten(value)} is above the limit {high}")

    return check


def matching(pattern: re.Pattern[str], like: str) -> Shape:
    """A string of a certain form."""

    def check(value: Any, where: str) -> None:
        text(value, where)
        if not pattern.fullmatch(value):
            raise InvalidInput(f"{where}: {shorten(value)} is not like {like!r}")

    return check


def listed(shape: Shape, length: int | None = None) -> Shape:
    """A list, perhaps of a given length."""

    def check(value: Any, where: str) -> None:
        if not isinstance(value, list) or (length is not None and len(value) != length):
            count = "" if length is None else f" of {length}"
            raise InvalidInput(f"{where}: expected a list{count}, got {shorten(value)}")
        for number, item in enumerate(value, 1):
            shape(item, f"{where}[{number}]")

    return check


def table(shape: Shape) -> Shape:
    """A table whose values have one shape."""

    def check(value: Any, where: str) -> None:
        if not isinstance(value, dict):
            raise InvalidInput(f"{where}: expected a table, got {shorten(value)}")
        for name, item in value.items():
            shape(item, f"{where}.{shorten(name)}")

    return check


def either(one: Shape, many: Shape) -> Shape:
    """A string, or a list."""
    return lambda value, where: (one if isinstance(value, str) else many)(value, where)


def record(shapes: dict[str, Shape]) -> Shape:
    """A table with these keys and no others."""

    def check(value: Any, where: str) -> None:
        table(lambda item, inside: None)(value, where)
        for key, item in value.items():
            if key not in shapes:
                raise InvalidInput(f"{where}: unknown key {shorten(key)}")
            shapes[key](item, f"{where}: {key}")

    return check


def anything(value: Any, where: str) -> None:
    """Looked at elsewhere."""


TEXTS, NAMED = listed(text), table(text)
SCALES = {"scales": TEXTS, "free": TEXTS, "max": table(TEXTS)}
OBJECTS = {
    "scalars": NAMED, "vectors": NAMED, "members": table(TEXTS), "domain": TEXTS, "only": TEXTS,
    "context": either(text, TEXTS),
}  # fmt: skip
BOTH = {"let": listed(listed(text, 2)), "assume": TEXTS, "show": either(text, TEXTS)}
MODEL = record(
    {
        "scalars": NAMED,
        "spaces": table(integer(1, MAX_DIMENSION)),
        "vectors": table(TEXTS),
        "functions": table(matching(_FORMULA, "(x; u): formula")),
    }
)
HINTS = {
    "instances": listed(matching(_INSTANCE, "A1(x=xk, y=yk)")), "squares": TEXTS, "products": TEXTS,
    "degree": integer(0, MAX_DEGREE), "model": MODEL, "inhabitant": MODEL, "multipliers": NAMED, "split": TEXTS,
    "pairs": flag, "times": TEXTS, "note": text, "atoms": TEXTS,
}  # fmt: skip
CONTEXT = {
    "spaces": TEXTS, "sets": NAMED, "scalars": NAMED, "functions": NAMED, "hypotheses": TEXTS, "premises": TEXTS,
    "let": BOTH["let"], "domain": TEXTS, "model": MODEL,
}  # fmt: skip
CORRECTION = {"kind": text, "words": text, "consequence": text, "why": text, "hints": record(HINTS)}
ROW = {
    "id": text, "page": integer(0, 1_000_000), "place": text, "printed": text, "kind": text, "covers": TEXTS,
    "uses": TEXTS, "hints": record(HINTS), "correction": listed(table(anything)), "note": text, "source": text,
}  # fmt: skip
PAPER = record(
    {
        "title": text, "source": text, "authors": text, "url": text, "note": text, "venue": text,
        "equations": integer(0, MAX_EQUATIONS), "numbered": TEXTS, "silent": NAMED, "restated": flag,
        "constants": TEXTS, "statement": anything,
    }
)  # fmt: skip


def claim_keys(kind: str) -> dict[str, Shape]:
    """The keys that say what a row of a kind claims; a key that would not be read is no key."""
    return BOTH | (SCALES if kind == "scale" else OBJECTS)
