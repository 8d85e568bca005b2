"""First-order methods: constructors with named tunings, LaTeX and sources. Their meaning is in the kernel."""

from proofcheck.methods.base import Method
from proofcheck.methods.gradient_descent import GradientDescent
from proofcheck.methods.heavy_ball import HeavyBall
from proofcheck.methods.linear_method import LinearMethod, Recursion
from proofcheck.methods.nesterov_momentum import NesterovMomentum
from proofcheck.methods.triple_momentum import TripleMomentum

REGISTRY: dict[str, type[Method]] = {
    cls.name: cls for cls in (GradientDescent, NesterovMomentum, HeavyBall, TripleMomentum)
}

__all__ = [
    "REGISTRY",
    "GradientDescent",
    "HeavyBall",
    "LinearMethod",
    "Method",
    "NesterovMomentum",
    "Recursion",
    "TripleMomentum",
]
