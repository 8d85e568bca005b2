"""What was seen along the run of a certified network: floating point, kept beside its certificate, never inside it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import inf, isfinite, log
from typing import TYPE_CHECKING, Any

from proofcheck.errors import InvalidInput

from .escape import Tex
from .notation import _mantissa

if TYPE_CHECKING:
    from proofcheck.empirical.network_runs import NetworkRun

FORMAT = "proofcheck-evidence/1"
FIELDS = ("format", "word", "claim", "f", "bound", "violation", "x", "u", "rate")
MOST_STEPS = 1_000_000
MAX = 1e300


@dataclass(frozen=True)
class Evidence:
    """A run of a certified network in float64: OBSERVED.

    Attributes
    ----------
    claim : str
        The hash of the claim beside which it was run.
    f, bound : tuple of float
        f(W(k)) and C rho^k f(W(0)); infinite where not finite.
    violation : int or None
        The first step at which f is above the bound.
    x, u : float
        The largest distances of both parts from the start, over the claimed radii.
    rate : float
        (f_k/f_0)^(1/k) at the last step.
    """

    claim: str
    f: tuple[float, ...]
    bound: tuple[float, ...]
    violation: int | None
    x: float
    u: float
    rate: float

    @classmethod
    def of(cls, run: NetworkRun, claim: str) -> Evidence:
        """Of a run that was made just now."""
        f, bound = (tuple(map(_finite, part.tolist())) for part in (run.f, run.bound))
        return cls(claim, f, bound, run.violation, _finite(run.x), _finite(run.u), _finite(run.rate))

    @classmethod
    def read(cls, data: bytes, where: str) -> Evidence:
        """From the bytes of a file.

        Raises
        ------
        InvalidInput
            With one line that names the file and the field.
        """
        try:
            found = json.loads(data)
        except (ValueError, RecursionError):
            raise InvalidInput(f"{where}: not JSON") from None
        if not isinstance(found, dict) or set(found) != set(FIELDS) or found["format"] != FORMAT:
            raise InvalidInput(f"{where}: expected exactly the fields of {FORMAT}: {', '.join(FIELDS)}")
        if not isinstance(found["claim"], str) or found["word"] != "OBSERVED":
            raise InvalidInput(f'{where}: claim must be a hash and word "OBSERVED"')
        f, bound = (tuple(_number(x, f"{where}: {key}") for x in _list(found[key], where)) for key in ("f", "bound"))
        numbers = {key: _number(found[key], f"{where}: {key}") for key in ("x", "u", "rate")}
        above = found["violation"]
        if len(f) != len(bound) or not (above is None or (type(above) is int and 0 <= above < len(f))):
            raise InvalidInput(f"{where}: f and bound must have one length, and violation be a step of it or null")
        return cls(found["claim"], f, bound, above, **numbers)

    def to_bytes(self) -> bytes:
        """The file evidence.json; null stands for what is not finite."""
        fields = {key: _plain(value) for key, value in asdict(self).items()}
        return (json.dumps({"format": FORMAT, "word": "OBSERVED", **fields}, indent=1, sort_keys=True) + "\n").encode()

    @property
    def last(self) -> int:
        """The last step."""
        return len(self.f) - 1

    def relative(self, values: Sequence[float]) -> list[float]:
        """Values over f(W(0))."""
        return [value / (self.f[0] or 1.0) for value in values]

    def shares(self) -> list[float]:
        """f(W(k)) over its bound; below 1 the bound holds."""
        return [f / bound if bound else (inf if f else 0.0) for f, bound in zip(self.f, self.bound, strict=True)]

    def faster(self, rho: float) -> float | None:
        """How many steps of the bound one step of the run is worth: log of the observed over log of the proved rate."""
        return log(self.rate) / log(rho) if 0 < self.rate < inf and 0 < rho < 1 else None


def about(number: float, figures: int = 4) -> Tex:
    """A float to a few figures for math mode, nearest; never an exact number."""
    return Tex(_mantissa(f"{number:.{figures}g}") if isfinite(number) else r"\infty")


def _finite(number: Any) -> float:
    return float(number) if isfinite(number) else inf


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    return None if isinstance(value, float) and not isfinite(value) else value


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_STEPS:
        raise InvalidInput(f"{where}: f and bound must be lists of 1 to {MOST_STEPS} numbers")
    return value


def _number(value: Any, where: str) -> float:
    if value is None:
        return inf
    if type(value) not in (int, float) or not 0 <= value <= MAX:
        raise InvalidInput(f"{where}: expected numbers >= 0 or null")
    return float(value)
