"""Property-based tests of assumptions, of problem classes and of methods; strategies need the extra `testing`.

Everything sampled is OBSERVED unless it is exact: a witness in exact numbers refutes, no sampling proves.

>>> from proofcheck import testing  # loads nothing heavy
>>> "Function" in dir(testing)
True
"""

from __future__ import annotations

import importlib
import importlib.util
from typing import TYPE_CHECKING, Any

from proofcheck.errors import NotSupported

if TYPE_CHECKING:
    from proofcheck.testing.adapters import module_function, network_function, numpy_function, torch_function
    from proofcheck.testing.catalogue import ASSUMPTIONS, Assumption
    from proofcheck.testing.class_conformance import check_problem_class, class_checks
    from proofcheck.testing.conformance import ConformanceError, ConformanceReport
    from proofcheck.testing.estimating import Estimates, estimate_constants
    from proofcheck.testing.exact import huber, quadratic
    from proofcheck.testing.exact_network import relu_network
    from proofcheck.testing.exact_partial import additive, staircase, valley
    from proofcheck.testing.function import Function
    from proofcheck.testing.holding import AssumptionViolated, Holds, Violation, assert_holds
    from proofcheck.testing.load_bearing import LoadBearing, NotNeeded, load_bearing_examples
    from proofcheck.testing.method_conformance import check_method, method_checks, method_mutants
    from proofcheck.testing.mutants import inequality_mutants, judge_mutants
    from proofcheck.testing.oracles import ClosedForm, closed_form
    from proofcheck.testing.oracles_peer import pepit_bound
    from proofcheck.testing.oracles_roots import obstruction, slowest_within
    from proofcheck.testing.oracles_simulation import Textbook, simulate, trajectory
    from proofcheck.testing.point import Points
    from proofcheck.testing.region import Region
    from proofcheck.testing.strategies import invalid_methods, invalid_problem_classes, methods, problem_classes
    from proofcheck.testing.strategies_certificates import certificates
    from proofcheck.testing.strategies_claims import claims
    from proofcheck.testing.strategies_forgeries import forged_certificates
    from proofcheck.testing.strategies_functions import functions, points, regions
    from proofcheck.testing.strategies_options import rationals

# No module may have the name of something that it exports: importing it would hide that. One line for a module.
_HOMES = {
    "adapters": ("module_function", "network_function", "numpy_function", "torch_function"),
    "catalogue": ("ASSUMPTIONS", "Assumption"),
    "class_conformance": ("check_problem_class", "class_checks"),
    "conformance": ("ConformanceError", "ConformanceReport"),
    "estimating": ("Estimates", "estimate_constants"),
    "exact": ("huber", "quadratic"),
    "exact_network": ("relu_network",),
    "exact_partial": ("additive", "staircase", "valley"),
    "function": ("Function",),
    "holding": ("AssumptionViolated", "Holds", "Violation", "assert_holds"),
    "load_bearing": ("LoadBearing", "NotNeeded", "load_bearing_examples"),
    "method_conformance": ("check_method", "method_checks", "method_mutants"),
    "mutants": ("inequality_mutants", "judge_mutants"),
    "oracles": ("ClosedForm", "closed_form"),
    "oracles_peer": ("pepit_bound",),
    "oracles_roots": ("obstruction", "slowest_within"),
    "oracles_simulation": ("Textbook", "simulate", "trajectory"),
    "point": ("Points",),
    "region": ("Region",),
    "strategies": ("invalid_methods", "invalid_problem_classes", "methods", "problem_classes"),
    "strategies_certificates": ("certificates",),
    "strategies_claims": ("claims",),
    "strategies_forgeries": ("forged_certificates",),
    "strategies_functions": ("functions", "points", "regions"),
    "strategies_options": ("rationals",),
}
_NEED_HYPOTHESIS = "strategies"
"""How the names of the modules begin that import hypothesis."""
_HOME = {name: module for module, names in _HOMES.items() for name in names}
__all__ = [
    "ASSUMPTIONS",
    "Assumption",
    "AssumptionViolated",
    "ClosedForm",
    "ConformanceError",
    "ConformanceReport",
    "Estimates",
    "Function",
    "Holds",
    "LoadBearing",
    "NotNeeded",
    "Points",
    "Region",
    "Textbook",
    "Violation",
    "additive",
    "assert_holds",
    "certificates",
    "check_method",
    "check_problem_class",
    "claims",
    "class_checks",
    "closed_form",
    "estimate_constants",
    "forged_certificates",
    "functions",
    "huber",
    "inequality_mutants",
    "invalid_methods",
    "invalid_problem_classes",
    "judge_mutants",
    "load_bearing_examples",
    "method_checks",
    "method_mutants",
    "methods",
    "module_function",
    "network_function",
    "numpy_function",
    "obstruction",
    "pepit_bound",
    "points",
    "problem_classes",
    "quadratic",
    "rationals",
    "regions",
    "relu_network",
    "simulate",
    "slowest_within",
    "staircase",
    "torch_function",
    "trajectory",
    "valley",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'proofcheck.testing' has no attribute {name!r}")
    if _HOME[name].startswith(_NEED_HYPOTHESIS) and importlib.util.find_spec("hypothesis") is None:
        raise NotSupported("strategies need hypothesis: pip install 'proofcheck[testing]'")
    value = globals()[name] = getattr(importlib.import_module(f"proofcheck.testing.{_HOME[name]}"), name)
    return value


def __dir__() -> list[str]:
    return list(__all__)
