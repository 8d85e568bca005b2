"""A proved theorem as numbers: rate, constant, radii and Lyapunov function at given q. The kernel is asked first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from proofcheck import kept
from proofcheck.errors import InvalidInput
from proofcheck.families import MethodFamily, function
from proofcheck.kernel import Refusal, check
from proofcheck.kernel.__main__ import load as load_bytes
from proofcheck.kernel.parameter.ratio import Ratio
from proofcheck.kernel.wire import canonical_bytes, read_json

FAMILY = "proofcheck-claim/2"
RULES = ("lyapunov", "lyapunov_in_balls")


@dataclass(frozen=True)
class Bound:
    """A PROVED claim f_k - f* <= constant * rate^k (f_0 - f*) on the partial class, for every q = sqrt(c/kappa).

    Attributes
    ----------
    name : str
        The folder's, or that of the kept theorem.
    digest : str
        SHA-256 of the claim.
    tau, rate, constant : Ratio
    method : MethodFamily
    balls : dict or None
        C_x and C_u as `x` and `u`; with `start` a function C_s the claim has the premise
        mu |x_0 - x*(u_0)|^2 <= C_s^2 F_0.
    values, x, u : lists of Ratio, matrices of Ratio
        The Lyapunov function.
    """

    name: str
    digest: str
    tau: Ratio
    rate: Ratio
    constant: Ratio
    method: MethodFamily
    balls: dict[str, Ratio] | None
    values: list[Ratio]
    x: list[list[Ratio]]
    u: list[list[Ratio]]

    def is_about(self, method: str, tuning: str) -> bool:
        """Whether the claim's method is this one with this tuning."""
        other = MethodFamily.tuned(method, tuning)
        return other.name == self.method.name and other.coefficients == self.method.coefficients


def load_bound(source: Path | str) -> Bound:
    """Read a theorem with its certificate and ask the kernel.

    Parameters
    ----------
    source : path or str
        A folder with claim.json and cert.json, or the name of a kept theorem (`proofcheck.kept`).

    Raises
    ------
    InvalidInput
        Unless the kernel says PROVED and the claim is a linear rate of the gap for every condition number.
    """
    if isinstance(source, str):
        name = folder = source
        documents: list[Any] = list(kept.theorem(source))
        verdict = check(canonical_bytes(documents[0]), canonical_bytes(documents[1]))
    else:
        name, folder = source.name, str(source)
        paths = [source / part for part in ("claim.json", "cert.json")]
        try:
            data = [load_bytes(str(path)) for path in paths]
            verdict = check(data[0], data[1])
            documents = [read_json(entry, str(path)) for entry, path in zip(data, paths, strict=True)]
        except Refusal as refusal:
            raise InvalidInput(str(refusal)) from None
    if verdict.word != "PROVED":
        raise InvalidInput(
            f"{folder}: only what is PROVED is compared, and the kernel says {verdict.word}: {verdict.reason}"
        )
    claim, certificate = documents
    statement = claim["statement"]
    wanted = {"kind": "linear_rate", "metric": "objective_gap", "initial": "objective_gap"}
    if claim["format"] != FAMILY or {key: statement.get(key) for key in wanted} != wanted:
        raise InvalidInput(f"{folder}: the claim must be a linear_rate of the objective_gap for every condition number")
    if "tau" not in claim["class"] or certificate["rule"] not in RULES:
        raise InvalidInput(f"{folder}: the class must be partial_strong_convexity and the rule {' or '.join(RULES)}")
    some = statement["constant"] == "some"
    method = dict(claim["method"])
    balls = claim["class"].get("balls")
    form = certificate["lyapunov"]
    return Bound(
        name=name,
        digest=str(certificate["claim"]),
        tau=function(claim["class"]["tau"], "tau"),
        rate=function(statement["rate"], "rate"),
        constant=function(certificate["constant"] if some else statement["constant"], "constant"),
        method=MethodFamily(method.pop("name"), method),
        balls=None if balls is None else {key: function(value, key) for key, value in balls.items()},
        values=[function(entry, "values") for entry in form["values"]],
        x=[[function(entry, "x") for entry in row] for row in form["x"]],
        u=[[function(entry, "u") for entry in row] for row in form["u"]],
    )


def at(found: Ratio, q: Tensor) -> Tensor:
    """The value of a function of q, entry by entry (Horner's rule)."""
    above, below = (_polynomial([float(x) for x in p], q) for p in (found.numerator, found.denominator))
    return above / below


def _polynomial(coefficients: Sequence[float], q: Tensor) -> Tensor:
    total = torch.zeros_like(q)
    for coefficient in reversed(coefficients):
        total = total * q + coefficient
    return total
