"""Theorems with their certificates, as `proofcheck theorem` found them: for other certificates, and for experiments.

The files are hints like any other: the kernel checks them again whenever they are used.
"""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

THEOREMS = (
    "nesterov_classical_tau_1_8_in_balls",
    "nesterov_classical_tau_1_8_near_1_2",
    "nesterov_classical_tau_1_4_in_balls",
    "nesterov_classical_tau_1_4_near_3_4",
    "nesterov_classical_tau_1_4_near_1_2",
    "nesterov_classical_tau_1_4_near_1_4",
    "nesterov_classical_tau_1_4_near_1_8",
)
"""What network certificates apply. Cases in cases/theorems; each is kept as NAME.json: claim and certificate."""
OTHERS = (
    "nesterov_classical_tau_3_4",
    "nesterov_paper_tau_1_4_in_balls",
    "gradient_descent_tau_1_4",
)
"""Kept for experiments alone (`kept:NAME` in a file for `proofcheck validate`)."""
NAMES = (*THEOREMS, *OTHERS)


def theorem(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A kept claim with its certificate."""
    found = json.loads((resources.files(__name__) / f"{name}.json").read_text(encoding="ascii"))
    return found["claim"], found["certificate"]
