"""Lyapunov conditions: the printed state basis and the LaTeX say the same as the run."""

import functools
import itertools
import re

import pytest
import sympy as sp
from sympy.parsing.sympy_parser import implicit_multiplication, parse_expr, standard_transformations

from proofcheck import encode
from proofcheck.encode import symbols
from proofcheck.encode.lyapunov import B, P
from proofcheck.errors import NotSupported

SMOOTH, PARTIAL = encode.CLASSES
CASES = [(PARTIAL, m, "objective_gap", "objective_gap") for m in encode.METHODS]
CASES += [(SMOOTH, m, *pair) for m in encode.METHODS for pair in itertools.product(encode.METRICS, encode.INITIAL)]


conditions = functools.cache(encode.lyapunov_conditions)


@pytest.fixture(params=CASES, ids="-".join)
def case(request):
    return conditions(*request.param)


def test_state_basis_gives_the_same_decrease(case):
    for gram, state, full, basis in (
        (case.decrease_x, case.x_state, case.decrease.x, case.decrease.x_basis),
        (case.decrease_u, case.u_state, case.decrease.u, case.decrease.u_basis),
    ):
        rows = sp.Matrix(
            [[sp.expand(vector).coeff(s) for s in basis] for _, vector in state] or sp.zeros(0, len(basis))
        )
        assert ((rows.T * gram * rows) - full).applyfunc(sp.expand).is_zero_matrix


def test_forms_are_invariant_under_translation(case):
    shift = sp.Symbol("shift")
    for form in (case.start, case.base, case.decrease, case.bound):
        moved = {s: s + shift for s in (*form.x_basis, *form.u_basis) if re.match(r"[xu](_|\^)", s.name)}
        assert sp.expand(form.expression.xreplace(moved) - form.expression) == 0


def test_expression_has_no_other_symbols(case):
    known = {symbols.rho, symbols.constant, symbols.a0, symbols.a1, *P, *B, *case.method.parameters}
    for form in (case.start, case.base, case.decrease, case.bound, case.lyapunov):
        assert form.expression.free_symbols <= known | {*form.value_basis, *form.x_basis, *form.u_basis}


def test_gradient_descent_by_hand():
    """rho V_k - V_{k+1} with V_k = a_0 F(x_k) + P_11 |x_k - x*|^2."""
    case = encode.lyapunov_conditions(SMOOTH, "gradient_descent", "objective_gap", "objective_gap")
    zero = {symbols.a1: 0} | {entry: 0 for entry in P if entry != P[0, 0]}
    x, f, after = (sp.Symbol(n) for n in (r"\nabla f(x_{k})", "F(x_{k})", "F(x_{k+1})"))
    before, g, s = (sp.Symbol(n) for n in ("x_{k-1}", r"\nabla f(x_{k-1})", r"x^{\star}"))
    here = before - symbols.eta * g - s
    a, p, rho = symbols.a0, P[0, 0], symbols.rho
    by_hand = rho * (a * f + p * here**2) - a * after - p * (here - symbols.eta * x) ** 2
    assert sp.expand(case.decrease.subs(zero).expression - by_hand) == 0


def test_a_recursion_that_depends_on_the_origin_is_refused(monkeypatch):
    good = encode.recursion("nesterov")
    a = sp.ImmutableMatrix([[1 + symbols.beta, -1], [1, 0]])
    bad = encode.StateSpace("nesterov", good.parameters, good.equations, a, good.B, good.C, "planted")
    monkeypatch.setattr("proofcheck.encode.lyapunov.recursion", lambda _name: bad)
    with pytest.raises(ValueError, match="expected linear forms"):
        encode.lyapunov_conditions(SMOOTH, "nesterov", "objective_gap", "objective_gap")


def read_latex(shown):
    """A coefficient as printed, as an expression again."""
    for name in ("beta", "eta", "gamma", "rho"):
        shown = shown.replace("\\" + name, f" {name} ")
    shown = shown.replace(r"\left(", "(").replace(r"\right)", ")")
    shown = re.sub(r"\^\{(\d)\}", r"**\1 ", shown)
    shown = re.sub(r"([PB])_\{(\d\d)\}", r" \1\2 ", shown)
    names = {f"{m}{i + 1}{j + 1}": matrix[i, j] for m, matrix in (("P", P), ("B", B)) for i, j in indices(matrix)}
    names |= {n: getattr(symbols, n) for n in ("beta", "eta", "gamma", "rho")}
    return parse_expr(shown, local_dict=names, transformations=(*standard_transformations, implicit_multiplication))


def indices(matrix):
    return itertools.combinations_with_replacement(range(matrix.rows), 2)


def test_printed_entries_are_the_entries(case):
    pieces = case.latex()
    for piece, gram in (("decrease_x", case.decrease_x), ("decrease_u", case.decrease_u)):
        rows = re.findall(r"[DE]_\{(\d)(\d)\} &= (.*?)(?:\\\\)?\n", pieces.get(piece, ""))
        found = {(int(i) - 1, int(j) - 1): read_latex(shown) for i, j, shown in rows}
        for place in indices(gram):
            assert sp.expand(found.get(place, 0) - gram[place]) == 0, (piece, place)


def test_pieces_are_balanced_and_narrow(case):
    """About 75 signs fit a line at 11 pt."""
    for name, shown in case.latex().items():
        assert shown.count("{") == shown.count("}"), name
        assert shown.count(r"\left") == shown.count(r"\right"), name
        assert shown.count(r"\begin") == shown.count(r"\end"), name
        assert not re.search(r"\+ -|- -|- \+|\+ \+|\b1 [\\a-zA-Z]", shown), (name, shown)
        for line in re.sub(r"\\begin\{pmatrix\}.*?\\end\{pmatrix\}", "M", shown).split("\n"):
            plain = re.sub(r"\\(left|right|begin|end|quad|qquad|frac)", "", line)
            plain = re.sub(r"\\[a-zA-Z]+", "x", plain)
            plain = re.sub(r"[{}_^&\\, ]", "", plain)
            assert len(plain) <= 75, (name, line)


def test_pieces_of_a_case():
    alone = encode.lyapunov_conditions(*CASES[-1]).latex()
    both = encode.lyapunov_conditions(*CASES[0]).latex()
    own = {"u_block", "u_recursion", "u_step", "decrease_u"}
    assert set(both) - set(alone) == own
    assert {"recursion", "state_space", "lyapunov", "step", "decrease", "start", "base", "bound"} <= set(alone)
    assert r"\nabla_1 f(" in both["state"]
    assert r"x^\star(" in both["state"]


def test_a_claim_document():
    statement = {"kind": "linear_rate", "metric": "squared_distance", "initial": "objective_gap"}
    document = {"class": {"name": SMOOTH}, "method": {"name": "heavy_ball"}, "statement": statement}
    case = encode.conditions(document)
    assert case == encode.lyapunov_conditions(SMOOTH, "heavy_ball", "squared_distance", "objective_gap")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("convex", "nesterov", "objective_gap", "objective_gap"), "expected class_name in"),
        ((SMOOTH, "adam", "objective_gap", "objective_gap"), "expected method_name in"),
        ((SMOOTH, "nesterov", "regret", "objective_gap"), "expected metric in .* got metric='regret'"),
        ((SMOOTH, "nesterov", "objective_gap", "squared_gradient_norm"), "expected initial in"),
        ((PARTIAL, "nesterov", "squared_distance", "objective_gap"), r"expected metric in \('objective_gap',\) on"),
    ],
)
def test_wrong_names(arguments, message):
    with pytest.raises(NotSupported, match=message):
        encode.lyapunov_conditions(*arguments)
