"""Certificates from closed forms, without a search: each proof is an identity that is written down here.

Every function returns a pair (claim, certificate) of documents that the kernel accepts. With
rho = max(|1 - eta mu|, |1 - eta L1|) the steps of gradient descent are, in the words of the kernel:

distance   rho^2 |d|^2 - |d - eta g|^2 = m C + s|g - t d|^2, where C >= 0 is cocoercivity between x_k and x*, and
           m = 2 eta rho/(L1 - mu). If eta <= 2/(mu + L1): rho = 1 - eta mu, t = mu,
           s = eta (2 - eta (mu + L1))/(L1 - mu); else the mirror image with rho = eta L1 - 1 and t = L1.
gap        rho^2 F_k - F_{k+1}: interpolation at (x*, x_k), (x_k, x_{k+1}), (x*, x_{k+1}) with the multipliers
           rho (1 - rho), rho, 1 - rho (Taylor, Hendrickx and Glineur 2018).
coupling   on the partial class with b = eta L2 G1^2: the above at fixed u gives F(x_{k+1}, u_k) <= rho^2 F_k, and
           |sqrt F(x_{k+1}, u_{k+1}) - sqrt F(x_{k+1}, u_k)| <= b |w| with |w|^2 <= F_k. So
           (rho + b)^2 F_k >= F_{k+1}, by the multipliers 1 + b/rho, 1 + rho/b and b (rho + b).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from proofcheck.classes import PartialStrongConvexity, ProblemClass, SmoothStronglyConvex
from proofcheck.documents import (
    Document,
    certificate_document,
    claim_document,
    family_document,
    linear_rate,
    terms,
    worst_case,
)
from proofcheck.errors import InvalidInput
from proofcheck.families import ClassFamily, MethodFamily, Q
from proofcheck.families import document as function_document
from proofcheck.kernel.parameter.ratio import Ratio, of
from proofcheck.methods import GradientDescent, NesterovMomentum
from proofcheck.numbers import exact, rational_sqrt

Terms = list[tuple[str, list[str], Fraction]]
Pair = tuple[Document, Document]
ZERO, ONE, TWO = Fraction(0), Fraction(1), Fraction(2)
GAP, DISTANCE, GRADIENT = "objective_gap", "squared_distance", "squared_gradient_norm"


@dataclass(frozen=True)
class Measure:
    """How a metric follows from the quantity that contracts: metric <= constant * quantity, by `last` at a point."""

    constant: Fraction
    last: Callable[[str], Terms]


def measures(problem: ProblemClass) -> dict[tuple[str, str], Measure]:
    """By (metric, initial) on the smooth strongly convex class with mu < L1; the initial metric contracts."""
    mu, big = problem.constant("mu"), problem.constant("L1")
    return {
        (DISTANCE, DISTANCE): Measure(ONE, lambda at: []),
        (GAP, GAP): Measure(ONE, lambda at: []),
        (GAP, DISTANCE): Measure(big / 2, lambda at: [("smoothness", [at, "x*"], ONE)]),
        (GRADIENT, DISTANCE): Measure(big**2, lambda at: [("cocoercivity", [at, "x*"], 2 * big / (big - mu))]),
        (DISTANCE, GAP): Measure(2 / mu, lambda at: [("strong_convexity", [at, "x*"], 2 / mu)]),
        (GRADIENT, GAP): Measure(2 * big, lambda at: [("interpolation", [at, "x*"], 2 * big)]),
    }


def contraction(problem: ProblemClass, eta: Fraction) -> Fraction:
    """The exact rate of gradient descent: (rho + eta L2 G1^2)^2, without the second part where there is no u.

    Examples
    --------
    >>> contraction(SmoothStronglyConvex(mu=1, L1=3), Fraction(1, 2))
    Fraction(1, 4)
    """
    coupling = problem.L2 * problem.G1**2 if isinstance(problem, PartialStrongConvexity) else ZERO
    return (_rho(problem, eta) + eta * coupling) ** 2


def _rho(problem: ProblemClass, eta: Fraction) -> Fraction:
    return max(abs(1 - eta * problem.constant("mu")), abs(1 - eta * problem.constant("L1")))


def _step(problem: ProblemClass, eta: Fraction, initial: str, names: tuple[str, str]) -> Terms:
    """One step between two indices, for the quantity `initial`."""
    if isinstance(problem, PartialStrongConvexity):
        return _coupled_step(problem, eta, *names)
    here, after = (f"x[{name}]" for name in names)
    rho = _rho(problem, eta)
    if initial == DISTANCE:
        return [("cocoercivity", [here, "x*"], 2 * eta * rho / (problem.constant("L1") - problem.constant("mu")))]
    return _gap_step(rho, "x*", here, after)


def _gap_step(rho: Fraction, star: str, here: str, after: str) -> Terms:
    listed = [([star, here], rho * (1 - rho)), ([here, after], rho), ([star, after], 1 - rho)]
    return [("interpolation", at, multiplier) for at, multiplier in listed if multiplier >= 0]


def _coupled_step(problem: PartialStrongConvexity, eta: Fraction, here: str, after: str) -> Terms:
    rho, b = _rho(problem, eta), eta * problem.L2 * problem.G1**2
    at, middle, end = f"x[{here}]@u[{here}]", f"x[{after}]@u[{here}]", f"x[{after}]@u[{after}]"
    inside = _gap_step(rho, f"x*[u[{here}]]@u[{here}]", at, middle)
    if not b:
        return inside
    scaled = [(name, labels, (1 + b / rho) * m) for name, labels, m in inside]
    return [*scaled, ("value_root", [end, middle], 1 + rho / b), ("step_bound", [here], b * (rho + b))]


def _checked(problem: ProblemClass, eta: Any, metric: str, initial: str) -> tuple[Fraction, Measure]:
    step = exact(eta, "eta")
    if problem.constant("mu") == problem.constant("L1"):
        raise InvalidInput(f"mu={problem.constant('mu')} must be < L1={problem.constant('L1')}")
    known = {(GAP, GAP): Measure(ONE, lambda at: [])} if problem.partial else measures(problem)
    if (metric, initial) not in known:
        raise InvalidInput(f"metric={metric!r}, initial={initial!r}: no closed form on {problem.name}")
    if initial == GAP and not _rho(problem, step) <= 1:
        raise InvalidInput(f"eta={step} must be <= 2/L1={2 / problem.constant('L1')}")
    return step, known[metric, initial]


def descent_bound(
    problem: ProblemClass, eta: Any, steps: int, metric: str = GAP, initial: str = GAP, slack: Any = 0
) -> Pair:
    """After N steps of gradient descent, metric_N <= (constant rate^N + slack) initial.

    For slack 0 it is tight if the metric is the initial one.

    Examples
    --------
    >>> claim, certificate = descent_bound(SmoothStronglyConvex(mu=1, L1=3), "1/2", 2)
    >>> claim["statement"]["bound"]
    '1/16'
    """
    step, measure = _checked(problem, eta, metric, initial)
    rate = contraction(problem, step)
    proof: Terms = measure.last(f"x[{steps}]")
    for k in range(steps):
        factor = measure.constant * rate ** (steps - 1 - k)
        proof += [(name, at, factor * m) for name, at, m in _step(problem, step, initial, (str(k), str(k + 1)))]
    bound = measure.constant * rate**steps + exact(slack, "slack")
    claim = claim_document(problem, GradientDescent(step), worst_case(metric, initial, steps, bound))
    return claim, certificate_document(claim, "worst_case", {"proof": terms([t for t in proof if t[2]])})


def _lyapunov(partial: bool, value: Fraction, x: list[list[Fraction]]) -> Document:
    shown = [[str(entry) for entry in row] for row in x]
    return {"values": [str(value), "0"], "x": shown, "u": [["0", "0"], ["0", "0"]] if partial else []}


def descent_rate(problem: ProblemClass, eta: Any, metric: str = GAP, initial: str = GAP, slack: Any = 0) -> Pair:
    """Gradient descent: metric_k <= constant (rate + slack)^k initial for every k, if that rate is below 1.

    Examples
    --------
    >>> claim, certificate = descent_rate(SmoothStronglyConvex(mu=1, L1=3), "1/2")
    >>> claim["statement"]["rate"], claim["statement"]["constant"]
    ('1/4', '1')
    """
    step, measure = _checked(problem, eta, metric, initial)
    constant, rate = measure.constant, contraction(problem, step) + exact(slack, "slack")
    distance = initial == DISTANCE
    gram = [[ZERO] * 3 for _ in range(3)]
    gram[0][0] = constant if distance else ZERO

    def moves(names: tuple[str, str]) -> list[Document]:
        return terms([(name, at, constant * m) for name, at, m in _step(problem, step, initial, names) if m])

    fields = {
        "constant": str(constant),
        "lyapunov": _lyapunov(problem.partial, ZERO if distance else constant, gram),
        "start": terms(measure.last("x[0]")),
        "base": moves(("0", "1")),
        "decrease": moves(("k", "k+1")),
        "bound": terms(measure.last("x[k]")),
    }
    claim = claim_document(problem, GradientDescent(step), linear_rate(metric, initial, rate, constant))
    return claim, certificate_document(claim, "lyapunov", fields)


def momentum_rate(problem: SmoothStronglyConvex, c: Any = 1) -> Pair:
    r"""Nesterov's momentum, classical tuning: f_k - f* <= 2 (1 - q)^k (f_0 - f*), q = sqrt(c/kappa) rational, c <= 1.

    With :math:`V_k = F_k + \frac\mu2|x_k - x^* + \frac{1-q}{q}(x_k - x_{k-1})|^2`: (1 - q) V_k - V_{k+1} is
    (1 - q) [strong convexity (x_k, y_k)] + q [strong convexity (x*, y_k)] + [smoothness (x_{k+1}, y_k)] and squares.

    Source: Nesterov (2018), Section 2.2.1, with the potential of d'Aspremont, Scieur and Taylor (2021), Section 4.

    Examples
    --------
    >>> claim, certificate = momentum_rate(SmoothStronglyConvex(mu=1, L1=4))
    >>> claim["statement"]["rate"]
    '1/2'
    """
    method = NesterovMomentum.classical(problem, c)
    q = rational_sqrt(method.eta * problem.constant("mu")) or ONE
    if exact(c, "c") > 1:
        raise InvalidInput(f"c={c} must be <= 1")
    claim = claim_document(problem, method, linear_rate(GAP, GAP, 1 - q, TWO))
    fields = _momentum(problem.constant("mu"), q, str)
    return claim, certificate_document(claim, "lyapunov", fields)


def _momentum(mu: Any, q: Any, shown: Callable[[Any], Any]) -> Document:
    """The fields of `momentum_rate`, in numbers or in functions of q."""
    share = (1 - q) / q
    zero = mu - mu
    head = [[mu / 2, mu / 2 * share, zero], [mu / 2 * share, mu / 2 * share**2, zero], [zero, zero, zero]]

    def listed(*entries: tuple[str, list[str], Any]) -> list[Document]:
        return [{"inequality": name, "at": at, "multiplier": shown(m)} for name, at, m in entries]

    def moves(here: str, after: str) -> list[tuple[str, list[str], Any]]:
        return [
            ("strong_convexity", [f"x[{here}]", f"y[{here}]"], 1 - q),
            ("strong_convexity", ["x*", f"y[{here}]"], q),
            ("smoothness", [f"x[{after}]", f"y[{here}]"], zero + 1),
        ]

    return {
        "constant": shown(zero + 2),
        "lyapunov": {
            "values": [shown(zero + 1), shown(zero)],
            "x": [[shown(entry) for entry in row] for row in head],
            "u": [],
        },
        "start": listed(("nonnegative_value", ["x[0]"], zero + 1)),
        "base": listed(*moves("0", "1"), ("strong_convexity", ["x[0]", "x*"], 1 - q)),
        "decrease": listed(*moves("k", "k+1")),
        "bound": [],
    }


def _shown(value: Any) -> Any:
    return function_document(value if isinstance(value, Ratio) else of(value))


def momentum_family() -> Pair:
    """`momentum_rate` for every kappa >= 1 and c in (0, 1].

    Examples
    --------
    >>> momentum_family()[0]["statement"]["rate"]
    ['1', '-1']
    """
    statement = {"kind": "linear_rate", "metric": GAP, "initial": GAP, "rate": _shown(1 - Q), "constant": ["2"]}
    claim = family_document(
        ClassFamily("smooth_strongly_convex"), MethodFamily.tuned("nesterov", "classical"), statement
    )
    return claim, certificate_document(claim, "lyapunov", _momentum(Q**2, Q, _shown))


def descent_family() -> Pair:
    """Gradient descent with eta = c/L1: |x_k - x*|^2 <= (1 - q^2)^(2k) |x_0 - x*|^2, q^2 = c/kappa, for every q.

    With mu = q^2, L1 = 1 and eta = 1 the multiplier of cocoercivity is 2 and the slack is |g - q^2 d|^2.

    Examples
    --------
    >>> descent_family()[0]["statement"]["rate"]
    ['1', '0', '-2', '0', '1']
    """
    statement = {"kind": "linear_rate", "metric": DISTANCE, "initial": DISTANCE, "constant": ["1"]}
    statement["rate"] = _shown((1 - Q**2) ** 2)
    claim = family_document(
        ClassFamily("smooth_strongly_convex"), MethodFamily.tuned("gradient_descent", "classical"), statement
    )

    def moves(at: str) -> list[Document]:
        return [{"inequality": "cocoercivity", "at": [at, "x*"], "multiplier": ["2"]}]

    gram = [[["1"] if i == j == 0 else ["0"] for j in range(3)] for i in range(3)]
    fields = {
        "constant": ["1"],
        "lyapunov": {"values": [["0"], ["0"]], "x": gram, "u": []},
        "start": [],
        "base": moves("x[0]"),
        "decrease": moves("x[k]"),
        "bound": [],
    }
    return claim, certificate_document(claim, "lyapunov", fields)


def lower_bound_family(tau: Any = None) -> Pair:
    """No rate of gradient descent with eta = c/L1 is below (1 - (1 - tau) q^2)^2; tau None: the class without u.

    Examples
    --------
    >>> lower_bound_family("1/2")[0]["statement"]["rate"]
    ['1', '0', '-1', '0', '1/4']
    """
    share = 1 if tau is None else 1 - exact(tau, "tau")
    family = ClassFamily("smooth_strongly_convex" if tau is None else "partial_strong_convexity", tau)
    rate = _shown((1 - share * Q**2) ** 2)
    statement = {"kind": "rate_lower_bound", "metric": GAP, "initial": GAP, "rate": rate}
    claim = family_document(family, MethodFamily.tuned("gradient_descent", "classical"), statement)
    return claim, certificate_document(claim, "slow_family", {"slope": ["0" if tau is None else "-1"]})


def refuted_family(theta: Any, tau: Any = None) -> Pair:
    """Gradient descent with eta = c/L1 has no rate 1 - theta q, 0 < theta <= 1: at q = theta/2 it is slower.

    On curvature mu: (1 - q^2)^2 = 1 - 2 q^2 + q^4 > 1 - theta q exactly if theta > 2 q - q^3, and here 2 q = theta.

    Examples
    --------
    >>> refuted_family("1/2")[1]["q"]
    '1/4'
    """
    part = exact(theta, "theta")
    family = ClassFamily("smooth_strongly_convex" if tau is None else "partial_strong_convexity", tau)
    statement = {"kind": "linear_rate", "metric": GAP, "initial": GAP, "rate": _shown(1 - part * Q), "constant": "some"}
    claim = family_document(family, MethodFamily.tuned("gradient_descent", "classical"), statement)
    q = part / 2
    refutation = {"rule": "growth", "curvature": str(q**2), "slope": "0"}
    return claim, certificate_document(claim, "specialise", {"q": str(q), "refutation": refutation})
