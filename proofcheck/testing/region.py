"""Where an assumption is asked for: a product of two balls or boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from proofcheck.errors import InvalidInput
from proofcheck.testing.point import check_finite


@dataclass(frozen=True, kw_only=True)
class Region:
    r"""X times U, with :math:`X = \{|x - x_0| \le R_x\}` and :math:`U = \{|u - u_0| \le R_u\}`.

    Attributes
    ----------
    x, u : sequences of numbers
        The centres x_0 and u_0; u is empty for a function of x alone.
    x_radius, u_radius : positive numbers
        Exact ones for exact functions. The assumptions "on the whole space" are sampled in a ball, too: say how far.

    Raises
    ------
    InvalidInput

    Examples
    --------
    >>> Region(x=(0, 0), x_radius=2).dimensions
    (2, 0)
    """

    x: Sequence[Any]
    x_radius: Any
    u: Sequence[Any] = ()
    u_radius: Any = 1

    def __post_init__(self) -> None:
        for name in ("x_radius", "u_radius"):
            check_finite(getattr(self, name), name)
            if not getattr(self, name) > 0:
                raise InvalidInput(f"{name}={getattr(self, name)} must be > 0")
        for name in ("x", "u"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
            for entry in getattr(self, name):
                check_finite(entry, f"an entry of {name}")

    @property
    def dimensions(self) -> tuple[int, int]:
        """Numbers in x and in u."""
        return len(self.x), len(self.u)
