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
from typing import TYPE_CHECKING, Any

from proofcheck.errors import NotSupported

if TYPE_CHECKING:
    from proofcheck.empirical.additive import AdditiveModels, additive_models
    from proofcheck.empirical.data import Data, digits, gaussian, iris, orthogonal
    from proofcheck.empirical.devices import device_of
    from proofcheck.empirical.figures import figure1
    from proofcheck.empirical.modules import ModuleModels, module_models
    from proofcheck.empirical.relu_networks import Networks, networks
    from proofcheck.empirical.runs import Run, run, run_all
    from proofcheck.empirical.tunings import Tuning, tuned

# No module may have the name of something that it exports: importing it would hide that.
_HOMES = {
    "additive": ("AdditiveModels", "additive_models"),
    "data": ("Data", "digits", "gaussian", "iris", "orthogonal"),
    "devices": ("device_of",),
    "figures": ("figure1",),
    "modules": ("ModuleModels", "module_models"),
    "relu_networks": ("Networks", "networks"),
    "runs": ("Run", "run", "run_all"),
    "tunings": ("Tuning", "tuned"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}
__all__ = [
    "AdditiveModels",
    "Data",
    "ModuleModels",
    "Networks",
    "Run",
    "Tuning",
    "additive_models",
    "device_of",
    "digits",
    "figure1",
    "gaussian",
    "iris",
    "module_models",
    "networks",
    "orthogonal",
    "run",
    "run_all",
    "tuned",
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
