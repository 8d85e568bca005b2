"""Problem classes: constructors, LaTeX and sources. What a class means is in the kernel."""

from proofcheck.classes.base import ProblemClass
from proofcheck.classes.inequality_class import Inequality, InequalityClass
from proofcheck.classes.partial_strong_convexity import PartialStrongConvexity
from proofcheck.classes.smooth_strongly_convex import SmoothStronglyConvex

REGISTRY: dict[str, type[ProblemClass]] = {cls.name: cls for cls in (SmoothStronglyConvex, PartialStrongConvexity)}

__all__ = [
    "REGISTRY",
    "Inequality",
    "InequalityClass",
    "PartialStrongConvexity",
    "ProblemClass",
    "SmoothStronglyConvex",
]
