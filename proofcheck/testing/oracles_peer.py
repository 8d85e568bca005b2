"""The worst case as PEPit finds it, in floating point: a peer, where it is installed."""

from __future__ import annotations

import importlib.util
from typing import Any

from proofcheck.errors import NotSupported
from proofcheck.testing.oracles_simulation import METRICS, Textbook


def pepit_bound(
    problem: Any, method: Any, steps: int, *, metric: str = "objective_gap", initial: str | None = None
) -> float:
    """Ask PEPit for the worst case of metric_N / initial_0.

    Parameters
    ----------
    problem : SmoothStronglyConvex
        PEPit does not know the partial class.
    method : Method or mapping
        An object of `proofcheck.methods`, or the `method` field of a claim.
    steps : int
    metric, initial : str, optional
        As in a claim; the initial condition is the metric itself unless it is given.

    Returns
    -------
    float
        OBSERVED: a semidefinite program in floating point, to the solver's accuracy.

    Raises
    ------
    NotSupported
        If PEPit is not installed, or the class or a metric is unknown to it.

    Source: Goujaud, Moucer, Glineur, Hendrickx, Taylor and Dieuleveut (2024), PEPit.

    Tight: yes, by Taylor, Hendrickx and Glineur (2017), Theorem 6, where the dimension is at least steps + 2.

    Examples
    --------
    >>> from proofcheck.classes import PartialStrongConvexity
    >>> pepit_bound(PartialStrongConvexity(mu=1, L1=2), {"name": "gradient_descent", "eta": "1/2"}, 1)
    Traceback (most recent call last):
    ...
    proofcheck.errors.NotSupported: problem: PEPit knows smooth_strongly_convex alone, got partial_strong_convexity
    """
    if problem.name != "smooth_strongly_convex":
        raise NotSupported(f"problem: PEPit knows smooth_strongly_convex alone, got {problem.name}")
    start = metric if initial is None else initial
    for name, given in (("metric", metric), ("initial", start)):
        if given not in METRICS:
            raise NotSupported(f"{name}={given!r} is not one of {', '.join(METRICS)}")
    if importlib.util.find_spec("PEPit") is None:
        raise NotSupported("PEPit is not installed: pip install PEPit")
    import PEPit
    from PEPit.functions import SmoothStronglyConvexFunction

    model = PEPit.PEP()
    f = model.declare_function(SmoothStronglyConvexFunction, mu=float(problem.mu), L=float(problem.L1))
    star = f.stationary_point()
    measures = {
        "objective_gap": lambda x: f(x) - f(star),
        "squared_distance": lambda x: (x - star) ** 2,
        "squared_gradient_norm": lambda x: f.gradient(x) ** 2,
    }
    textbook = Textbook.of(method).floating()
    x = before = model.set_initial_point()
    model.set_initial_condition(measures[start](x) <= 1)
    for _ in range(steps):
        (after,) = textbook.step([x], [before], lambda at: [f.gradient(at[0])])
        x, before = after, x
    model.set_performance_metric(measures[metric](x))
    return float(model.solve(verbose=0))
