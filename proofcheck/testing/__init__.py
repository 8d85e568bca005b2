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
    from proofcheck.testing.adapters import module_function, numpy_function, torch_function
    from proofcheck.testing.catalogue import ASSUMPTIONS, Assumption
    from proofcheck.testing.estimating import Estimates, estimate_constants
    from proofcheck.testing.function import Function
    from proofcheck.testing.holding import AssumptionViolated, Holds, Violation, assert_holds
    from proofcheck.testing.points import Points
    from proofcheck.testing.region import Region

# No module may have the name of something that it exports: importing it would hide that. One line for a module.
_HOMES = {
    "adapters": ("module_function", "numpy_function", "torch_function"),
    "catalogue": ("ASSUMPTIONS", "Assumption"),
    "estimating": ("Estimates", "estimate_constants"),
    "function": ("Function",),
    "holding": ("AssumptionViolated", "Holds", "Violation", "assert_holds"),
    "points": ("Points",),
    "region": ("Region",),
}
_NEED_HYPOTHESIS = ("strategies",)
"""Modules that import hypothesis."""
_HOME = {name: module for module, names in _HOMES.items() for name in names}
__all__ = [
    "ASSUMPTIONS",
    "Assumption",
    "AssumptionViolated",
    "Estimates",
    "Function",
    "Holds",
    "Points",
    "Region",
    "Violation",
    "assert_holds",
    "estimate_constants",
    "module_function",
    "numpy_function",
    "torch_function",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'proofcheck.testing' has no attribute {name!r}")
    if _HOME[name] in _NEED_HYPOTHESIS and importlib.util.find_spec("hypothesis") is None:
        raise NotSupported("strategies need hypothesis: pip install 'proofcheck[testing]'")
    value = globals()[name] = getattr(importlib.import_module(f"proofcheck.testing.{_HOME[name]}"), name)
    return value


def __dir__() -> list[str]:
    return list(__all__)
