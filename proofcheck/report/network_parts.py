"""What the templates of the report on a network print, part by part."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any

from proofcheck.kernel.networks.check import Application
from proofcheck.kernel.networks.claim import FILES, Network
from proofcheck.methods import REGISTRY as METHODS

from . import network_numbers as numbers
from . import notation, pieces
from .document import COEFFICIENTS
from .escape import Tex, text
from .evidence import Evidence, about
from .network_plot import NAME

CONTENTS = {"data": r"$X$, then $Y$", "weights": r"$W_1,\dots,W_L$ at the start"}
MISSED = {
    "the radius of u": r"$C_u(q)\,G_1\sqrt{f(W(0))}/\mu\le R_u$, the radius for which $\mu$ is kept",
    "L2 G1^2/mu": r"$L_2G_1^2/\mu\le\tau(q)$",
    "mu |x_0 - x*(u_0)|^2": r"$\mu\,\delta^2\le C_0(q)^2f(W(0))$, where the start is near enough",
}
SCALES = {"targets": "the targets times at most", "first": "the first layer times at least"}
NEARBY = (("kappa", r"\kappa"), ("tau", r"L_2G_1^2/\mu"), ("mu", r"\mu"), ("G1", "G_1"), ("rate", r"\rho"))
MAX_SHAPES = 16


def claim(network: Network) -> dict[str, Any]:
    """What is claimed, in symbols."""
    method, (least, short) = network.method, (len(network.widths) - 1, notation.is_short(network.rate))
    rate = Tex(rf"\Bigl({notation.fraction(network.rate)}\Bigr)" if short else r"\rho")
    lead = notation.fraction(network.constant) if notation.is_short(network.constant) else Tex("C")
    return {
        "words": [(len(line) - len(line.lstrip()), text(line)) for line in network.words()],
        "last": least,
        "samples": network.samples,
        "inputs": network.widths[0],
        "outputs": network.widths[-1],
        "shapes": [Tex(rf"${a}\times{b}$") for a, b in pairwise(network.widths)],
        "method": text(METHODS[method.name].title),
        "recursion": pieces.recursion(method.name, False)["recursion"],
        "coefficients": [
            notation.equation(COEFFICIENTS[key], value) for key, value in sorted(method.coefficients.items())[::-1]
        ],
        "statement": Tex(rf"f(W(k))\;\le\;{lead}\,{rate}^{{k}}f(W(0))\qquad\text{{for all }}k\ge0"),
        "rate": notation.equation(r"\rho", network.rate, up=True),
        "constant": notation.equation("C", network.constant, up=True),
        "radii": [notation.equation(f"R_{key}", radius, up=True) for key, radius in network.radii.items()],
    }


def applied(network: Network, found: Application) -> dict[str, Any]:
    """The theorem, and the numbers with which it is applied."""
    return {
        "hash": Tex(found.theorem.hash),
        "words": [(len(line) - len(line.lstrip()), text(line)) for line in found.theorem.words()],
        "functions": numbers.theorem_rows(found),
        "numbers": numbers.applied_rows(network, found),
        "near": "start" in (found.theorem.problem.balls or {}),
        "sizes": numbers.sizes(network, found),
        "inequalities": numbers.table(network, found),
    }


def files(files: Mapping[str, bytes]) -> list[tuple[Tex, Tex, int, Tex]]:
    """(name, contents, bytes, SHA-256) of the data and the weights."""
    return [
        (text(f"{name}.f64"), Tex(CONTENTS[name]), len(files[name]), Tex(hashlib.sha256(files[name]).hexdigest()))
        for name in FILES
        if name in files
    ]


def shapes(given: Any) -> list[Tex]:
    """Shapes of X, Y, W_1, ... in words that nobody vouches for."""
    listed = given if isinstance(given, list) else []
    names = ["X", "Y", *(f"W_{{{number}}}" for number in range(1, MAX_SHAPES))]
    pairs = [(name, shape) for name, shape in zip(names, listed, strict=False) if isinstance(shape, list)]
    return [
        Tex(rf"${name}$ (${shape[0]}\times{shape[1]}$)")
        for name, shape in pairs
        if len(shape) == 2 and all(type(size) is int for size in shape)
    ]


def missed(found: Mapping[str, Any]) -> dict[str, Any]:
    """By which factors a network misses the nearest theorem: floats."""
    factors = {key: value for key, value in (found.get("factors") or {}).items() if isinstance(value, float)}
    worst = sorted(factors.items(), key=lambda item: -item[1])
    scales = found.get("scales") or {}
    return {
        "theorem": text(str(found.get("theorem", ""))),
        "rows": [(Tex(MISSED.get(key) or text(key)), about(value), int(value > 1)) for key, value in worst],
        "numbers": [Tex(rf"${symbol}\approx{about(found[key])}$") for key, symbol in NEARBY if key in found],
        "scales": [(Tex(SCALES[key]), about(scales[key]) if scales[key] else None) for key in SCALES if key in scales],
    }


def evidence(seen: Evidence, network: Network, picture: bool) -> dict[str, Any]:
    """What a run showed, in floats to a few figures."""
    relative, bounds, shares = seen.relative(seen.f), seen.relative(seen.bound), seen.shares()
    steps = sorted({round(seen.last * part / 4) for part in range(5)})
    faster = seen.faster(float(Fraction(network.rate)))
    return {
        "steps": seen.last,
        "rows": [(k, about(relative[k]), about(bounds[k]), about(shares[k], 3)) for k in steps],
        "last": about(relative[-1]),
        "largest": about(max(shares), 3),
        "violation": seen.violation,
        "held": seen.violation is None,
        "rate": about(seen.rate, 6),
        "proved": notation.rounded(network.rate, up=True, figures=6),
        "faster": None if faster is None else about(faster, 3),
        "x": about(seen.x, 3),
        "u": about(seen.u, 3),
        "picture": picture,
        "name": Tex(f"{NAME}.pdf"),
    }
