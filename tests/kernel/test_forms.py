"""Vectors and forms: exact bilinear algebra, evaluated on random numbers."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from proofcheck.kernel.forms import SPACES, ZERO, Form, Vector, combine, inner, square, value

NAMES = ("a", "b", "c")
NUMBERS = st.fractions(-3, 3, max_denominator=5)
TERMS = st.dictionaries(st.sampled_from(NAMES), NUMBERS)
VECTORS = TERMS.map(lambda terms: Vector("x", terms))
AT = st.fixed_dictionaries(dict.fromkeys(NAMES, NUMBERS))


def number(vector: Vector, at: dict[str, Fraction]) -> Fraction:
    return sum((factor * at[name] for name, factor in vector.terms.items()), Fraction(0))


def evaluate(form: Form, at: dict[str, Fraction]) -> Fraction:
    total = sum((c * at[name] for name, c in form.values.items()), Fraction(0))
    for pairs in form.gram.values():
        total += sum(c * at[p] * at[q] for (p, q), c in pairs.items())
    return total


def quadratic(form: Form, space: str, at: dict[str, Fraction]) -> Fraction:
    names, rows = form.matrix(space)
    assert names == sorted(names)
    assert all(rows[i][j] == rows[j][i] for i in range(len(rows)) for j in range(len(rows)))
    return sum((rows[i][j] * at[a] * at[b] for i, a in enumerate(names) for j, b in enumerate(names)), Fraction(0))


@given(VECTORS, VECTORS, NUMBERS, AT)
def test_vectors_are_linear(v, w, factor, at):
    assert number(v + factor * w, at) == number(v, at) + factor * number(w, at)
    assert number(v - w, at) == number(v, at) - number(w, at)
    assert (v - v).terms == {}
    assert all((v + factor * w).terms.values()), "a zero coefficient is no term"


@given(VECTORS, VECTORS)
def test_keys_name_vectors(v, w):
    everywhere = [dict(zip(NAMES, at, strict=True)) for at in ((1, 0, 0), (0, 1, 0), (0, 0, 1))]
    assert (v.key == w.key) == all(number(v, at) == number(w, at) for at in everywhere)
    assert (v + w - w).key == v.key
    assert len({v.key, w.key}) == (1 if v.key == w.key else 2)


@given(VECTORS, VECTORS, VECTORS, NUMBERS, AT)
def test_inner_is_bilinear_and_symmetric(v, w, z, factor, at):
    assert evaluate(inner(v, w), at) == number(v, at) * number(w, at)
    assert inner(v, w).gram == inner(w, v).gram
    left, right = inner(v + factor * w, z), inner(v, z) + factor * inner(w, z)
    assert evaluate(left - right, at) == 0
    assert (left - right).matrix("x")[1] == [] or not any(map(any, (left - right).matrix("x")[1]))


@given(VECTORS, VECTORS, NUMBERS, NUMBERS, AT)
def test_matrix_is_the_form(v, w, p, q, at):
    form = p * square(v) + q * inner(v, w) + value("a")
    assert quadratic(form, "x", at) + at["a"] == evaluate(form, at)
    assert form.matrix("u") == ([], [])
    assert form.matrix("r") == ([], [])


@given(st.lists(st.tuples(NUMBERS, VECTORS)), AT)
def test_combine_adds_up_and_cancels(parts, at):
    forms = [(factor, square(v) + 2 * value("b")) for factor, v in parts]
    total = combine(forms)
    assert evaluate(total, at) == sum((factor * evaluate(form, at) for factor, form in forms), Fraction(0))
    back = combine([*forms, (Fraction(-1), total)])
    assert back.values == {}
    assert back.gram == {space: {} for space in SPACES}


def test_spaces_are_kept_apart():
    x, u, r = (Vector(space, {"a": Fraction(1)}) for space in SPACES)
    total = square(x) + 2 * square(u) + 3 * square(r)
    assert [total.matrix(space)[1] for space in SPACES] == [[[1]], [[2]], [[3]]]
    assert ZERO.values == {}
    assert (x + x).space == (2 * u).space.replace("u", "x") == "x"


def test_mixed_products_are_halved_in_the_matrix():
    a, b = Vector("u", {"a": Fraction(1)}), Vector("u", {"b": Fraction(1)})
    names, rows = (3 * inner(b, a) + square(b)).matrix("u")
    assert (names, rows) == (["a", "b"], [[0, Fraction(3, 2)], [Fraction(3, 2), 1]])
