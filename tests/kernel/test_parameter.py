"""Functions of q: polynomials, signs, the field and semidefiniteness, against oracles that share no idea with them."""

import operator
import random
from fractions import Fraction
from itertools import pairwise
from math import factorial

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy.abc import q as Q

from proofcheck.kernel import Declined, Invalid, Rejected, positivity
from proofcheck.kernel.forms import Vector, combine, square, value
from proofcheck.kernel.parameter import matrices, signs
from proofcheck.kernel.parameter import polynomials as poly
from proofcheck.kernel.parameter.matrices import semidefinite_defect
from proofcheck.kernel.parameter.ratio import MAX_DEGREE, Ratio, of
from proofcheck.kernel.parameter.reading import FUNCTIONS, MAX_COEFFICIENTS, NUMBERS, function
from proofcheck.kernel.parameter.signs import nonnegative, rootless
from proofcheck.kernel.parameter.spelling import polynomial

ROOTS = [Fraction(n, d) for d in (1, 2, 3, 5, 8) for n in range(-2, 2 * d + 1)]
SMALL = st.lists(st.integers(-6, 6), max_size=6).map(poly.trimmed)


def for_all(*strategies):
    """`given`, the same cases each time, however slow sympy is."""
    return lambda test: settings(deadline=None, derandomize=True)(given(*strategies)(test))


def symbolic(p) -> sympy.Poly:
    return sympy.Poly(list(p)[::-1] or [0], Q, domain="ZZ")


def tupled(p: sympy.Poly) -> tuple[int, ...]:
    return poly.trimmed(int(c) for c in p.all_coeffs()[::-1])


def same_up_to_a_number(a, b) -> bool:
    return len(a) == len(b) and poly.scale(b[-1], a) == poly.scale(a[-1], b)


def at(p, x: Fraction) -> Fraction:
    total = Fraction(0)
    for c in reversed(p):
        total = total * x + c
    return total


def with_roots(*roots: Fraction | int | str) -> tuple[int, ...]:
    """The product of the (d q - n), n/d a root."""
    product = (1,)
    for root in map(Fraction, roots):
        product = poly.multiply(product, (-root.numerator, root.denominator))
    return product


def is_nonnegative(p) -> bool:
    """By sympy: the sign at 1, between all real roots in (0, 1], and left of the first."""
    if not p:
        return True
    inside = sorted({r for r in symbolic(p).real_roots() if 0 < r < 1})  # exact comparisons, however close
    marks = [sympy.Integer(0), *inside, sympy.Integer(1)]
    between = [rational_between(a, b) for a, b in pairwise(marks)]
    return all(at(p, x) >= 0 for x in [*between, Fraction(1)])


def rational_between(a, b) -> Fraction:
    digits = 30
    while True:
        middle = sympy.Rational(sympy.N((a + b) / 2, digits))
        if a < middle < b:
            return Fraction(int(middle.p), int(middle.q))
        digits *= 2


def is_rootless(p) -> bool:
    return bool(p) and not any(0 < r <= 1 for r in symbolic(p).real_roots())


class TestPolynomials:
    @for_all(SMALL, SMALL, st.integers(-5, 5))
    def test_ring(self, a, b, number):
        assert poly.add(a, b) == tupled(symbolic(a) + symbolic(b))
        assert poly.multiply(a, b) == tupled(symbolic(a) * symbolic(b))
        assert poly.scale(number, a) == tupled(symbolic(a) * number)
        assert poly.derivative(a) == tupled(symbolic(a).diff(Q))

    def test_sums_that_cancel_are_trimmed(self):
        assert poly.add((1, 2, 3), (1, 0, -3)) == (2, 2)
        assert poly.add((1, 2), (-1, -2)) == ()
        assert poly.trimmed([0, 0]) == ()
        assert poly.scale(0, (1, 2)) == ()

    @for_all(SMALL, SMALL)
    def test_quotient(self, a, b):
        b = poly.primitive(b)
        if b:
            assert poly.quotient(poly.multiply(a, b), b) == a

    @pytest.mark.parametrize(("a", "b"), [((1, 1), (0, 1)), ((1,), (1, 1)), ((3, 1, 1), (1, 1)), ((1, 1), (2,))])
    def test_no_quotient_of_what_is_no_multiple(self, a, b):
        with pytest.raises(AssertionError, match="not a divisor"):
            poly.quotient(a, b)

    @for_all(SMALL, SMALL, SMALL)
    def test_common_divisor(self, a, b, c):
        a, b = poly.multiply(a, c), poly.multiply(b, c)
        found, expected = poly.common_divisor(a, b), tupled(sympy.gcd(symbolic(a), symbolic(b)))
        if not expected:
            assert found == ()
            return
        assert same_up_to_a_number(found, expected)
        assert poly.primitive(found) == found
        for multiple in (a, b):
            if multiple:
                assert poly.multiply(poly.quotient(multiple, found), found) == multiple

    @for_all(st.lists(st.tuples(st.sampled_from(ROOTS), st.integers(1, 4)), max_size=4), st.integers(1, 12))
    def test_squarefree_and_odd_part(self, multiplicities, content):
        roots = dict(multiplicities)
        full = poly.scale(content, with_roots(*(r for r, m in roots.items() for _ in range(m))))
        assert same_up_to_a_number(poly.squarefree(full), with_roots(*roots))
        odd = with_roots(*(r for r, m in roots.items() if m % 2))
        assert same_up_to_a_number(poly.odd_part(full), odd)
        assert poly.primitive(poly.odd_part(full)) == poly.odd_part(full)

    @for_all(SMALL, SMALL, st.integers(1, 4), st.integers(1, 3))
    def test_odd_part_with_irrational_roots(self, a, b, m, n):
        if not a or not b:
            return
        full = prod_of([a] * m + [b] * n)
        _, factors = symbolic(full).factor_list()
        expected = prod_of([tupled(f) for f, power in factors if power % 2])
        assert same_up_to_a_number(poly.odd_part(full), expected)
        assert same_up_to_a_number(poly.squarefree(full), prod_of([tupled(f) for f, _ in factors]))

    def test_constants_and_zero(self):
        assert poly.squarefree(()) == ()
        assert poly.squarefree((4,)) == (1,)
        assert poly.odd_part((-6,)) == (1,)
        assert poly.common_divisor((), (2, 4)) == (1, 2)
        assert poly.common_divisor((6,), (4,)) == (1,)
        assert poly.primitive((-4, 6)) == (-2, 3)


def prod_of(factors) -> tuple[int, ...]:
    product = (1,)
    for factor in factors:
        product = poly.multiply(product, factor)
    return product


def square_of(p):
    return poly.multiply(p, p)


E9, E12 = Fraction(1, 10**9), Fraction(1, 10**12)
DIP = poly.add(poly.scale(4 * 10**24, square_of(with_roots("1/3"))), (-9,))  # < 0 on a width of 1e-12 about 1/3

SIGNED = {  # polynomial: (nonnegative, rootless)
    "zero": ((), True, False),
    "one": ((1,), True, True),
    "minus-one": ((-1,), False, True),
    "root-at-0": ((0, 1), True, True),
    "root-at-0-twice-negative": ((0, 0, -1), False, True),
    "root-at-1": ((1, -1), True, False),
    "root-at-1-from-below": ((-1, 1), False, False),
    "double-root-at-1": (square_of((1, -1)), True, False),
    "double-root-at-0-and-at-1": (prod_of([(0, 1)] * 2 + [(1, -1)] * 2), True, False),
    "sign-change-at-1/2": (with_roots("1/2"), False, False),
    "sign-change-at-1/2-from-above": (poly.scale(-1, with_roots("1/2")), False, False),
    "double-root-at-1/2": (square_of(with_roots("1/2")), True, False),
    "triple-root-at-1/2": (poly.scale(-1, with_roots("1/2", "1/2", "1/2")), False, False),
    "quadruple-root-at-1/2": (with_roots(*["1/2"] * 4), True, False),
    "roots-at-1/4-and-1/2": (with_roots("1/4", "1/2"), False, False),
    "roots-at-1/4-1/2-3/4": (poly.scale(-1, with_roots("1/4", "1/2", "3/4")), False, False),
    "roots-at-1/4-1/2-3/4-1/8": (with_roots("1/4", "1/2", "3/4", "1/8"), False, False),
    "negative-between-1/2-and-1": (with_roots("1/2", "1"), False, False),
    "double-root-at-1/2-simple-at-1": (poly.scale(-1, with_roots("1/2", "1/2", 1)), True, False),
    "double-roots-negated": (poly.scale(-1, square_of(with_roots("1/3", "2/3"))), False, False),
    "root-just-below-1": (poly.scale(-1, with_roots(1 - E9)), False, False),
    "root-just-above-1": (poly.scale(-1, with_roots(1 + E9)), True, True),
    "double-root-just-below-1": (square_of(with_roots(1 - E9)), True, False),
    "root-just-above-0": (with_roots(E9), False, False),
    "root-just-below-0": (with_roots(-E9), True, True),
    "two-roots-just-below-1": (with_roots(1 - E9, 1 - E9 / 2), False, False),
    "negative-on-a-tiny-interval": (DIP, False, False),
    "touches-zero-at-an-irrational": (square_of((-1, 0, 2)), True, False),
    "touches-and-crosses": (prod_of([(-1, 0, 2)] * 2 + [(-9, 10)]), False, False),
    "close-roots": (with_roots("1/3", Fraction(1, 3) + E12), False, False),
    "close-complex-roots": (poly.add(poly.scale(10**24, square_of(with_roots("1/3"))), (1,)), True, True),
    "close-double-roots": (square_of(with_roots("1/3", Fraction(1, 3) + E12)), True, False),
    "close-double-and-simple": (with_roots("1/3", "1/3", Fraction(1, 3) + E12, Fraction(1, 3) + 2 * E12), False, False),
    "five-fold-and-three-fold": (with_roots(*["1/3"] * 5 + ["2/5"] * 3), False, False),
    "degree-120-even": (square_of(with_roots(*(Fraction(i, 61) for i in range(1, 61)))), True, False),
    "degree-121": (
        poly.multiply(with_roots("7/9"), square_of(with_roots(*(Fraction(i, 61) for i in range(1, 61))))),
        False,
        False,
    ),
    "degree-150-positive": ((1, *[0] * 149, -1), True, False),
    "degree-150-with-a-root": ((1, *[0] * 149, -2), False, False),
    "roots-outside-only": (with_roots(*range(2, 40)), True, True),
    "wilkinson-inside": (with_roots(*(Fraction(i, 31) for i in range(1, 31))), False, False),
}


class TestSigns:
    @pytest.mark.parametrize("name", SIGNED)
    def test_by_hand(self, name):
        p, is_never_negative, has_no_root = SIGNED[name]
        assert nonnegative(p) is is_never_negative
        assert bool(rootless(p)) is has_no_root
        if p:
            flipped = poly.scale(-1, p)
            assert bool(rootless(flipped)) is has_no_root
            assert not (nonnegative(flipped) and is_never_negative)

    @for_all(st.lists(st.sampled_from(ROOTS), max_size=6), SMALL, st.sampled_from([-1, 1, 3]))
    def test_against_sympy(self, roots, factor, number):
        p = poly.scale(number, poly.multiply(with_roots(*roots), factor or (1,)))
        assert nonnegative(p) is is_nonnegative(p)
        assert bool(rootless(p)) is is_rootless(p)

    @pytest.mark.parametrize("seed", range(40))
    def test_random_polynomials_against_sympy(self, seed):
        rng = random.Random(seed)
        p = poly.trimmed(rng.randint(-9, 9) for _ in range(rng.randint(2, 14)))
        if seed % 2:
            p = square_of(p)
        assert nonnegative(p) is is_nonnegative(p)
        assert bool(rootless(p)) is is_rootless(p)

    @pytest.mark.parametrize("seed", range(6))
    def test_many_rational_roots(self, seed):
        """Degree above 100: the sign is known between the roots."""
        rng = random.Random(seed)
        roots = rng.sample([Fraction(i, 1009) for i in range(1, 1009)], 40)
        powers = [rng.choice((2, 2, 4) if seed % 2 else (1, 2, 3, 4)) for _ in roots]
        p = with_roots(*(r for r, m in zip(roots, powers, strict=True) for _ in range(m)))
        p = p if p[0] > 0 else poly.scale(-1, p)
        assert len(p) > 80
        assert nonnegative(p) is all(m % 2 == 0 for m in powers)
        assert not rootless(p)

    @for_all(st.sampled_from(ROOTS), st.integers(10, 40), st.sampled_from([-1, 0, 1]))
    def test_parabolas_that_barely_touch(self, root, digits, side):
        """(q - root)^2 + side 10^-digits."""
        p = poly.add(poly.scale(10**digits, square_of(with_roots(root))), (side * root.denominator**2,))
        width = Fraction(1, 10 ** (digits // 2))
        crosses = side < 0 and -width / 2 < root < 1 + width / 2
        if 0 <= root <= 1 or side >= 0:
            assert nonnegative(p) is not (crosses or (side < 0 and 0 <= root <= 1))
            assert bool(rootless(p)) is not ((side == 0 and 0 < root <= 1) or (side < 0 and 0 <= root <= 1))

    def test_degree_limit(self):
        largest = (1, *[0] * (signs.MAX_DEGREE - 2), 1)
        assert nonnegative(largest)
        for decide in (nonnegative, rootless):
            with pytest.raises(Declined, match="polynomial of degree 600, the limit is 599"):
                decide((*largest, 1))

    def test_depth_limit(self):
        """Complex roots 2^-500 from the axis, and real roots as close as that."""
        near = poly.add(poly.scale(2**1000, square_of(with_roots("1/3"))), (1,))
        close = with_roots("1/3", Fraction(1, 3) + Fraction(1, 2**500))
        for p in (near, close):
            for decide in (nonnegative, rootless):
                with pytest.raises(Declined, match="roots closer than 2\\^-400"):
                    decide(p)

    def test_depth_within_the_limit(self):
        assert not nonnegative(with_roots("1/3", Fraction(1, 3) + Fraction(1, 2**300)))
        assert nonnegative(poly.add(poly.scale(2**600, square_of(with_roots("1/3"))), (1,)))

    def test_bound_on_bisections_of_double_roots(self, monkeypatch):
        """Roots of even multiplicity are taken out, not approached for ever."""
        monkeypatch.setattr(signs, "MAX_DEPTH", signs.PATIENCE + 60)
        assert nonnegative(square_of(with_roots("1/3", "2/7")))
        assert not nonnegative(prod_of([with_roots("1/3", "2/7")] * 2 + [with_roots("5/7"), with_roots("6/7")]))


def ratio(above, below=(1,)) -> Ratio:
    return of(Ratio(poly.trimmed(above))) / Ratio(poly.trimmed(below))


BELOW = st.sampled_from([(1,), (3,), (-2,), (1, 1), (4, 7), (0, 1), (0, 0, 5), (2, -1), (-3, 1), (1, 0, 1), (0, 2, 1)])
RATIOS = st.builds(ratio, SMALL, BELOW)
NUMBERS_TOO = st.one_of(RATIOS, st.integers(-3, 3), st.fractions(-2, 2, max_denominator=5))


def expression(value):
    if isinstance(value, Ratio):
        above, below = (symbolic(p).as_expr() for p in (value.numerator, value.denominator))
        return above / below
    return sympy.Rational(value.numerator, value.denominator)


def agrees(found: Ratio, wanted) -> bool:
    above, below = sympy.fraction(sympy.together(wanted))
    above, below = (sympy.Poly(p, Q, domain="QQ") for p in (above, below))
    return symbolic(found.numerator) * below == symbolic(found.denominator) * above


class TestRatio:
    @for_all(RATIOS, NUMBERS_TOO)
    def test_field_against_sympy(self, a, b):
        x, y = expression(a), expression(b)
        for found, wanted in ((a + b, x + y), (b + a, x + y), (a - b, x - y), (b - a, y - x), (a * b, x * y)):
            assert isinstance(found, Ratio)
            assert agrees(found, wanted)
        assert agrees(b * a, x * y)
        assert agrees(-a, -x)
        assert agrees(a**3, x**3)
        assert a**0 == 1
        for above, below, s, t in ((a, b, x, y), (b, a, y, x)):
            if rootless(of(below).numerator):
                assert agrees(above / below, s / t)
                assert (above / below) * below == above
            else:
                with pytest.raises(Rejected, match="which has a root in"):
                    above / below

    @for_all(RATIOS, RATIOS, RATIOS)
    def test_axioms_hold_as_equalities_of_normal_forms(self, a, b, c):
        assert a + b == b + a
        assert (a + b) + c == a + (b + c)
        assert a * (b + c) == a * b + a * c
        assert hash(a * (b + c)) == hash(a * b + a * c)
        assert a - a == 0
        assert not a - a

    @for_all(RATIOS, st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(1, 10**6), Fraction(7, 9)]))
    def test_values(self, a, x):
        assert a(x) == at(a.numerator, x) / at(a.denominator, x)
        assert isinstance(a(x), Fraction)
        assert (a * a + 1)(x) == a(x) ** 2 + 1
        assert at(a.denominator, x) > 0

    @for_all(RATIOS)
    def test_normal_form(self, a):
        assert sum(a.denominator) > 0
        assert poly.common_divisor(a.numerator, a.denominator) in ((1,), (-1,)) or not a.numerator
        assert np.gcd.reduce([*a.numerator, *a.denominator]) == 1
        if not a:
            assert (a.numerator, a.denominator) == ((), (1,))

    def test_equality_and_hash_with_numbers(self):
        half = ratio((0, 1), (0, 2))
        assert half == Fraction(1, 2)
        assert Fraction(1, 2) == half
        assert hash(half) == hash(Fraction(1, 2))
        assert {half: 1}[Fraction(1, 2)] == 1
        assert frozenset({("x", half)}) == frozenset({("x", Fraction(1, 2))})
        assert hash(of(0)) == hash(0) == hash(Fraction(0))
        assert hash(of(-7)) == hash(-7)
        assert ratio((1, 1), (2, 2)) == half
        assert ratio((1, -1)) != 1
        assert ratio((1, -1)) != ratio((1, 1))
        assert ratio((1,), (1, 1)) != ratio((1,), (1, 2))
        assert hash(ratio((-1, 1), (1, 1))) == hash(ratio((1, 0, -1), (-1, -2, -1)))

    def test_the_order_is_partial(self):
        q, middle = ratio((0, 1)), ratio((1, -2))
        assert q > 0
        assert q >= 0
        assert q <= 1
        assert not q < 1, "q = 1 is in the interval"
        assert operator.lt(0, q)
        assert 0 <= q <= 1
        assert operator.lt(Fraction(0), q)
        assert not operator.gt(Fraction(1), q)
        for compared in (middle >= 0, middle <= 0, middle > 0, middle < 0):
            assert not compared
        for compared in (operator.gt, operator.lt, operator.ge, operator.le):
            assert not compared(0, middle)
            assert not compared(Fraction(0), middle)
        assert of(0) >= 0
        assert of(0) <= 0
        assert not of(0) > 0
        touching = ratio(square_of((-1, 2)))
        assert touching >= 0
        assert not touching > 0
        assert not touching <= 0
        assert ratio((1,), (0, 1)) >= 1
        assert ratio((1, -1)) >= 0
        assert not ratio((1, -1)) > 0
        assert ratio((-1,), (-3, 1)) > 0, "the denominator is made positive"

    @for_all(RATIOS, NUMBERS_TOO)
    def test_comparisons_against_samples(self, a, b):
        """What is claimed for all q holds at some; and sympy agrees on the whole interval."""
        difference = a - b
        wanted = is_nonnegative(difference.numerator)
        assert (a >= b) is wanted
        assert (b <= a) is wanted
        assert bool(a > b) is (wanted and is_rootless(difference.numerator))
        assert bool(b < a) is bool(a > b)
        assert (a <= b) is is_nonnegative((-difference).numerator)
        for x in (Fraction(1), Fraction(1, 3), Fraction(1, 1000)):
            assert not a >= b or a(x) >= of(b)(x)
            assert not a > b or a(x) > of(b)(x)

    @pytest.mark.parametrize("below", [(), (1, -1), (-1, 2), (1, -3, 2), (1, -4, 4), (0, 1, -1), DIP])
    def test_division_by_what_has_a_root(self, below):
        for above in (1, Fraction(1, 2), ratio((0, 1)), Ratio(below)):
            with pytest.raises(Rejected, match="which has a root in"):
                above / Ratio(below)

    def test_degree_limit(self):
        largest = Ratio((1, *[0] * (MAX_DEGREE - 1), 1))
        assert largest >= 0
        assert 1 / largest <= 1
        for too_large in (lambda: largest * ratio((0, 1)), lambda: 1 / largest / ratio((1, 1)), lambda: largest**2):
            with pytest.raises(Declined, match=r"function of degree \d+, the limit is 128"):
                too_large()

    def test_sums_over_many_denominators_end(self):
        """What takes minutes without the limit."""
        rng = random.Random(0)
        terms = [Ratio((rng.randint(1, 999), 1), (rng.randint(1, 999), rng.randint(1, 999), 1)) for _ in range(300)]
        with pytest.raises(Declined, match="function of degree"):
            sum(terms)

    def test_division_by_what_has_its_root_at_zero(self):
        assert 1 / ratio((0, 0, 3)) * ratio((0, 3)) == 1 / ratio((0, 1))

    def test_vectors_and_forms_take_functions(self):
        q = ratio((0, 1))
        a, b = Vector("x", {"a": Fraction(1)}), Vector("x", {"b": Fraction(1)})
        assert (q * a + (1 - q) * a).key == a.key
        assert (q * a + b - q * a).key == b.key
        assert (q * a).key != a.key, "equal at q = 1 only"
        form = q * square(a - b) + combine([(1 - q, value("F"))])
        assert form.values == {"F": 1 - q}
        names, rows = form.matrix("x")
        assert names == ["a", "b"]
        assert rows == [[q, -q], [-q, q]]
        assert (form - form).values == {}
        with pytest.raises(TypeError):
            q * "x"

    @pytest.mark.parametrize(
        ("above", "below", "text"),
        [
            ((), (1,), "0"),
            ((1,), (1,), "1"),
            ((-1,), (2,), "-1/2"),
            ((4, -1), (4,), "1 - 1/4 q"),
            ((0, 1), (1,), "q"),
            ((0, -1), (1,), "-q"),
            ((0, 0, -2, 1), (1,), "-2 q^2 + q^3"),
            ((1, -1), (1, 1), "(1 - q)/(1 + q)"),
            ((3,), (0, 2), "(3)/(2 q)"),
            ((-1,), (-3, 1), "(1)/(3 - q)"),
        ],
    )
    def test_spelling(self, above, below, text):
        assert str(ratio(above, below)) == text

    @for_all(SMALL)
    def test_spelling_reads_back(self, p):
        text = polynomial(p).replace("^", "**")
        for letter in "0123456789":
            text = text.replace(f"{letter} q", f"{letter}*q")
        assert sympy.sympify(text, locals={"q": Q}) == symbolic(p).as_expr()

    @for_all(RATIOS, RATIOS)
    def test_names_in_hexadecimal_are_the_number(self, a, b):
        """The kernel names minimisers by numerator:x / denominator:x."""
        first, second = (f"{x.numerator:x}/{x.denominator:x}" for x in (a, b))
        assert (first == second) is (a == b)
        if a == Fraction(3, 2):
            assert first == "3/2"
        assert f"{of(Fraction(-31, 16)).numerator:x}/{of(Fraction(-31, 16)).denominator:x}" == "-1f/10"
        assert f"{Ratio(()).numerator:x}" == "0"


class TestReading:
    @pytest.mark.parametrize(
        ("written", "found"),
        [
            ([], of(0)),
            (["0", "0"], of(0)),
            (["1/2"], Fraction(1, 2)),
            (["1", "-1/4"], ratio((4, -1), (4,))),
            ({"numerator": ["1", "-1"], "denominator": ["1", "1"]}, ratio((1, -1), (1, 1))),
            ({"numerator": ["1/2"], "denominator": ["0", "-2/3"]}, ratio((-3,), (0, 4))),
            ({"numerator": ["0"], "denominator": ["5"]}, of(0)),
            ({"numerator": ["1", "0", "-1"], "denominator": ["1", "1"]}, ratio((1, -1))),
        ],
    )
    def test_function(self, written, found):
        assert function(written, "here") == found

    @pytest.mark.parametrize(
        ("written", "error", "reason"),
        [
            ("1", Invalid, "here: expected a list"),
            (["1", 2], Invalid, r"here\[1\]: expected a rational string"),
            (["2/4"], Invalid, r"here\[0\]: '2/4' is not in lowest terms"),
            (["0"] * (MAX_COEFFICIENTS + 1), Declined, "here: 34 entries, the limit is 33"),
            ([str(10**299), str(10**300)], Declined, "here: 601 characters, the limit is 600"),
            ({"numerator": ["1"]}, Invalid, "key 'denominator' is missing"),
            ({"numerator": ["1"], "denominator": ["1"], "q": "1"}, Invalid, "unknown key 'q'"),
            ({"numerator": ["1"], "denominator": []}, Invalid, "here.denominator: '0' has a root"),
            ({"numerator": ["1"], "denominator": ["1", "-1"]}, Invalid, "'1 - q' has a root"),
            ({"numerator": ["-1", "1"], "denominator": ["1", "-1"]}, Invalid, "'1 - q' has a root"),
            ({"numerator": ["0"], "denominator": ["1", "-2"]}, Invalid, "'1 - 2 q' has a root"),
        ],
    )
    def test_refused(self, written, error, reason):
        with pytest.raises(error, match=reason):
            function(written, "here")

    def test_fields(self):
        assert NUMBERS.number("1/2", "here") == Fraction(1, 2)
        assert FUNCTIONS.number(["1/2"], "here") == Fraction(1, 2)
        assert NUMBERS.semidefinite_defect is positivity.semidefinite_defect
        assert FUNCTIONS.semidefinite_defect is semidefinite_defect


def m(*rows) -> list[list[Ratio]]:
    """A matrix; a tuple is a polynomial, a string "a;b" is a/b in coefficients separated by commas."""

    def entry(e):
        if isinstance(e, str):
            above, below = (tuple(map(int, part.split(","))) for part in e.split(";"))
            return ratio(above, below)
        return ratio(e) if isinstance(e, tuple) else e

    return [[entry(e) for e in row] for row in rows]


HALF = Fraction(1, 2)
BAD = {
    "minus-one": (m([-1]), "pivot 0 is negative somewhere"),
    "changes-sign-at-1/2": (m([(1, -2)]), "pivot 0 is negative somewhere"),
    "changes-sign-just-below-1": (m([(10**9 - 1, -(10**9))]), "pivot 0 is negative somewhere"),
    "negative-on-a-tiny-interval": (m([DIP]), "pivot 0 is negative somewhere"),
    "zero-minor-hides-a-negative-one": (m([0, 0], [0, -1]), "pivot 1 is negative somewhere"),
    "zero-minor-hides-a-late-negative-one": (m([0, 0], [0, (1, -2)]), "pivot 1 is negative somewhere"),
    "off-diagonal-only": (m([0, (0, 1)], [(0, 1), 0]), "pivot 0 is identically zero but its row is not"),
    "off-diagonal-and-large": (m([0, (0, 1)], [(0, 1), (1000,)]), "pivot 0 is identically zero but its row is not"),
    "zero-second-pivot": (
        m([1, (0, 1), 0], [(0, 1), (0, 0, 1), (0, 0, 0, 1)], [0, (0, 0, 0, 1), 1]),
        "pivot 1 is identically zero but its row is not",
    ),
    "zero-second-pivot-hides-a-negative-third": (
        m([1, (0, 1), 0], [(0, 1), (0, 0, 1), 0], [0, 0, (1, 0, -2)]),
        "pivot 2 is negative somewhere",
    ),
    "zeros-around": (m([0, 0, 0], [0, 1, 2], [0, 2, 3]), "pivot 2 is negative somewhere"),
    "determinant-negative-near-0": (m([(0, 1), (0, 1)], [(0, 1), (0, 0, 2)]), "pivot 1 is negative somewhere"),
    "determinant-negative-near-1": (m([1, (0, 1)], [(0, 1), Fraction(999, 1000)]), "pivot 1 is negative somewhere"),
    "indefinite-with-poles": (m(["1;0,1", 1], [1, "0,1;1,1"]), "pivot 1 is negative somewhere"),
    "negative-over-a-negative-denominator": (m(["1;-2,1", 0], [0, 1]), "pivot 0 is negative somewhere"),
}
GOOD = {
    "empty": [],
    "zero": m([0]),
    "zeros": m([0, 0], [0, 0]),
    "one": m([1]),
    "q": m([(0, 1)]),
    "singular-at-0-and-1": m([(0, 1, -1)]),
    "singular-at-1/2": m([(1, -4, 4)]),
    "singular-for-all-q": m([1, (0, 1)], [(0, 1), (0, 0, 1)]),
    "rank-one-of-three": m([1, (0, 1), HALF], [(0, 1), (0, 0, 1), "0,1;2"], [HALF, "0,1;2", "1;4"]),
    "zero-row-first": m([0, 0], [0, (0, 1)]),
    "zero-row-between": m([(1, -1), 0, (1, -1)], [0, 0, 0], [(1, -1), 0, 1]),
    "different-denominators": m(["1;1,1", "1;2,1"], ["1;2,1", "3;4,-1"]),
    "mixed-with-numbers": m([2, HALF], [HALF, (1, -1, 1)]),
    "poles-at-0": m(["1;0,1", 1], [1, (0, 1)]),
    "negative-denominators": m(["-1;-2,1", 0], [0, "-3;-4,1"]),
    "numbers-only": [[2, Fraction(-1)], [Fraction(-1), HALF]],
}


def random_ratio(rng: random.Random) -> Ratio:
    below = rng.choice([(1,), (1,), (2,), (1, 1), (3, -1), (0, 1), (-5, 1, 1)])
    return ratio([rng.randint(-3, 3) for _ in range(rng.randint(1, 4))], below)


def gram(rng: random.Random, size: int, rank: int) -> list[list[Ratio]]:
    """sum of rank squares."""
    vectors = [[random_ratio(rng) for _ in range(size)] for _ in range(rank)]
    return [[sum((v[i] * v[j] for v in vectors), of(0)) for j in range(size)] for i in range(size)]


SAMPLES = [Fraction(1), *(Fraction(i, 37) for i in range(1, 37)), Fraction(1, 1000), Fraction(999, 1000)]


class TestMatrices:
    @pytest.mark.parametrize("name", BAD)
    def test_not_semidefinite(self, name):
        matrix, reason = BAD[name]
        assert reason in semidefinite_defect(matrix)

    @pytest.mark.parametrize("name", GOOD)
    def test_semidefinite(self, name):
        assert semidefinite_defect(GOOD[name]) is None

    @pytest.mark.parametrize("seed", range(30))
    def test_sums_of_squares(self, seed):
        """Semidefinite by construction, singular where the rank is small; less a little, they are not."""
        rng = random.Random(seed)
        size = rng.randint(1, 4)
        rank = rng.randint(0, size)
        matrix = gram(rng, size, rank)
        assert semidefinite_defect(matrix) is None
        if rank < size:  # a kernel for every q; and the last pivot of the smaller matrix is below zero at some q
            tiny = Fraction(1, 10**12)
            smaller = [[e - tiny * (i == j) for j, e in enumerate(row)] for i, row in enumerate(matrix)]
            assert semidefinite_defect(smaller) is not None

    @pytest.mark.parametrize("seed", range(60))
    def test_against_numeric_eigenvalues(self, seed):
        rng = random.Random(seed)
        size = rng.randint(1, 4)
        matrix = [[of(0)] * size for _ in range(size)]
        for i in range(size):
            for j in range(i + 1):
                matrix[i][j] = matrix[j][i] = random_ratio(rng) + (7 * (seed % 3) if i == j else 0)
        defect = semidefinite_defect(matrix)
        least = min(float(np.linalg.eigvalsh([[float(e(x)) for e in row] for row in matrix])[0]) for x in SAMPLES)
        if defect is None:
            assert least > -1e-9
        elif least > 1e-6:  # then it is negative between the samples, which every minor of some order shows
            fine = [Fraction(i, 4000) for i in range(1, 4001)]
            assert min(np.linalg.eigvalsh([[float(e(x)) for e in row] for row in matrix])[0] for x in fine) < 0

    def test_numeric_test_sees_both(self):
        verdicts = []
        for seed in range(60):
            rng = random.Random(seed)
            size = rng.randint(1, 4)
            matrix = [[of(0)] * size for _ in range(size)]
            for i in range(size):
                for j in range(i + 1):
                    matrix[i][j] = matrix[j][i] = random_ratio(rng) + (7 * (seed % 3) if i == j else 0)
            verdicts.append(semidefinite_defect(matrix) is None)
        assert 8 < sum(verdicts) < 52

    @pytest.mark.parametrize("degree", [20, 60])
    def test_denominators_of_large_degree(self, degree):
        below = Ratio((1,) * degree)
        matrix = [[1 / below, 1 / below**2], [1 / below**2, 1 / below]]
        assert semidefinite_defect(matrix) is None, "1/below <= 1"
        matrix[0][0] = matrix[1][1] = 1 / below**2
        assert semidefinite_defect(matrix) is None, "singular for all q"
        matrix[1][1] = matrix[1][1] * ratio((10**9 - 1, 1), (10**9,))
        assert "pivot 1 is negative" in semidefinite_defect(matrix)

    @pytest.mark.parametrize("seed", range(12))
    @pytest.mark.parametrize("worst", [False, True])
    def test_pivots_are_the_minors(self, seed, worst, monkeypatch):
        """Kronecker's substitution loses nothing: the pivots are sympy's leading minors, times a positive number."""
        rng = random.Random(seed)
        size, degree = rng.randint(2, 4), rng.randint(0, 4)
        most = rng.choice((1, 9, 2**20 - 1, 2**20, 2**20 + 1))

        def draw():
            signs_ = [most if rng.random() < 0.5 else -most for _ in range(degree + 1)]
            return tuple(signs_) if worst else poly.trimmed(rng.randint(-most, most) for _ in range(degree + 1))

        rows = [[()] * size for _ in range(size)]
        for i in range(size):
            for j in range(i + 1):
                rows[i][j] = rows[j][i] = draw()
        seen = []
        monkeypatch.setattr(matrices, "nonnegative", lambda p: seen.append(p) or True)
        semidefinite_defect([[Ratio(poly.trimmed(e)) for e in row] for row in rows])
        content = int(np.gcd.reduce([x for row in rows for e in row for x in e])) or 1
        for count, pivot in enumerate(seen, 1):
            if all(seen[:count]):
                block = sympy.Matrix(count, count, lambda i, j: symbolic(rows[i][j]).as_expr())
                minor = sympy.Poly(block.det(method="berkowitz"), Q, domain="ZZ")
                assert poly.scale(content**count, pivot) == tupled(minor)
        assert seen

    @pytest.mark.parametrize("size", range(1, 7))
    def test_largest_minors_fit(self, size, monkeypatch):
        """All coefficients at the maximum, signs after Hadamard: no minor exceeds size! times the weights."""
        seen = []
        monkeypatch.setattr(matrices, "nonnegative", lambda p: seen.append(p) or True)
        rng = random.Random(size)
        for most in (1, 3, 2**61 - 1):
            for _ in range(20):
                seen.clear()
                entries = {}
                for i in range(size):
                    for j in range(i + 1):
                        entries[i, j] = entries[j, i] = poly.scale(rng.choice((-1, 1)) * most, (1, 1, 1))
                semidefinite_defect([[Ratio(entries[i, j]) for j in range(size)] for i in range(size)])
                for count, pivot in enumerate(seen, 1):
                    assert sum(map(abs, pivot)) <= factorial(count) * 3**count
                    at_one = [[sum(entries[i, j]) // most for j in range(count)] for i in range(count)]
                    if all(seen[:count]):
                        assert sum(pivot) == int(sympy.Matrix(at_one).det())

    @for_all(st.lists(st.integers(-(2**19), 2**19 - 1), max_size=9).map(poly.trimmed))
    def test_packing(self, p):
        assert matrices._unpacked(matrices._packed(p, 20), 20) == p
        assert bool(matrices._packed(p, 20)) == bool(p)

    def test_work_limit(self):
        high = Ratio((1, *[0] * 100, 10**300))
        size = 30
        matrix = [[high if i == j else of(0) for j in range(size)] for i in range(size)]
        reason = r"matrix of size 30 with minors of \d+ coefficients of \d+ bits is too large"
        with pytest.raises(Declined, match=reason):
            semidefinite_defect(matrix)

    def test_degree_limit(self):
        high = Ratio((1, *[0] * 119, 1))
        with pytest.raises(Declined, match="polynomial of degree 600, the limit is 599"):
            semidefinite_defect([[high if i == j else of(0) for j in range(5)] for i in range(5)])

    def test_close_roots_are_declined(self):
        near = poly.add(poly.scale(2**1000, square_of(with_roots("1/3"))), (1,))
        with pytest.raises(Declined, match="closer than"):
            semidefinite_defect([[Ratio(near)]])

    def test_positive_factors_only(self):
        """The common denominator and the content change no sign, whatever the signs of the divisors found."""
        for below in ((-1, -1), (1, 1), (-3, 1), (3, -1), (0, -1), (0, 0, 7)):
            for other in ((2, 1), (-2, -1), (-9, 3), (0, -5)):
                entries = [ratio((1,), below) ** 2, ratio((1,), other) ** 2]
                assert semidefinite_defect(m([entries[0], 0], [0, entries[1]])) is None
                assert semidefinite_defect(m([entries[0], 0], [0, -entries[1]])) is not None
                assert semidefinite_defect(m([-entries[0], 0], [0, entries[1]])) is not None

    @for_all(st.lists(st.fractions(-3, 3, max_denominator=4), min_size=6, max_size=6))
    def test_constant_matrices_as_over_the_rationals(self, entries):
        a, b, c, d, e, f = entries
        matrix = [[a, b, c], [b, d, e], [c, e, f]]
        assert (semidefinite_defect(matrix) is None) is (positivity.semidefinite_defect(matrix) is None)
