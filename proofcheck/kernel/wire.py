"""Strict JSON and rationals: everything the kernel reads passes through here.

No floats, no duplicate keys, no unknown or missing fields; caps on size, depth and digits.
"""

from __future__ import annotations

import hashlib
import json
import re
from fractions import Fraction
from math import lcm
from typing import Any

from .outcome import Declined, Invalid, require

MAX_BYTES = 4_000_000
MAX_DEPTH = 12
MAX_DIGITS = 1_000
MAX_TEXT = 200
_RATIONAL = re.compile(r"(-?)(0|[1-9][0-9]*)(?:/([1-9][0-9]*))?", re.ASCII)


def read_json(data: bytes, what: str) -> Any:
    """Parse one JSON document of the kernel's dialect; `what` names the file in messages."""
    require(len(data) <= MAX_BYTES, Declined, f"{what}: {len(data)} bytes, the limit is {MAX_BYTES}")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Invalid(f"{what}: not UTF-8 text (byte {error.start})") from None
    depth = _depth(text)
    require(depth <= MAX_DEPTH, Declined, f"{what}: nested {depth} deep, the limit is {MAX_DEPTH}")

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for key, value in items:
            require(key not in seen, Invalid, f"{what}: key {shorten(key)} appears twice")
            seen[key] = value
        return seen

    def no_float(token: str) -> Any:
        raise Invalid(f'{what}: {shorten(token)} is a float; write a rational string such as "1/3"')

    def small_int(token: str) -> int:
        require(len(token) <= 6, Declined, f"{what}: integer of {len(token)} digits, the limit is 6")
        return int(token)

    try:
        return json.loads(
            text, object_pairs_hook=pairs, parse_float=no_float, parse_int=small_int, parse_constant=no_float
        )
    except json.JSONDecodeError as error:
        raise Invalid(f"{what}: not JSON (line {error.lineno}, column {error.colno}: {error.msg})") from None


def _depth(text: str) -> int:
    """Deepest nesting of brackets outside strings, found without recursion and in linear time."""
    depth = deepest = 0
    for character in re.sub(r'"(?:[^"\\]++|\\.)*+"?', "", text, flags=re.DOTALL):
        if character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def canonical_bytes(document: Any) -> bytes:
    """The one spelling that is hashed: sorted keys, two-space indent, ASCII, final newline."""
    return (json.dumps(document, sort_keys=True, indent=2, ensure_ascii=True) + "\n").encode("ascii")


def digest(document: Any) -> str:
    """SHA-256 of the canonical bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_bytes(document)).hexdigest()


def document(data: bytes, what: str, *forms: str) -> dict[str, Any]:
    """Read one JSON object whose `format` is one of the given ones, before anything else is asked of it."""
    found = read_json(data, what)
    require(isinstance(found, dict), Invalid, f"{what}: expected an object, got {shorten(found)}")
    require("format" in found, Invalid, f"{what}: key 'format' is missing")
    name = text(found["format"], f"{what}: format")
    require(name in forms, Declined, f"{what}: format: {shorten(name)} is not {' or '.join(map(repr, forms))}")
    return dict(found)


def fields(value: Any, names: tuple[str, ...], where: str, optional: tuple[str, ...] = ()) -> dict[str, Any]:
    """An object with exactly the given keys (and perhaps the optional ones)."""
    require(isinstance(value, dict), Invalid, f"{where}: expected an object, got {shorten(value)}")
    for name in names:
        require(name in value, Invalid, f"{where}: key {name!r} is missing")
    for name in value:
        require(name in names or name in optional, Invalid, f"{where}: unknown key {shorten(name)}")
    return dict(value)


def sequence(value: Any, where: str, limit: int) -> list[Any]:
    """A list of at most `limit` entries."""
    require(isinstance(value, list), Invalid, f"{where}: expected a list, got {shorten(value)}")
    require(len(value) <= limit, Declined, f"{where}: {len(value)} entries, the limit is {limit}")
    return list(value)


def text(value: Any, where: str) -> str:
    """A string of moderate length."""
    require(isinstance(value, str), Invalid, f"{where}: expected a string, got {shorten(value)}")
    require(len(value) <= MAX_TEXT, Declined, f"{where}: {len(value)} characters, the limit is {MAX_TEXT}")
    return str(value)


def integer(value: Any, where: str, low: int, high: int) -> int:
    """A JSON integer in [low, high]."""
    require(type(value) is int, Invalid, f"{where}: expected an integer, got {shorten(value)}")
    require(low <= value, Invalid, f"{where}: {value} must be >= {low}")
    require(value <= high, Declined, f"{where}: {value} is above the limit {high}")
    return int(value)


def rational(value: Any, where: str) -> Fraction:
    """A rational string in lowest terms, such as "-3/4" or "2"."""
    require(isinstance(value, str), Invalid, f"{where}: expected a rational string, got {shorten(value)}")
    require(len(value) <= MAX_DIGITS, Declined, f"{where}: {len(value)} characters, the limit is {MAX_DIGITS}")
    match = _RATIONAL.fullmatch(value)
    if match is None:
        raise Invalid(f'{where}: {shorten(value)} is not a rational such as "-3/4"')
    number = Fraction(int(match[1] + match[2]), int(match[3] or 1))
    require(str(number) == value, Invalid, f"{where}: {shorten(value)} is not in lowest terms")
    return number


def common_denominator(document: Any) -> int:
    """A common denominator of every rational string in a document; the search ends above MAX_DIGITS digits."""
    common, left = 1, [document]
    while left and common < 10**MAX_DIGITS:
        entry = left.pop()
        if isinstance(entry, dict):
            left.extend(entry.values())
        elif isinstance(entry, list):
            left.extend(entry)
        elif isinstance(entry, str) and len(entry) <= MAX_DIGITS:
            match = _RATIONAL.fullmatch(entry)
            common = lcm(common, int(match[3] or 1)) if match else common
    return common


def shorten(value: Any) -> str:
    """A value for a message: one line, at most 40 characters."""
    shown = repr(value) if isinstance(value, (str, int, float, bool, type(None))) else type(value).__name__
    return shown if len(shown) <= 40 else shown[:37] + "..."
