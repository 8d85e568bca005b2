"""proofcheck: exact certificates for convergence theorems of first-order methods.

>>> import proofcheck as pc
>>> f = pc.SmoothStronglyConvex(mu=1, L1=10)
>>> method = pc.GradientDescent.classical(f)
>>> result = pc.prove_rate(f, method, performance_metric="squared_distance", rate="0.82", constant=1)
>>> print(result.status, result.rate, result.rate_decimal)
PROVED 41/50 0.82

Importing this package imports nothing but the standard library; names are loaded when first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from proofcheck.case import BoundRequest, Case, RateRequest, load
    from proofcheck.certifier import certify, prove_bound, prove_rate
    from proofcheck.classes import Inequality, InequalityClass, PartialStrongConvexity, SmoothStronglyConvex
    from proofcheck.errors import InvalidInput, NotSupported, OutputError, ProofcheckError
    from proofcheck.estimates import Estimate, worst_case_estimate
    from proofcheck.families import ClassFamily, MethodFamily
    from proofcheck.kernel import Verdict, check, explain
    from proofcheck.methods import (
        GradientDescent,
        HeavyBall,
        LinearMethod,
        NesterovMomentum,
        Recursion,
        TripleMomentum,
    )
    from proofcheck.networks import NetworkResult, certify_network
    from proofcheck.result import Result
    from proofcheck.theorems import Theorem, certify_theorem, prove_theorem

__version__ = "0.1.0"

_HOMES = {
    "case": ("BoundRequest", "Case", "RateRequest", "load"),
    "certifier": ("certify", "prove_bound", "prove_rate"),
    "classes": ("Inequality", "InequalityClass", "PartialStrongConvexity", "SmoothStronglyConvex"),
    "errors": ("InvalidInput", "NotSupported", "OutputError", "ProofcheckError"),
    "estimates": ("Estimate", "worst_case_estimate"),
    "families": ("ClassFamily", "MethodFamily"),
    "kernel": ("Verdict", "check", "explain"),
    "methods": ("GradientDescent", "HeavyBall", "LinearMethod", "NesterovMomentum", "Recursion", "TripleMomentum"),
    "networks": ("NetworkResult", "certify_network"),
    "result": ("Result",),
    "theorems": ("Theorem", "certify_theorem", "prove_theorem"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}
__all__ = [
    "BoundRequest",
    "Case",
    "ClassFamily",
    "Estimate",
    "GradientDescent",
    "HeavyBall",
    "Inequality",
    "InequalityClass",
    "InvalidInput",
    "LinearMethod",
    "MethodFamily",
    "NesterovMomentum",
    "NetworkResult",
    "NotSupported",
    "OutputError",
    "PartialStrongConvexity",
    "ProofcheckError",
    "RateRequest",
    "Recursion",
    "Result",
    "SmoothStronglyConvex",
    "Theorem",
    "TripleMomentum",
    "Verdict",
    "certify",
    "certify_network",
    "certify_theorem",
    "check",
    "explain",
    "load",
    "prove_bound",
    "prove_rate",
    "prove_theorem",
    "worst_case_estimate",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'proofcheck' has no attribute {name!r}")
    value = globals()[name] = getattr(importlib.import_module(f"proofcheck.{_HOME[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
