"""Instances and runs in floating point (PyTorch, float64): evidence beside the proofs, never a verdict of the kernel.

Everything that comes from here is OBSERVED. PyTorch is imported when the first name of this package is used
(extra `torch`).

>>> from proofcheck import empirical  # needs no PyTorch
>>> "run" in dir(empirical)
True
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from proofcheck.errors import NotSupported

if TYPE_CHECKING:
    from proofcheck.empirical.additive import AdditiveModels, additive_models
    from proofcheck.empirical.compare import Width, widths
    from proofcheck.empirical.conditions import PaperCondition, TheoremInBalls, paper_conditions
    from proofcheck.empirical.constants import Constants, formula, sharp
    from proofcheck.empirical.data import Data, digits, gaussian, iris, orthogonal
    from proofcheck.empirical.devices import device_of
    from proofcheck.empirical.figures import figure1
    from proofcheck.empirical.modules import ModuleModels, module_models
    from proofcheck.empirical.norms import AdditiveNorms, NetworkNorms, norms_of
    from proofcheck.empirical.observed import ConstantsTable, constants_table
    from proofcheck.empirical.radii import Applied, applied
    from proofcheck.empirical.relu_networks import Networks, networks
    from proofcheck.empirical.runs import Run, run, run_all
    from proofcheck.empirical.spectrum import hessian_u, hessian_x, jacobian_norm
    from proofcheck.empirical.tunings import Tuning, tuned

# No module may have the name of something that it exports: importing it would hide that.
_HOMES = {
    "additive": ("AdditiveModels", "additive_models"),
    "compare": ("Width", "widths"),
    "conditions": ("PaperCondition", "TheoremInBalls", "paper_conditions"),
    "constants": ("Constants", "formula", "sharp"),
    "data": ("Data", "digits", "gaussian", "iris", "orthogonal"),
    "devices": ("device_of",),
    "figures": ("figure1",),
    "modules": ("ModuleModels", "module_models"),
    "relu_networks": ("Networks", "networks"),
    "runs": ("Run", "run", "run_all"),
    "norms": ("AdditiveNorms", "NetworkNorms", "norms_of"),
    "observed": ("ConstantsTable", "constants_table"),
    "radii": ("Applied", "applied"),
    "spectrum": ("hessian_u", "hessian_x", "jacobian_norm"),
    "tunings": ("Tuning", "tuned"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}
__all__ = [
    "AdditiveModels",
    "AdditiveNorms",
    "Applied",
    "Constants",
    "ConstantsTable",
    "Data",
    "ModuleModels",
    "NetworkNorms",
    "Networks",
    "PaperCondition",
    "Run",
    "TheoremInBalls",
    "Tuning",
    "Width",
    "additive_models",
    "applied",
    "constants_table",
    "device_of",
    "digits",
    "figure1",
    "formula",
    "gaussian",
    "hessian_u",
    "hessian_x",
    "iris",
    "module_models",
    "jacobian_norm",
    "networks",
    "norms_of",
    "orthogonal",
    "paper_conditions",
    "run",
    "run_all",
    "sharp",
    "tuned",
    "widths",
]


def require_torch() -> None:
    """Complain in one line where PyTorch is not installed.

    Raises
    ------
    NotSupported
    """
    if importlib.util.find_spec("torch") is None:
        raise NotSupported("runs need PyTorch: pip install 'proofcheck[torch]'")


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'proofcheck.empirical' has no attribute {name!r}")
    require_torch()
    value = globals()[name] = getattr(importlib.import_module(f"proofcheck.empirical.{_HOME[name]}"), name)
    return value


def __dir__() -> list[str]:
    return list(__all__)


class _Package(ModuleType):
    """The import of a submodule must not hide the function that has its name (networks)."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _HOME and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
