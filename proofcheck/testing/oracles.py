"""Closed forms of rates and worst cases, from the literature, beside what the kernel and the search find.

They share no code with the kernel, the search or the matrices of a proof: a formula, its domain and its source.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from proofcheck.errors import InvalidInput, NotSupported
from proofcheck.testing.oracles_roots import Enclosure, slowest
from proofcheck.testing.oracles_simulation import METRICS, Textbook

PROXIMAL = (
    "Taylor, Hendrickx and Glineur (2018), Exact worst-case convergence rates of the proximal gradient method "
    "for composite convex minimization"
)
TRIPLE = "Van Scoy, Freeman and Lynch (2018), The fastest known globally convergent first-order method"
PARTIAL = (
    "docs/theory.md, section 6 (no smaller rate holds); that it holds with constant 1 the kernel proves for eta <= 1/L1"
)
ROOTS = "roots of the recursion on quadratics; with coupling docs/theory.md, section 6"
DRORI = (
    "f(x_N) - f* <= L |x_0 - x*|^2/(4 N L eta + 2) (Drori and Teboulle 2014, Theorem 3.1) is the worst case for mu = 0 "
    "alone, and no class here has mu = 0"
)


@dataclass(frozen=True)
class ClosedForm:
    """A known number, exact where it is rational.

    Attributes
    ----------
    low, high : Fraction
        The number lies between them; equal where it is known exactly.
    meaning : str
        "worst case": the supremum of metric_N / initial_0 over the class. "rate": the smallest rho for which
        metric_k <= C rho^k initial_0 with some C on the whole class. "lower bound": no smaller rho than `low` will do
        for the class, but a larger one may be needed.
    formula, source : str

    Examples
    --------
    >>> ClosedForm(Fraction(1, 4), Fraction(1, 4), "rate", "(1 - eta mu)^2", "a textbook").value
    Fraction(1, 4)
    """

    low: Fraction
    high: Fraction
    meaning: str
    formula: str
    source: str

    @property
    def value(self) -> Fraction:
        """The number itself.

        Raises
        ------
        NotSupported
            If it is irrational; `low` and `high` enclose it.
        """
        if self.low != self.high:
            raise NotSupported(f"{self.formula} is irrational here, between {float(self.low)} and {float(self.high)}")
        return self.low


def closed_form(
    problem: Any, method: Any, steps: int | None = None, *, metric: str = "objective_gap", initial: str | None = None
) -> ClosedForm:
    r"""Look up the known worst case after some steps, or the known rate.

    Parameters
    ----------
    problem : ProblemClass
    method : Method or mapping
        An object of `proofcheck.methods`, or the `method` field of a claim.
    steps : int, optional
        The worst case after so many steps; without it the asymptotic rate.
    metric, initial : str, optional
        As in a claim. The initial condition is the metric itself unless it is given.

    Returns
    -------
    ClosedForm

    Raises
    ------
    NotSupported
        If no closed form is known, or the parameters lie outside its domain, which is then stated.
    InvalidInput
        If a metric is unknown or steps < 0.

    Notes
    -----
    - Gradient descent, smooth strongly convex, 0 < eta <= 2/L1, metric = initial, any of the three:
      :math:`\max\{(1-\eta\mu)^2,(1-\eta L_1)^2\}^N`, attained by a quadratic.
    - Gradient descent on the partial class without A5, eta <= 1/L1, tau <= 1, gap from gap:
      :math:`(1-\eta(\mu-L_2G_1^2))^{2N}`, a supremum that staircases approach.
    - Triple momentum with its own tuning, smooth strongly convex: the rate :math:`(1-1/\sqrt\kappa)^2`.
    - Heavy ball, Nesterov's momentum and other tunings: the largest squared root modulus over all (effective)
      curvatures, a lower bound of the rate.

    Source: in the result's `source`.

    Tight: yes for "worst case" and "rate"; as a "lower bound", on quadratics (and staircases) only.

    Examples
    --------
    >>> from proofcheck.classes import SmoothStronglyConvex
    >>> from proofcheck.methods import GradientDescent
    >>> f = SmoothStronglyConvex(mu=1, L1=10)
    >>> closed_form(f, GradientDescent("1/10"), 2).value
    Fraction(6561, 10000)
    """
    start = metric if initial is None else initial
    for name, given in (("metric", metric), ("initial", start)):
        if given not in METRICS:
            raise InvalidInput(f"{name}={given!r} is not one of {', '.join(METRICS)}")
    if steps is not None and steps < 0:
        raise InvalidInput(f"steps={steps} must be >= 0")
    textbook = Textbook.of(method)
    if getattr(problem, "G2", None) is not None:
        raise NotSupported(f"G2={problem.G2}: no closed form is known with Assumption 5")
    if problem.name not in _KNOWN:
        raise NotSupported(f"no closed form is known on the class {problem.name}")
    return _KNOWN[problem.name](problem, textbook, steps, metric, start)


def _smooth(problem: Any, method: Textbook, steps: int | None, metric: str, initial: str) -> ClosedForm:
    eta = method.coefficients["eta"]
    if method.name == "gradient_descent":
        if eta > 2 / problem.L1:
            raise NotSupported(f"eta={eta} must be <= 2/L1={2 / problem.L1}")
        if steps is not None and metric != initial:
            raise NotSupported(f"{metric} from {initial} after {steps} steps has no closed form for mu > 0; {DRORI}")
        rate = max((1 - eta * problem.mu) ** 2, (1 - eta * problem.L1) ** 2)
        return _power(rate, steps, "max((1 - eta mu)^2, (1 - eta L1)^2)", PROXIMAL)
    _no_steps(method, steps)
    if method.name == "triple_momentum" and _standard(problem, method):
        found = slowest(problem, method)
        return ClosedForm(found.low, found.high, "rate", "(1 - 1/sqrt(kappa))^2", TRIPLE)
    return _bound(slowest(problem, method))


def _standard(problem: Any, method: Textbook) -> bool:
    """Whether eta = (1 + r)/L1, beta = r^2/(2 - r), gamma = r^2/((1 + r)(2 - r)) with r = 1 - 1/sqrt(kappa)."""
    c = method.coefficients
    r = c["eta"] * problem.L1 - 1
    if r >= 1 or (1 - r) ** 2 * problem.L1 != problem.mu:
        return False
    return bool(c["beta"] == r**2 / (2 - r) and c["gamma"] == r**2 / ((1 + r) * (2 - r)))


def _partial(problem: Any, method: Textbook, steps: int | None, metric: str, initial: str) -> ClosedForm:
    if (metric, initial) != ("objective_gap", "objective_gap"):
        raise NotSupported(f"{metric} from {initial}: on the partial class only the objective gap is measured")
    eta, coupling = method.coefficients["eta"], problem.L2 * problem.G1**2
    if method.name == "gradient_descent":
        if eta > 1 / problem.L1 or coupling > problem.mu:
            raise NotSupported(
                f"eta={eta} must be <= 1/L1={1 / problem.L1} and tau={coupling / problem.mu} must be <= 1"
            )
        return _power((1 - eta * (problem.mu - coupling)) ** 2, steps, "(1 - eta (mu - L2 G1^2))^2", PARTIAL)
    _no_steps(method, steps)
    return _bound(slowest(problem, method))


def _power(rate: Fraction, steps: int | None, formula: str, source: str) -> ClosedForm:
    if steps is None:
        return ClosedForm(rate, rate, "rate", formula, source)
    return ClosedForm(rate**steps, rate**steps, "worst case", f"({formula})^N", source)


def _no_steps(method: Textbook, steps: int | None) -> None:
    if steps is not None:
        raise NotSupported(
            f"no closed form is known of {method.name} after {steps} steps: leave steps out for its rate"
        )


def _bound(found: Enclosure) -> ClosedForm:
    return ClosedForm(found.low, found.high, "lower bound", "largest |root|^2 over the curvatures", ROOTS)


_KNOWN: dict[str, Callable[..., ClosedForm]] = {
    "smooth_strongly_convex": _smooth,
    "partial_strong_convexity": _partial,
}
