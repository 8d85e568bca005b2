"""Constants of the class over balls around the start, and whether a theorem for all condition numbers applies.

x = V1 W_L with orthonormal rows V1 that span the rows of F_(L-1) at the start, u = everything else. On the balls
|x - x_0| <= R_x, |u - u_0| <= R_u, with S_l >= sigma_max(W_l) there, in Frobenius norms and by Cauchy-Schwarz
over the layers,

    |F_l(u) - F_l(u_0)| <= R_u |(sigma_max(F_(j-1)(u_0)) S_(j+1) ... S_l)_(j <= l)| = D_l.

At a point of the balls, h(x, u) = F_(L-1) W_L changes with W_1, ..., W_(L-1) at most by Q |W_L|, where Q is the same
sum with sigma_max(F_(j-1)(u_0)) + D_(j-1) in place of the first factor, and with the part of W_L outside V1, where
F_(L-1)(u_0) vanishes, by D_(L-1) <= Q |(W_1, ..., W_(L-1))(u) - (...)(u_0)|. The two parts of u share one radius, so

    G1 = Q (sigma_max(W_L(0)) + sqrt(R_x^2 + R_u^2)).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ..claim import Claim
from ..outcome import Rejected, require
from ..statements import LinearRate
from .claim import Network
from .layers import Start
from .matrices import root_up


def lengths(balls: dict[str, Any], start: Start, q: Fraction, mu: Fraction, G1: Fraction) -> dict[str, Fraction]:
    """The radii R_x and R_u of the theorem (L2 = 1), rounded up."""
    value = start.value[1]
    return {"x": root_up(balls["x"](q) ** 2 * value / mu), "u": root_up(balls["u"](q) ** 2 * G1**2 * value) / mu}


def spread(start: Start, radii: dict[str, Fraction]) -> tuple[Fraction, Fraction]:
    """D_(L-1), and G1, over the balls."""
    norms = [norm + radii["u"] for norm in start.weights[:-1]]
    moved, reach, slopes = Fraction(0), list[Fraction](), list[Fraction]()
    for layer, norm in zip(start.layers, norms, strict=True):
        reach = [*(x * norm for x in reach), layer]
        slopes = [*(x * norm for x in slopes), layer + moved]
        moved = radii["u"] * root_up(sum(x * x for x in reach))
    last = start.weights[-1] + root_up(radii["x"] ** 2 + radii["u"] ** 2)
    return moved, root_up(sum(x * x for x in slopes)) * last


def applies(network: Network, theorem: Claim, said: LinearRate, start: Start, q: Fraction, G1: Fraction) -> list[str]:
    """Raise a Refusal unless the theorem gives the claimed rate; what it was applied with, for a reader."""
    for name, value, bound in inequalities(network, theorem, said, start, q, G1):
        require(value <= bound, Rejected, f"certificate: {name} is {shown(value)}, at most {shown(bound)} is needed")
    mu = q**2 * step(network, theorem, q)
    return [f"kappa = {shown(1 / q**2)}", f"tau = {shown(G1**2 / mu)}", f"mu = {shown(mu)}", f"G1 = {shown(G1)}"]


def step(network: Network, theorem: Claim, q: Fraction) -> Fraction:
    """L1/c of the theorem, from the step size of the network."""
    scale: Fraction = theorem.method.coefficients["eta"](q) / network.method.coefficients["eta"]
    return scale


def inequalities(
    network: Network, theorem: Claim, said: LinearRate, start: Start, q: Fraction, G1: Fraction
) -> list[tuple[str, Fraction, Fraction]]:
    """What must hold for the theorem to apply: name, left side, right side; raises a Refusal for another method."""
    own, given, p = network.method, theorem.method, theorem.problem.parameters
    scale = step(network, theorem, q)
    same = own.name == given.name and all(
        given.coefficients[key](q) == value for key, value in own.coefficients.items() if key != "eta"
    )
    require(same, Rejected, f"certificate: the method is not the one of the theorem at q={q}")
    mu, balls = q**2 * scale, theorem.problem.balls or {}
    radii = lengths(balls, start, q, mu, G1)
    moved, slope = spread(start, radii)
    left, tau = start.lowest - moved, (p["L2"] * p["G1"] ** 2 / p["mu"])(q)
    checks: list[tuple[str, Fraction, Fraction]] = [
        ("L1 over the ball", (start.highest + moved) ** 2, scale),
        ("the mu of q and eta", mu, left * abs(left)),
        ("G1 over the ball", slope, G1),
        ("L2 G1^2 / mu", G1**2 / mu, tau),
        ("the rate of the theorem", said.rate(q), network.rate),
        ("the constant of the theorem", said.constant(q), network.constant),
        ("the radius of x", radii["x"], network.radii["x"]),
        ("the radius of u", radii["u"], network.radii["u"]),
    ]
    if "start" in balls:
        checks.insert(0, ("mu |x_0 - x*(u_0)|^2", mu * start.distance**2, balls["start"](q) ** 2 * start.value[0]))
    return checks


def shown(number: Fraction) -> str:
    """A number in a message: not exact."""
    return f"{float(number):.6g}" if abs(number) < 10**300 else "more than 10^300"
