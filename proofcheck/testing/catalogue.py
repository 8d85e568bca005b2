"""The assumptions that can be tested, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from proofcheck.errors import InvalidInput, NotSupported
from proofcheck.testing import forms
from proofcheck.testing.forms import Form
from proofcheck.testing.function import Function
from proofcheck.testing.point import PARTS, Points

_PAPER = "Liao and Kyrillidis (ALT 2024)"


@dataclass(frozen=True)
class Assumption:
    """A property of a function that can be tested at points.

    Attributes
    ----------
    name : str
    statement : str
        LaTeX.
    source : str
        Author, year, number.
    tight : str
        Whether a test with the sharp constant is attained, and by what.
    forms : tuple of tuples of Form
        All of them are tested, of each tuple the first whose callables the function has.
    """

    name: str
    statement: str
    source: str
    tight: str
    forms: tuple[tuple[Form, ...], ...] = field(repr=False)

    @property
    def constants(self) -> tuple[str, ...]:
        """The constants that it uses, those of every form.

        Examples
        --------
        >>> ASSUMPTIONS["Lemma 9"].constants
        ('G1', 'L2', 'mu')
        """
        used = (name for group in self.forms for form in group for name in form.constants + form.optional)
        return tuple(dict.fromkeys(used))

    @property
    def callables(self) -> tuple[str, ...]:
        """What of a Function its first forms need.

        Examples
        --------
        >>> ASSUMPTIONS["A4"].callables
        ('inner',)
        """
        return tuple(dict.fromkeys(name for group in self.forms for name in group[0].callables))

    def chosen(self, f: Function) -> tuple[Form, ...]:
        """The forms that can be tested on a function.

        Raises
        ------
        NotSupported
            Where a callable is missing; one line that names it.
        """
        found = []
        for group in self.forms:
            fitting = [form for form in group if all(getattr(f, name) is not None for name in form.callables)]
            if not fitting:
                ways = " or ".join(" and ".join(form.callables) for form in group)
                raise NotSupported(f"{self.name} needs {ways} of the function {f.name!r}")
            found.append(fitting[0])
        if any("v" in PARTS[form.about] or "t" in PARTS[form.about] for form in found) and not f.dimensions[1]:
            raise NotSupported(f"{self.name} is about u, and the function {f.name!r} has none")
        return tuple(found)

    def declared(self, f: Function, constants: Mapping[str, Any] | None) -> dict[str, Any]:
        """The constants of a function, with others in their place where given.

        Raises
        ------
        InvalidInput
            Where one is missing or makes no sense.
        """
        known = dict(f.declare(**(constants or {})).constants)
        used = self.chosen(f)
        for name in dict.fromkeys(name for form in used for name in form.constants):
            if name not in known:
                raise InvalidInput(f"{self.name} needs the constant {name} of the function {f.name!r}")
        for name in ("mu", "L1", "L2", "G1", "G2"):
            if name in known and name in self.constants and not known[name] >= 0:
                raise InvalidInput(f"{name}={known[name]} must be >= 0")
        for name in ("L2",) + (("mu",) if self.name not in ("A1", "strong_convexity") else ()):
            if name in known and any(name in form.constants for form in used) and not known[name] > 0:
                raise InvalidInput(f"{name}={known[name]} must be > 0")
        if "L1" in self.constants and "mu" in self.constants and "mu" in known and known["mu"] > known["L1"]:
            raise InvalidInput(f"mu={known['mu']} must be <= L1={known['L1']}")
        return known

    def sides(self, f: Any, constants: Mapping[str, Any], points: Points, form: int = 0) -> tuple[Any, Any]:
        """Left and right of the inequality left <= right at points, of the form of that number.

        Examples
        --------
        >>> f = Function(name="f", dimensions=(1, 0), constants={}, value=lambda x, u: x[0] ** 2,
        ...              gradient_x=lambda x, u: (2 * x[0],))
        >>> ASSUMPTIONS["A1"].sides(f, {"mu": 2}, Points(x=(1,), y=(3,), u=()))
        (9.0, 9)
        """
        chosen = self.chosen(f)[form]
        return chosen.compare(chosen.measure(f, points), constants)

    def needed(self, f: Any, constants: Mapping[str, Any], points: Points, form: int = 0) -> Any:
        """The constant that just passes at points: the smallest, of mu (and f_star from below) the largest.

        Returns None where no constant would do.

        Examples
        --------
        >>> f = Function(name="f", dimensions=(1, 0), constants={}, value=lambda x, u: x[0] ** 2)
        >>> ASSUMPTIONS["smoothness"].needed(f, {}, Points(x=(1,), y=(3,), u=()))
        2.0
        """
        chosen = self.chosen(f)[form]
        return chosen.needed(chosen.measure(f, points), constants)


def _paper(name: str, statement: str, place: str, tight: str, *groups: tuple[Form, ...]) -> Assumption:
    return Assumption(name, statement, f"{_PAPER}, {place}", tight, groups)


_STRONG = r"f(y,u)\ge f(x,u)+\langle\nabla_1f(x,u),y-x\rangle+\tfrac\mu2|y-x|^2"
_SMOOTH = r"f(y,u)\le f(x,u)+\langle\nabla_1f(x,u),y-x\rangle+\tfrac{L_1}2|y-x|^2"
_QUADRATIC = "yes: quadratics, along an eigenvector"
_ADDITIVE = "yes: f = |A x + B u|^2/2"
_RATIO = r"|\nabla_2f(x,u)|^2\le2G_1^2L_2(f(x,u)-f^\star)"
_NESTEROV = "Nesterov (2018)"
_ALL = (
    _paper("A1", _STRONG, "Assumption 1", _QUADRATIC, (forms.STRONG, forms.STRONG_MIDPOINT)),
    _paper("A2", _SMOOTH, "Assumption 2", _QUADRATIC, (forms.SMOOTH, forms.SMOOTH_MIDPOINT)),
    _paper(
        "A3", r"g(t)\le g(s)+\langle\nabla g(s),t-s\rangle+\tfrac{L_2}2|t-s|^2,\quad\min g=f^\star",
        "Assumption 3", _QUADRATIC, (forms.OUTER,), (forms.OUTER_LOWEST,),
    ),
    _paper("A4", r"|h(x,u)-h(x,v)|\le G_1|u-v|", "Assumption 4", _ADDITIVE, (forms.INNER,)),
    _paper("A5", r"|\nabla_1f(x,u)-\nabla_1f(x,v)|\le G_2|u-v|", "Assumption 5", _ADDITIVE, (forms.GRADIENT,)),
    _paper(
        "A6", r"\min_xf(x,u)=f^\star\text{ for all }u", "Assumption 6", "yes: at minimisers",
        (forms.LOWEST,), (forms.GAP, forms.GAP_AT_MINIMISER),
    ),
    _paper(
        "A3A4", r"|\sqrt{2(f(x,u)-f^\star)/L_2}-\sqrt{2(f(x,v)-f^\star)/L_2}|\le G_1|u-v|",
        "Assumptions 3 and 4", _ADDITIVE, (forms.VALUE_ROOT,),
    ),
    _paper("proviso", _RATIO, "Assumptions 3 and 4 and |J| <= G1", _ADDITIVE, (forms.STEP,)),
    _paper("PL", r"|\nabla_1f(x,u)|^2\ge2\mu(f(x,u)-f^\star)", "Lemma 4", _QUADRATIC, (forms.PL,)),
    _paper(
        "Lemma 5", r"f(x,u)-f(x,v)\le Q^{-1}L_2(f(x,v)-f^\star)+\tfrac{G_1^2}2(L_2+Q)|u-v|^2\text{ for all }Q>0",
        "Lemma 5", _ADDITIVE, (forms.LEMMA5,),
    ),
    _paper("Lemma 8", r"|x^\star(u)-x^\star(v)|\le\tfrac{G_2}\mu|u-v|", "Lemma 8", _ADDITIVE, (forms.LEMMA8,)),
    _paper("Lemma 9", r"|\nabla_2f|^2\le\tfrac{G_1^2L_2}\mu|\nabla_1f|^2", "Lemma 9", _ADDITIVE, (forms.LEMMA9,)),
    _paper("Lemma 20", _RATIO, "Lemma 20, as its proof gives it (G_1 is squared there)", _ADDITIVE, (forms.STEP,)),
    _paper(
        "minimisers", r"|x^\star(u)-x^\star(v)|\le\sqrt{L_2/\mu}\,G_1|u-v|", "Assumptions 1, 3, 4 and 6", _ADDITIVE,
        (forms.MINIMISERS,),
    ),
    Assumption(
        "strong_convexity", _STRONG, f"{_NESTEROV}, Definition 2.1.3", _QUADRATIC,
        ((forms.STRONG, forms.STRONG_MIDPOINT),),
    ),
    Assumption(
        "smoothness", _SMOOTH, f"{_NESTEROV}, Theorem 2.1.5", _QUADRATIC, ((forms.SMOOTH, forms.SMOOTH_MIDPOINT),),
    ),
    Assumption(
        "convexity", r"f(y,u)\ge f(x,u)+\langle\nabla_1f(x,u),y-x\rangle", f"{_NESTEROV}, Definition 2.1.2",
        "yes: linear functions", ((forms.CONVEX, forms.CONVEX_MIDPOINT),),
    ),
    Assumption(
        "interpolation",
        r"\varphi(y)\ge\varphi(x)+\langle\nabla\varphi(x),y-x\rangle+\tfrac1{2(L_1-\mu)}|\nabla\varphi(y)-\nabla\varphi(x)|^2,"
        r"\quad\varphi=f(\cdot,u)-\tfrac\mu2|\cdot|^2",
        "Taylor, Hendrickx and Glineur (2017), Theorem 4", _QUADRATIC, ((forms.INTERPOLATION,),),
    ),
    Assumption(
        "cocoercivity",
        r"|\nabla\varphi(y)-\nabla\varphi(x)|^2\le(L_1-\mu)\langle\nabla\varphi(y)-\nabla\varphi(x),y-x\rangle,"
        r"\quad\varphi=f(\cdot,u)-\tfrac\mu2|\cdot|^2",
        f"{_NESTEROV}, Theorem 2.1.12", _QUADRATIC, ((forms.COCOERCIVE,),),
    ),
    Assumption(
        "nonnegative_value", r"f(x,u)\ge f^\star", "the definition of the minimum", "yes: at a minimiser",
        ((forms.LOWEST,),),
    ),
)  # fmt: skip
ASSUMPTIONS: Mapping[str, Assumption] = MappingProxyType({entry.name: entry for entry in _ALL})
"""Every assumption that `assert_holds` knows."""


def assumption_of(chosen: str | Assumption) -> Assumption:
    """Look an assumption up.

    Raises
    ------
    NotSupported
    """
    if isinstance(chosen, Assumption):
        return chosen
    if chosen not in ASSUMPTIONS:
        raise NotSupported(f"assumption={chosen!r} must be one of {', '.join(ASSUMPTIONS)}")
    return ASSUMPTIONS[chosen]
