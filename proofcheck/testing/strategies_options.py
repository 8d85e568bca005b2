"""What all strategies share: options that are refused in Hypothesis' words, and small exact numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor
from typing import Any

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from proofcheck.errors import InvalidInput
from proofcheck.numbers import exact


class InvalidOption(InvalidInput, InvalidArgument):
    """An option of a strategy that cannot be accepted: Hypothesis' InvalidArgument and proofcheck's InvalidInput."""


def chosen(given: Iterable[str] | None, known: Iterable[str], option: str) -> tuple[str, ...]:
    """The names given, or all of them; in the order of `known`, which is that of shrinking."""
    listed = tuple(known)
    if given is None:
        return listed
    if not isinstance(given, Iterable):
        raise InvalidOption(f"expected names but got {option}={given!r}")
    found = (given,) if isinstance(given, str) else tuple(given)
    for name in found:
        if name not in listed:
            raise InvalidOption(f"expected {option} among {', '.join(listed)} but got {option}={name!r}")
    if not found:
        raise InvalidOption(f"expected at least one of {option} but got {option}=()")
    return tuple(name for name in listed if name in found)


def at_least(value: Any, bound: Any, option: str) -> Any:
    """An integer or exact number not below the bound."""
    if isinstance(bound, int) and (isinstance(value, bool) or not isinstance(value, int)):
        raise InvalidOption(f"expected an integer {option} but got {option}={value!r}")
    if value < bound:
        raise InvalidOption(f"expected {option} >= {bound} but got {option}={value}")
    return value


def number(value: Any, option: str) -> Fraction:
    """An exact number."""
    try:
        return exact(value, option)
    except InvalidInput as error:
        raise InvalidOption(f"expected an exact number but got {error}") from None


def simplest(low: Fraction, high: Fraction) -> Fraction:
    """The rational of smallest denominator in [low, high], the nearest to 0 of these."""
    if low <= 0 <= high:
        return Fraction(0)
    if high < 0:
        return -simplest(-high, -low)
    whole = ceil(low)
    if whole <= high:
        return Fraction(whole)
    whole -= 1
    return whole + 1 / simplest(1 / (high - whole), 1 / (low - whole))


def rationals(
    *, min_value: Any = None, max_value: Any = None, max_denominator: int = 12
) -> st.SearchStrategy[Fraction]:
    """Rational numbers; they shrink towards integers, and these towards 0.

    Parameters
    ----------
    min_value, max_value : exact numbers, optional
        Bounds, both included.
    max_denominator : int
        At least 1.

    Raises
    ------
    InvalidOption
        If the bounds are not exact, or no such number lies between them.

    Examples
    --------
    >>> from hypothesis import given
    >>> @given(rationals(min_value="1/3", max_value=2))
    ... def test_number(x):
    ...     assert 1 <= 3 * x <= 6
    >>> rationals(min_value=3, max_value=2)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    proofcheck.testing.strategies_options.InvalidOption: expected min_value <= max_value but got min_value=3, ...
    """
    below = at_least(max_denominator, 1, "max_denominator")
    low = None if min_value is None else number(min_value, "min_value")
    high = None if max_value is None else number(max_value, "max_value")
    if low is None or high is None:
        return _rationals(low, high, below, Fraction(0))
    if low > high:
        raise InvalidOption(f"expected min_value <= max_value but got min_value={low}, max_value={high}")
    fallback = simplest(low, high)
    if fallback.denominator > below:
        message = f"expected max_denominator >= {fallback.denominator} for min_value={low} and max_value={high}"
        raise InvalidOption(f"{message} but got max_denominator={below}")
    return _rationals(low, high, below, fallback)


@st.composite
def _rationals(
    draw: st.DrawFn, low: Fraction | None, high: Fraction | None, max_denominator: int, fallback: Fraction
) -> Fraction:
    below = draw(_UP_TO[max_denominator] if max_denominator in _UP_TO else st.integers(1, max_denominator))
    least = None if low is None else ceil(low * below)
    most = None if high is None else floor(high * below)
    if least is not None and most is not None and least > most:
        return fallback
    return Fraction(draw(st.integers(least, most)), below)


_UP_TO = {number: st.integers(1, number) for number in (1, 2, 3, 4, 6, 12)}


def _pool(low: int, high: int) -> st.SearchStrategy[Fraction]:
    """Rationals with denominators up to 4 between two integers, the simplest first: one choice each, which is fast."""
    found = {Fraction(count, below) for below in (1, 2, 3, 4) for count in range(low * below, high * below + 1)}
    return st.sampled_from(
        sorted(found - {Fraction(0)} if low == 0 else found, key=lambda x: (x.denominator, abs(x), -x))
    )


SMALL = _pool(-3, 3)
POSITIVE = _pool(0, 4)
"""Shrinks to 1."""
UNIT = rationals(min_value=0, max_value="11/12")
"""In [0, 1)."""
DIRECTIONS = st.integers(-2, 2)


@st.composite
def reflections(draw: st.DrawFn, size: int, most: int = 2) -> tuple[tuple[int, ...], ...]:
    """At most so many vectors of small integers, none of them zero; none at all in one dimension."""
    if size == 1:
        return ()
    count = draw(st.integers(0, most))
    drawn = draw(st.lists(DIRECTIONS, min_size=count * size, max_size=count * size))
    rows = [tuple(drawn[i * size : (i + 1) * size]) for i in range(count)]
    return tuple(row if any(row) else (1,) * size for row in rows)


def spoiled(fields: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
    """The fields with one of them replaced."""
    return {**fields, name: value}


NO_NUMBERS: Sequence[Any] = (0.5, True, None, "one", "1/0", "", float("nan"), [1], {"value": 1}, 1 + 2j)
"""Nothing that the package reads as an exact number."""
