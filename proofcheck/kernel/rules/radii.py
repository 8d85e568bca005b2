"""The inequalities behind the radii of rule lyapunov_in_balls, and the order in which they are known."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ..claim import Claim
from ..forms import Form, square
from ..outcome import Rejected, require
from ..run import Run
from .combine import Permission
from .lyapunov_form import Lyapunov

AHEAD = {"x[{}]", "u[{}]", "x*[u[{}]]"}  # what a step leads to


def known(ahead: set[str]) -> Permission:
    """Permit an inequality only at points that are in the balls already, none of them ahead."""

    def permit(name: str, at: list[str], where: str) -> None:
        for label in at:
            x, _, u = label.partition("@")
            needed = {"value_root": [x, u], "minimisers": [label, f"x*[{label}]"], "step_bound": [f"y[{label}]"]}
            for part in needed.get(name, [u]):  # A1, A2 and A6 are about every x
                require(part not in ahead, Rejected, f"{where}: {part} is not yet known to be in its ball")

    return permit


def goals(claim: Claim, n: dict[str, Any], potential: Lyapunov) -> dict[str, tuple[Run, Form, set[str]]]:
    """What is to be proved nonnegative, in which run, and what is ahead of it."""
    rest, run, mu = claim.run(0, 1, generic=False), claim.run(-1, 1, generic=True), claim.problem.parameters["mu"]
    budget = n["constant"] * claim.measure(rest, "objective_gap", 0)
    first, now = n["weight"] * square(rest.w_at("0")), potential.form(run, 0)
    step = n["weight"] * square(run.w_at("k"))
    after_0, after_k = ({name.format(index) for name in AHEAD} for index in ("1", "k+1"))

    def distance(of: Run, label: str, index: int) -> Form:
        form: Form = mu * square(of.x_at(label) - of.x_at(of.minimiser_label(index)))
        return form

    return {
        "early_start": (rest, n["rate"] * budget - first, after_0),
        "next_start": (rest, n["next"] ** 2 * budget - distance(rest, "x[1]", 0), after_0),
        "base": (rest, n["rate"] * budget - first - potential.form(rest, 1), set()),
        "query": (run, n["query"] ** 2 * now - distance(run, "y[k]", -1), after_k | {"y[k]"}),
        "early": (run, n["rate"] * now - step, after_k),
        "next_step": (run, n["next"] ** 2 * now - distance(run, "x[k+1]", 0), after_k),
        "decrease": (run, n["rate"] * now - step - potential.form(run, 1), set()),
    }


def coefficients(claim: Claim) -> tuple[Any, Any, Any]:
    """Step size, momentum and look-ahead of x+ = x + beta dx - eta g, y = x + gamma dx, read off the method."""
    one, zero, method = Fraction(1), Fraction(0), claim.method
    ahead = method.query(one, zero)
    return -method.advance(zero, zero, zero, one), method.advance(one, zero, ahead, zero) - 1, ahead - 1
