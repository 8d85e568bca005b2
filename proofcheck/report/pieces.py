"""What the reports on numbers and on functions of q share: their records, and the symbols from `encode`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from proofcheck import encode

from .escape import Tex


@dataclass(frozen=True)
class Setting:
    """The class and the method of a claim."""

    partial: bool
    coupled: bool
    fifth: bool
    class_title: Tex
    class_source: Tex
    assumptions: list[Tex]
    exact: list[Tex]
    parameters: list[Tex]
    derived: list[Tex]
    heading: Tex
    method_title: Tex
    method_source: Tex
    exact_coefficients: list[Tex]
    coefficients: list[Tex]
    pieces: dict[str, Tex]
    assumed: int = 0


@dataclass(frozen=True)
class Theorem:
    """The conclusion of a claim in symbols; `numbers` are its numbers, exact, with decimals on the safe side."""

    rate: bool
    some: bool
    statement: Tex
    numbers: list[Tex]
    factor: Tex
    metric: Tex
    metric_k: Tex
    initial: Tex
    metric_0: Tex


@dataclass(frozen=True)
class Function:
    """The Lyapunov function of a certificate."""

    constant: Tex
    values: list[Tex]
    matrices: list[Tex]
    pieces: dict[str, Tex]


@lru_cache(maxsize=16)
def recursion(method: str, partial: bool) -> dict[str, Tex]:
    """The method in symbols, derived by `encode`."""
    pieces = {key: _tidy(piece) for key, piece in encode.recursion(method).latex().items()}
    if partial:
        in_u = pieces["recursion"].replace("x_{", "u_{").replace("y_{", "v_{").replace("g_{", "w_{")
        pieces |= {"in_u": Tex(in_u), "differences": _in_a_row(encode.step_block(method).latex())}
    return pieces


def _tidy(piece: str) -> Tex:
    return Tex(piece.replace("+ - ", "- "))


def _in_a_row(aligned: str) -> Tex:
    """Aligned equations on one line instead of one below another."""
    rows = aligned.removeprefix("\\begin{aligned}\n").removesuffix("\n\\end{aligned}").replace("&", "")
    return _tidy(rows.replace("\\\\\n", r",\qquad "))


@lru_cache(maxsize=16)
def conditions(class_name: str, method: str, metric: str, initial: str) -> dict[str, Tex]:
    """The Lyapunov conditions in symbols, derived by `encode`."""
    names = {"class": {"name": class_name}, "method": {"name": method}}
    found = encode.conditions({**names, "statement": {"metric": metric, "initial": initial}})
    pieces = {key: _tidy(piece) for key, piece in found.latex().items()}
    for letter, state in (("p", found.x_state), ("b", found.u_state)):
        rows = [rf"{letter}_{{{number}}} &= {name}" for number, (name, _) in enumerate(state, 1)]
        pieces[f"state_{letter}"] = Tex("\\begin{aligned}" + r"\\".join(rows) + "\\end{aligned}")
    for key in {"state_p", "state_b", "decrease_x", "decrease_u"} & set(pieces):
        pieces[key] = Tex(pieces[key].replace(r"\begin{aligned}", r"\begin{aligned}[t]"))
    return pieces | {"rest_state": _in_a_row(pieces["rest_state"])}


def pmatrix(rows: list[list[Tex]], stretch: bool = False) -> str:
    """A matrix for display mode, with room for fractions where it is stretched."""
    matrix = r"\begin{pmatrix}" + r"\\".join(" & ".join(row) for row in rows) + r"\end{pmatrix}"
    return rf"{{\renewcommand{{\arraystretch}}{{1.5}}{matrix}}}" if stretch else matrix
