"""Recursions, class inequalities and Lyapunov conditions in symbols, derived from textbook definitions.

The derivation is independent of the kernel: no formula is read from it, and the tests compare the two exactly.
SymPy is imported in this package only.

Examples
--------
>>> from proofcheck.encode import class_inequality, recursion
>>> recursion("nesterov").characteristic_polynomial()
beta*eta*lambda*z - beta*eta*lambda - beta*z + beta + eta*lambda*z + z**2 - z
>>> class_inequality("smooth_strongly_convex", "nonnegative_value").form
F_i
"""

from .inequalities import CLASSES, INEQUALITIES, ClassInequality, class_inequality
from .lyapunov import INITIAL, METRICS, LyapunovConditions, QuadraticForm, conditions, lyapunov_conditions
from .recursion import METHODS, StateSpace, StepBlock, recursion, step_block
from .tables import coefficient_table, definition_table, inequality_table, recursion_table
from .trajectory import Point, Trajectory

__all__ = [
    "CLASSES",
    "INEQUALITIES",
    "INITIAL",
    "METHODS",
    "METRICS",
    "ClassInequality",
    "LyapunovConditions",
    "Point",
    "QuadraticForm",
    "StateSpace",
    "StepBlock",
    "Trajectory",
    "class_inequality",
    "coefficient_table",
    "conditions",
    "definition_table",
    "inequality_table",
    "lyapunov_conditions",
    "recursion",
    "recursion_table",
    "step_block",
]
