"""What a statement may measure, in words."""

from __future__ import annotations

METRICS = {
    "objective_gap": "f(x_k) - f*",
    "squared_distance": "|x_k - x*|^2",
    "squared_gradient_norm": "|grad f(x_k)|^2",
}
INITIAL = ("objective_gap", "squared_distance")
UNITS = {"objective_gap": "", "squared_distance": "(L1/c) ", "squared_gradient_norm": "(c/L1) "}


def shown(name: str, index: str, partial: bool, family: bool) -> str:
    """The metric at an iterate; in a family of classes in the unit of a function value."""
    if partial:
        return f"f(x_{index}, u_{index}) - f*"
    return (UNITS[name] if family else "") + METRICS[name].replace("_k", f"_{index}")
