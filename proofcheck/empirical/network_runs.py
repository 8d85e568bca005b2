"""A certified network, run in floating point: OBSERVED, beside the certificate and never inside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import torch

from proofcheck.discover.candidate import Progress, silent
from proofcheck.empirical.devices import device_of
from proofcheck.empirical.last_layer import spectrum
from proofcheck.empirical.relu_networks import Networks
from proofcheck.empirical.runs import CONVERGED, run
from proofcheck.empirical.tunings import Tuning
from proofcheck.networks import NetworkResult

STEPS = 500


@dataclass(frozen=True)
class NetworkRun:
    """What was seen along the run that a certificate is about.

    Attributes
    ----------
    f, bound : arrays
        f(W(k)) and C rho^k f(W(0)), for k = 0, ..., up to `stopped`.
    stopped : int
        The last step that counts: the first with f <= 1e-20 f_0, or the last one.
    violation : int or None
        The first step at which f is above the bound.
    x, u : float
        The largest distances of both parts from the start, over the claimed radii.
    rate : float
        (f_k/f_0)^(1/k) at the last step that counts.
    """

    f: Any
    bound: Any
    stopped: int
    violation: int | None
    x: float
    u: float
    rate: float


def as_networks(inputs: Any, targets: Any, weights: Sequence[Any], device: str = "auto") -> Networks:
    """One network with these weights at the start, for `run`."""
    place = device_of(device)
    x, y, *w = (torch.as_tensor(np.asarray(part), device=place)[None] for part in (inputs, targets, *weights))
    empty = torch.zeros(1, device=place)
    hidden = Networks(x, y, tuple(w), x, empty, empty).hidden(tuple(w))
    return Networks(x, y, tuple(w), *spectrum(hidden))


def observe(
    result: NetworkResult,
    arrays: tuple[Any, Any, Sequence[Any]],
    *,
    steps: int = STEPS,
    device: str = "auto",
    progress: Progress = silent,
) -> NetworkRun:
    """Run the iteration of a certificate in float64, and look whether bound and radii hold.

    Parameters
    ----------
    result : NetworkResult
        A proved one.
    arrays : inputs, targets, weights
        What was certified.
    steps : int
    device : str

    Tight: sufficient only: in floating point, and the numbers are rounded ones of the exact iteration.
    """
    assert result.claim is not None
    method, statement = result.claim["method"], result.claim["statement"]
    models = as_networks(*arrays, device=device)
    eta, beta = (torch.tensor([float(Fraction(method[key]))], dtype=torch.float64) for key in ("eta", "beta"))
    seen = run(models, [Tuning("certified", eta, beta)], steps, progress=progress)
    f = seen.f[0, 0].numpy()
    small = np.flatnonzero(f <= CONVERGED * f[0])
    stopped = int(small[0]) if len(small) else len(f) - 1
    rate, constant = (float(Fraction(statement[key])) for key in ("rate", "constant"))
    bound = constant * rate ** np.arange(len(f), dtype=np.float64) * f[0]
    above = np.flatnonzero(~(f[: stopped + 1] <= bound[: stopped + 1]))
    radii = {key: float(Fraction(value)) for key, value in statement["radii"].items()}
    far = {key: float(part[0, 0, : stopped + 1].max()) ** 0.5 for key, part in (("x", seen.x2), ("u", seen.u2))}
    shares = {key: far[key] / radii[key] if radii[key] else far[key] for key in far}
    mean = float((f[stopped] / f[0]) ** (1 / stopped)) if stopped and f[0] else 0.0
    first = int(above[0]) if len(above) else None
    return NetworkRun(f[: stopped + 1], bound[: stopped + 1], stopped, first, shares["x"], shares["u"], mean)
