"""Methods as linear systems: known special cases and identities."""

import pytest
import sympy as sp

from proofcheck import encode
from proofcheck.encode.recursion import d, d_before, w, w_before
from proofcheck.encode.symbols import beta, curvature, eta, gamma, z
from proofcheck.errors import NotSupported, ProofcheckError


def test_methods_are_special_cases_of_triple_momentum():
    general = encode.recursion("triple_momentum")
    for name, values in (
        ("nesterov", {gamma: beta}),
        ("heavy_ball", {gamma: 0}),
        ("gradient_descent", {gamma: 0, beta: 0}),
    ):
        special, method = general.subs(values), encode.recursion(name)
        assert (special.A, special.B, special.C) == (method.A, method.B, method.C)


@pytest.mark.parametrize("name", encode.METHODS)
def test_matrices_reproduce_the_textbook_equations(name):
    method = encode.recursion(name)
    x, before, g = sp.symbols("x_{k} x_{k-1} g_{k}")
    solution = {
        sp.Symbol("y_{k}"): method.query(x, before),
        sp.Symbol("x_{k+1}"): method.advance(x, before, g),
    }
    for equation in method.equations:
        assert sp.expand((equation.lhs - equation.rhs).doit().xreplace(solution).doit()) == 0


@pytest.mark.parametrize("name", encode.METHODS)
def test_constants_are_kept(name):
    """A constant sequence with zero gradient stays: the methods do not move at a minimiser."""
    method = encode.recursion(name)
    assert sp.expand(method.advance(z, z, sp.S.Zero)) == z
    assert sp.expand(method.query(z, z)) == z


def test_characteristic_polynomial_of_the_critically_damped_cases():
    heavy = encode.recursion("heavy_ball")
    r = sp.Symbol("r")
    value = heavy.characteristic_polynomial().subs({beta: r**2, eta: (1 - r) ** 2 / curvature})
    assert sp.expand(value - (z - r) ** 2) == 0
    nesterov = encode.recursion("nesterov").characteristic_polynomial(sp.S.One)
    q = sp.Symbol("q", positive=True)  # curvature mu = q^2 L1 with the classical momentum: a double root 1 - q
    value = encode.recursion("nesterov").characteristic_polynomial(q**2).subs({eta: 1, beta: (1 - q) / (1 + q)})
    assert sp.simplify(value - (z - (1 - q)) ** 2) == 0
    assert sp.expand(nesterov.subs({eta: 1})) == z**2


@pytest.mark.parametrize("name", encode.METHODS)
def test_roots_solve_the_scalar_recursion(name):
    method = encode.recursion(name)
    a, b = method.scalar_recursion()
    assert sp.expand(method.characteristic_polynomial() - (z**2 - a * z - b)) == 0
    x, before = sp.symbols("x before")
    stepped = method.advance(x, before, curvature * method.query(x, before))
    assert sp.expand(stepped - a * x - b * before) == 0


@pytest.mark.parametrize("name", encode.METHODS)
def test_steps_in_u_by_running_two_of_them(name):
    block, method = encode.step_block(name), encode.recursion(name)
    u0, u1, first, second = sp.symbols("u0 u1 first second")
    v1, u2 = method.query(u1, u0), method.advance(u1, u0, first)
    v2, u3 = method.query(u2, u1), method.advance(u2, u1, second)
    table = {d: u2 - u1, d_before: u1 - u0, w: second, w_before: first}
    for identity, run in (
        (block.query_offset, v2 - u2),
        (block.next_difference, u3 - u2),
        (block.query_difference, v2 - v1),
    ):
        assert sp.expand(identity.xreplace(table) - run) == 0


def test_the_identities_of_nesterov_are_those_of_the_theory():
    block = encode.step_block("nesterov")
    assert block.query_offset == beta * d
    assert block.next_difference == beta * d - eta * w
    assert block.query_difference == beta * d - eta * w_before


def test_an_unknown_name():
    with pytest.raises(NotSupported, match=r"expected method_name in \('gradient_descent'.*got method_name='adam'"):
        encode.recursion("adam")
    assert issubclass(NotSupported, ProofcheckError)


def test_positions_that_a_run_does_not_have():
    run = encode.Trajectory(encode.recursion("nesterov"), True, 0, 1, generic=False)
    with pytest.raises(NotSupported, match=r"got key=\('x', 2\)"):
        run.position(("x", 2))
    with pytest.raises(NotSupported, match=r"got key=\('x\*', 0\)"):
        run.position(("x*", 0))
