"""Results: frozen, checkable, saved whole, shown well; the numbers they print are safe."""

import dataclasses
import json
from decimal import Decimal
from fractions import Fraction

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from proofcheck import (
    GradientDescent,
    InvalidInput,
    NesterovMomentum,
    NotSupported,
    SmoothStronglyConvex,
    prove_bound,
    prove_rate,
)
from proofcheck.numbers import decimal, exact, rational_sqrt, significant
from proofcheck.symbols import claim_latex, claim_text


@pytest.fixture(scope="module")
def result():
    f = SmoothStronglyConvex(mu=1, L1=10)
    return prove_rate(f, GradientDescent.classical(f), performance_metric="squared_distance", rate="0.82", constant=1)


def test_frozen(result):
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.status = "REFUTED"


def test_fields(result):
    assert (result.status, result.rate, result.constant, result.bound) == ("PROVED", Fraction(41, 50), 1, None)
    assert result.rate_decimal == "0.82"
    assert "interpolation(x*, x[k])" in result.multipliers["decrease"]
    assert all(m >= 0 for part in result.multipliers.values() for m in part.values())
    assert repr(result).startswith("<Result PROVED rate=41/50 constant=1 claim=")
    assert "PROVED" in result._repr_latex_()
    assert r"\frac{41}{50}" in result._repr_latex_()
    assert "For every function f of the class" in result.explain()


def test_status_is_not_a_label_but_a_check(result):
    forged = dataclasses.replace(result, certificate={**result.certificate, "decrease": []})
    assert forged.check().word == "REJECTED"
    assert repr(forged).startswith("<Result unchecked PROVED")


def test_save_round_trip(result, tmp_path):
    from proofcheck.kernel import check

    folder = result.save(tmp_path / "deep" / "out")
    answer = check((folder / "claim.json").read_bytes(), (folder / "cert.json").read_bytes())
    assert answer.word == "PROVED"
    assert json.loads((folder / "run.json").read_text())["status"] == "PROVED"
    assert sorted(path.name for path in folder.iterdir()) == ["cert.json", "claim.json", "run.json"]


def test_undecided_has_numbers_but_no_certificate(tmp_path):
    f = SmoothStronglyConvex(mu=1, L1=100)
    undecided = prove_rate(f, NesterovMomentum.classical(f), rate="0.85")  # between the obstruction and the best
    assert undecided.status == "UNDECIDED"
    assert undecided.notes
    assert undecided.multipliers == {}
    folder = undecided.save(tmp_path)
    assert not (folder / "cert.json").exists()
    assert undecided.check().word == "UNDECIDED"


def test_symbols(result):
    assert claim_text(result.claim) == "|x_k - x*|^2 <= 1 (41/50)^k (|x_0 - x*|^2)  for all k >= 0"
    f = SmoothStronglyConvex(mu=1, L1=10)
    bound = prove_bound(f, GradientDescent.classical(f), 3, bound="9/10")
    assert claim_text(bound.claim) == "f(x_3) - f* <= 9/10 (f(x_0) - f*)"
    assert claim_latex(bound.claim) == r"f(x_{3}) - f^\star \le \frac{9}{10}\,\bigl(f(x_{0}) - f^\star\bigr)"
    some = prove_rate(f, GradientDescent.classical(f), rate="9/10", constant="some")
    assert claim_text(some.claim).endswith("and some C")
    assert some.constant is not None


@pytest.mark.parametrize(
    "number", [Fraction(3, 4), "3/4", "0.75", Decimal("0.75"), sympy.Rational(3, 4), "+0.750", "6/8"], ids=repr
)
def test_exact_numbers(number):
    assert exact(number, "x") == Fraction(3, 4)


@pytest.mark.parametrize(
    "number",
    [0.75, float("nan"), True, None, "", "abc", "1e5", "0x10", "1/0", "1.5/2", "1 /2", "٣", "9" * 101, 10**100,
     Decimal("NaN"), Decimal("Infinity"), Decimal("1E+999999"), sympy.Float(0.75),
     sympy.pi, sympy.Symbol("x"), [], "--1"],
    ids=lambda value: repr(value)[:20],
)  # fmt: skip
def test_inexact_numbers(number):
    with pytest.raises((InvalidInput, NotSupported), match="x"):
        exact(number, "x")


def test_invalid_arguments():
    f = SmoothStronglyConvex(mu=1, L1=10)
    method = GradientDescent.classical(f)
    for arguments in (
        {"rate": 1},
        {"rate": "-1/2"},
        {"rate": 0.5},
        {"constant": 0, "rate": "0.9"},
    ):
        with pytest.raises(InvalidInput):
            prove_rate(f, method, **arguments)
    with pytest.raises(NotSupported, match="steps: 65 is above the limit 64"):
        prove_bound(f, method, 65)
    with pytest.raises(InvalidInput, match="steps: -1 must be >= 0"):
        prove_bound(f, method, -1)
    with pytest.raises(NotSupported, match="performance_metric: unknown metric 'loss'"):
        prove_rate(f, method, performance_metric="loss")
    with pytest.raises(InvalidInput, match="method='gd': expected a Method"):
        prove_rate(f, "gd")
    with pytest.raises(InvalidInput, match="mu=3 must be <= L1=2"):
        SmoothStronglyConvex(mu=3, L1=2)


@given(st.fractions(), st.integers(1, 15))
def test_decimals_round_to_the_safe_side(number, places):
    up, down = Fraction(decimal(number, places)), Fraction(decimal(number, places, up=False))
    assert down <= number <= up
    if abs(number) >= Fraction(1, 10**4):
        assert up - down <= Fraction(1, 10**places)
    assert (up == number) == (down == number)


@given(st.fractions().filter(bool), st.integers(1, 12))
def test_significant_digits(number, digits):
    up, down, near = (
        significant(number, digits, up=True),
        significant(number, digits, up=False),
        significant(number, digits),
    )
    assert down <= number <= up
    assert near in (up, down)
    assert abs(near - number) <= abs(number) * Fraction(10) ** (1 - digits) / 2


@given(st.fractions(min_value=0))
def test_rational_square_roots(number):
    assert rational_sqrt(number**2) == number
    root = rational_sqrt(number)
    assert root is None or root**2 == number
    assert rational_sqrt(-number - 1) is None
