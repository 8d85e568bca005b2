"""A proof that the exact iteration converges at the accelerated rate on one given network, from one given start."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from proofcheck.discover.candidate import Progress, silent
from proofcheck.documents import Document
from proofcheck.errors import InvalidInput, NotSupported
from proofcheck.files import make_directory, remove, write_atomically
from proofcheck.kernel import EXIT_CODES, Refusal, Verdict, check, explain
from proofcheck.kernel.networks import check as kernel_rule
from proofcheck.kernel.networks import claim as kernel_claim
from proofcheck.kernel.networks.claim import FILES
from proofcheck.kernel.wire import canonical_bytes, digest

SIMPLE = 20  # bits of the numbers that a reader sees


@dataclass(frozen=True)
class NetworkResult:
    """The outcome for one network: PROVED or UNDECIDED.

    Attributes
    ----------
    status, reason : str
        The kernel's word and reason, or UNDECIDED and what is missing.
    claim, certificate : dict or None
        What the kernel accepted, or None.
    files : dict
        The bytes of the data and of the weights at the start, which the claim names by their hashes.
    numbers : dict
        Floats for a reader: kappa, tau, mu, G1, rate, radii, the theorem; the factors by which inequalities are off.
    """

    status: str
    reason: str
    claim: Document | None
    certificate: Document | None
    files: Mapping[str, bytes]
    numbers: Mapping[str, Any] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """The documented exit code of the status."""
        return EXIT_CODES[self.status]

    @property
    def rate(self) -> Fraction | None:
        """The exact contraction factor."""
        return None if self.claim is None else Fraction(self.claim["statement"]["rate"])

    @property
    def constant(self) -> Fraction | None:
        """The exact constant."""
        return None if self.claim is None else Fraction(self.claim["statement"]["constant"])

    def check(self) -> Verdict:
        """Ask the kernel again."""
        if self.claim is None or self.certificate is None:
            return Verdict("UNDECIDED", self.reason)
        return check(canonical_bytes(self.claim), canonical_bytes(self.certificate), self.files)

    def explain(self) -> str:
        """Return in words what is claimed, generated from the kernel's meaning."""
        return "" if self.claim is None else "\n".join(explain(canonical_bytes(self.claim)))

    def save(self, directory: str | Path, provenance: Mapping[str, Any] | None = None) -> Path:
        """Write claim.json, cert.json, data.f64, weights.f64 and run.json; files of another outcome are removed.

        Raises
        ------
        OutputError
            If something cannot be written; no file is ever half-written.
        """
        folder = Path(directory)
        make_directory(folder)
        for name, document in (("claim.json", self.claim), ("cert.json", self.certificate)):
            if document is None:
                remove(folder / name)
            else:
                write_atomically(folder / name, canonical_bytes(document))
        for name in FILES:
            write_atomically(folder / f"{name}.f64", self.files[name])
        for name in ("report.tex", "report.pdf", "evidence.json", "run.png", "run.pdf"):
            remove(folder / name)
        record = {**(provenance or {}), "status": self.status, "reason": self.reason, "numbers": dict(self.numbers)}
        write_atomically(folder / "run.json", (json.dumps(record, indent=2, sort_keys=True) + "\n").encode())
        return folder


def certify_network(
    inputs: Any, targets: Any, weights: Sequence[Any], *, scales: bool = False, progress: Progress = silent
) -> NetworkResult:
    r"""Prove that Nesterov's momentum, from these weights on this data, converges at the accelerated rate.

    Parameters
    ----------
    inputs : (n, d0) array
    targets : (n, outputs) array
    weights : sequence of arrays
        W_1, ..., W_L at the start, of shapes (d0, d1), (d1, d2), ...: F_l = relu(F_{l-1} W_l), no activation at the
        output, no biases. Every float64 is an exact dyadic rational.
    scales : bool
        Where no theorem fits and the last layer is 0, look for the scaling of the targets and of the first layer
        with which one would.
    progress : callable, optional
        Gets a message and the fraction done.

    Returns
    -------
    NetworkResult
        PROVED, or UNDECIDED with the inequality that is furthest from holding, and by which factor.

    Raises
    ------
    InvalidInput, NotSupported
        For arrays that are not finite, of shapes that do not fit, with more samples than the last hidden width.

    Statement
    ---------
    .. math:: f(W(k))\le C\rho^kf(W(0)),\qquad f(W)=\tfrac12\lVert F_L(W)-Y\rVert_F^2,

    for the exact iteration, where C and rho come from a theorem for all condition numbers. The step size and momentum
    are chosen here: eta is below 1/L1 over the ball, beta = (1 - q)/(1 + q).

    Source: Liao and Kyrillidis (ALT 2024), Theorem 15 and Lemma 14; docs/networks.md.

    Tight: sufficient only.

    Examples
    --------
    >>> import numpy as np
    >>> inputs = 2 * np.eye(4)
    >>> weights = [np.random.default_rng(0).standard_normal((4, 256)) / 2, np.zeros((256, 1))]
    >>> result = certify_network(inputs, [[1], [-1], [1], [1]], weights)
    >>> result.status, result.check().word
    ('PROVED', 'PROVED')
    """
    from proofcheck.discover import network_hints, network_plan  # NumPy takes a moment to import

    progress("singular values at the start", 0.0)
    x, y, w = _checked(inputs, targets, weights)
    files = dict(zip(FILES, (network_hints.raw([x, y]), network_hints.raw(w)), strict=True))
    shape, network = _shape(x, w, files)
    found = network_hints.hints(x, y, w)
    theorems = network_plan.known()
    if found.lowest <= 0:
        words = "the last hidden layer is singular to rounding (duplicate samples, or too narrow or too small a layer)"
        return NetworkResult("UNDECIDED", words, None, None, files)
    progress("choosing a theorem and the radii", 0.1)
    fit = network_plan.plan(found.sizes, theorems)
    if fit.worst[1] > 1:
        numbers = _numbers(fit)
        reason = _missed(fit.factors)
        if scales and w[-1].any():
            reason += "; scales are looked for where the last layer is 0"
        elif scales:
            numbers["scales"] = {
                which: network_plan.largest_scale(found.sizes, theorems, which) for which in ("targets", "first")
            }
        return NetworkResult("UNDECIDED", reason, None, None, files, numbers)
    progress("bounding the start exactly", 0.2)
    try:
        claim, certificate = _documents(shape, network, files, found, theorems)
    except Refusal as refusal:  # the hints did not do
        return NetworkResult("UNDECIDED", f"the kernel says {refusal}", None, None, files, _numbers(fit))
    if claim is None or certificate is None:
        return NetworkResult("UNDECIDED", "no theorem fits the exact bounds of the start", None, None, files)
    progress("asking the kernel", 0.6)
    verdict = check(canonical_bytes(claim), canonical_bytes(certificate), files)
    if verdict.word != "PROVED":
        return NetworkResult("UNDECIDED", f"the kernel says {verdict.reason}", None, None, files, _numbers(fit))
    return NetworkResult(verdict.word, verdict.reason, claim, certificate, files, _numbers(fit))


def _checked(inputs: Any, targets: Any, weights: Sequence[Any]) -> tuple[Any, Any, list[Any]]:
    from proofcheck.discover.network_hints import matrix

    x, y = matrix("inputs", inputs), matrix("targets", targets)
    w = [matrix(f"weights[{number}]", weight) for number, weight in enumerate(weights)]
    if len(w) < 2:
        raise InvalidInput(f"weights: {len(w)} matrices, 2 or more are needed")
    if len(x) != len(y):
        raise InvalidInput(f"inputs have {len(x)} rows and targets {len(y)}; must be equal")
    sizes = [x.shape[1], *(weight.shape[1] for weight in w)]
    for number, weight in enumerate(w):
        if weight.shape[0] != sizes[number]:
            raise InvalidInput(f"weights[{number}] has {weight.shape[0]} rows, {sizes[number]} are needed")
    if sizes[-1] != y.shape[1]:
        raise InvalidInput(f"the network has {sizes[-1]} outputs and the targets {y.shape[1]}; must be equal")
    if len(x) > sizes[-2]:
        raise InvalidInput(f"n={len(x)} must be <= {sizes[-2]}, the width of the last hidden layer")
    return x, y, w


def _shape(x: Any, w: list[Any], files: Mapping[str, bytes]) -> tuple[Document, kernel_claim.Network]:
    """The fields of a claim that are about the network, and the network as the kernel reads it."""
    shape: Document = {
        "format": kernel_claim.FORMAT,
        "samples": len(x),
        "widths": [x.shape[1], *(weight.shape[1] for weight in w)],
        "activation": "relu",
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    }
    method = {"name": "gradient_descent", "eta": "1"}  # the start does not depend on it
    anything = {"method": method, "statement": {"rate": "0", "constant": "1", "radii": {"x": "1", "u": "1"}}}
    try:
        return shape, kernel_claim.read({**shape, **anything})
    except Refusal as refusal:
        kind = NotSupported if refusal.word == "DECLINED" else InvalidInput
        raise kind(str(refusal).removeprefix("claim: ")) from None


def _documents(
    shape: Document, network: kernel_claim.Network, files: Mapping[str, bytes], found: Any, theorems: list[Any]
) -> tuple[Document | None, Document | None]:
    """The claim with its certificate, from the kernel's own bounds of the start."""
    from proofcheck.discover import network_plan
    from proofcheck.discover.network_hints import rounded
    from proofcheck.documents import parse
    from proofcheck.kernel.networks.balls import lengths, spread
    from proofcheck.kernel.networks.layers import start

    solution = [[str(entry) for entry in column] for column in found.solution]
    hints = {"bits": found.bits, "lowest": str(found.lowest), "solution": solution}
    begin = start(network, files["data"], files["weights"], hints)
    fit = network_plan.plan(network_plan.Sizes.of(begin), theorems)
    if fit.worst[1] > 1:
        return None, None
    theorem = parse(fit.theorem.claim)
    scale = rounded(fit.scale * (1 + 1e-6), bits=SIMPLE)
    q = rounded(fit.q, up=False, bits=SIMPLE)
    mu, balls, said = q**2 * scale, theorem.problem.balls or {}, theorem.statement
    G1 = rounded(fit.G1, bits=SIMPLE)
    for _ in range(20):  # until the ball that G1 gives has no larger G1
        radii = lengths(balls, begin, q, mu, G1)
        slope = spread(begin, radii)[1]
        if slope <= G1:
            break
        G1 = rounded(float(slope) * (1 + 1e-6), bits=SIMPLE)
    claim = {
        **shape,
        "method": {
            "name": theorem.method.name,
            "eta": str(1 / scale),
            "beta": str(theorem.method.coefficients["beta"](q)),
        },
        "statement": {
            "rate": str(said.rate(q)),  # type: ignore[union-attr]
            "constant": str(said.constant(q)),  # type: ignore[union-attr]
            "radii": {key: str(rounded(float(radius) * (1 + 1e-9), bits=SIMPLE)) for key, radius in radii.items()},
        },
    }
    certificate = {
        "format": kernel_rule.CERTIFICATE,
        "claim": digest(claim),
        "rule": "apply_in_balls",
        "theorem": {"claim": fit.theorem.claim, "certificate": fit.theorem.certificate},
        "q": str(q),
        "G1": str(G1),
        **hints,
    }
    return claim, certificate


def _numbers(fit: Any) -> dict[str, Any]:
    kappa = fit.scale / fit.mu
    return {
        "theorem": fit.theorem.name, "kappa": kappa, "tau": fit.G1**2 / fit.mu, "mu": fit.mu, "G1": fit.G1,
        "rate": fit.rate, "R_x": fit.x, "R_u": fit.u, "factors": fit.factors,
    }  # fmt: skip


def _missed(factors: Mapping[str, float]) -> str:
    shown = ", ".join(f"{name} {factor:.3g} times" for name, factor in factors.items() if factor > 1)
    return f"no theorem fits; at the best choice of mu these are too large: {shown}"


def smallest_width(
    inputs: Any, targets: Any, weights: Callable[[int], Sequence[Any]], low: int, high: int, progress: Progress = silent
) -> tuple[int | None, dict[int, float]]:
    """The smallest width in [low, high] at which a theorem fits in floating point, by bisection of its logarithm.

    Parameters
    ----------
    inputs, targets : arrays
    weights : callable
        The weights at the start for a width.
    low, high : int

    Returns
    -------
    int or None
        The width; None where `high` does not fit.
    dict
        For every width that was tried the factor by which the worst inequality is off; not monotone in general.
    """
    from proofcheck.discover import network_hints, network_plan

    theorems, tried = network_plan.known(), dict[int, float]()

    def fits(width: int) -> bool:
        found = network_hints.hints(*_checked(inputs, targets, weights(width)))
        worst = network_plan.plan(found.sizes, theorems).worst[1] if found.lowest > 0 else float("inf")
        progress(f"width {width}: off by {worst:.3g}", min(len(tried) / 15, 1.0))
        tried[width] = worst
        return worst <= network_plan.MARGIN

    width = low
    while not fits(width):  # doubling first: a wide layer costs much
        if width == high:
            return None, tried
        low, width = width + 1, min(2 * width, high)
    high = width
    while high - low > max(1, high // 200):
        middle = round((low * high) ** 0.5)
        low, high = (low, middle) if fits(middle) else (middle + 1, high)
    return high, tried
