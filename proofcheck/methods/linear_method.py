"""A method by its recursion: what somebody else adds, without touching the kernel."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from proofcheck.errors import InvalidInput
from proofcheck.kernel.methods import linear
from proofcheck.methods.base import Method
from proofcheck.numbers import exact


@dataclass(frozen=True)
class Recursion:
    r"""The numbers of a recursion with two iterates of memory.

    Statement: :math:`y_k = c_0 x_k + c_1 x_{k-1}`,
    :math:`x_{k+1} = a_0 x_k + a_1 x_{k-1} - \eta\nabla f(y_k)`, :math:`x_{-1} = x_0`.

    Parameters
    ----------
    state, query : pairs of exact numbers
        (a_0, a_1) and (c_0, c_1); each adds to 1, so that the method does not depend on the origin.
    eta : exact number
        Step size, ``eta > 0``.

    Raises
    ------
    InvalidInput
        If a number is not exact, a pair does not add to 1, or eta is not positive.

    Source: Lessard, Recht and Packard (2016), Section 2.

    Examples
    --------
    >>> Recursion(state=(1, 0), query=(1, 0), eta="1/4").momentum
    Fraction(0, 1)
    """

    state: tuple[Any, Any]
    query: tuple[Any, Any]
    eta: Any

    def __post_init__(self) -> None:
        for name in ("state", "query"):
            pair = getattr(self, name)
            if not isinstance(pair, tuple | list) or len(pair) != 2:
                raise InvalidInput(f"{name}={pair!r}: expected two exact numbers")
            numbers = tuple(exact(number, f"{name}[{index}]") for index, number in enumerate(pair))
            if sum(numbers) != 1:
                raise InvalidInput(f"{name}=({numbers[0]}, {numbers[1]}): the sum {sum(numbers)} must be 1")
            object.__setattr__(self, name, numbers)
        eta = exact(self.eta, "eta")
        if eta <= 0:
            raise InvalidInput(f"eta={eta} must be > 0")
        object.__setattr__(self, "eta", eta)

    @property
    def momentum(self) -> Fraction:
        """The number beta with x_{k+1} = x_k + beta (x_k - x_{k-1}) - eta g_k."""
        return Fraction(-self.state[1])


@dataclass(frozen=True)
class LinearMethod(Method):
    """A first-order method of one's own, with constant coefficients and two iterates of memory.

    A subclass is a frozen dataclass with exact numbers as its fields (`eta` is the first one); it says `recursion`.
    Class attributes `name`, `title`, `source` say what the method is.

    Raises
    ------
    InvalidInput
        If a coefficient is not exact, or if the recursion is none.

    Source: the subclass says it.

    Examples
    --------
    >>> @dataclass(frozen=True)
    ... class LookBack(LinearMethod):
    ...     name, title, source = "look_back", "gradients of the iterate before", "made up"
    ...
    ...     def recursion(self):
    ...         return Recursion(state=(1, 0), query=(0, 1), eta=self.eta)
    >>> LookBack(eta="1/4").document()["query_1"]
    '1'
    """

    def recursion(self) -> Recursion:
        """The recursion with the numbers of this method."""
        raise NotImplementedError(f"{type(self).__name__}.recursion")

    def document(self) -> dict[str, str]:
        """The `method` field of a claim."""
        found = self.recursion()
        if not isinstance(found, Recursion):
            raise InvalidInput(f"recursion: expected a Recursion, got {type(found).__name__}")
        pairs = {"state": found.state, "query": found.query}
        numbers = {f"{name}_{i}": str(pair[i]) for name, pair in pairs.items() for i in (0, 1)}
        return {"name": linear.NAME, **numbers, "eta": str(found.eta)}

    def latex_recursion(self) -> str:
        """The recursion in LaTeX, written for one block of variables."""
        (a0, a1), (c0, c1) = self.recursion().state, self.recursion().query
        query = _sum([(c0, "z_k"), (c1, "z_{k-1}")])
        return rf"\bar z_k={query},\qquad z_{{k+1}}={_sum([(a0, 'z_k'), (a1, 'z_{k-1}')])}-\eta\nabla f(\bar z_k)"

    @classmethod
    def definition(cls) -> dict[str, Any]:
        """The textbook recursion in SymPy: "y" in x_k, x_{k-1}; "x" in x_k, x_{k-1}, y_k, g_k; and the fields.

        `proofcheck.testing.check_method` compares it with `recursion`.
        """
        raise NotImplementedError(f"{cls.__name__}.definition")

    @classmethod
    def invalid(cls) -> list[dict[str, Any]]:
        """Coefficients that must be refused."""
        raise NotImplementedError(f"{cls.__name__}.invalid")


def _sum(terms: list[tuple[Fraction, str]]) -> str:
    shown = ""
    for number, name in terms:
        if number:
            size = abs(number)
            factor = str(size) if size.denominator == 1 else rf"\tfrac{{{size.numerator}}}{{{size.denominator}}}"
            shown += ("-" if number < 0 else "+" if shown else "") + ("" if size == 1 else factor) + name
    return shown
