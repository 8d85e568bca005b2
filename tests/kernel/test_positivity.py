"""Exact semidefiniteness against an oracle that shares no idea with it: all principal minors."""

from fractions import Fraction
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofcheck.kernel import Declined
from proofcheck.kernel.positivity import semidefinite_defect

ENTRIES = st.one_of(st.integers(-3, 3).map(Fraction), st.fractions(-2, 2, max_denominator=7))


def determinant(matrix: list[list[Fraction]]) -> Fraction:
    """Leibniz' formula."""
    total = Fraction(0)
    for order in permutations(range(len(matrix))):
        inversions = sum(order[i] > order[j] for i in range(len(order)) for j in range(i + 1, len(order)))
        term = Fraction((-1) ** inversions)
        for row, column in enumerate(order):
            term *= matrix[row][column]
        total += term
    return total


def semidefinite(matrix: list[list[Fraction]]) -> bool:
    """Every principal minor is nonnegative."""
    size = len(matrix)
    return all(
        determinant([[matrix[i][j] for j in chosen] for i in chosen]) >= 0
        for count in range(1, size + 1)
        for chosen in combinations(range(size), count)
    )


@st.composite
def symmetric(draw, entries=ENTRIES, largest=4):
    size = draw(st.integers(0, largest))
    matrix = [[Fraction(0)] * size for _ in range(size)]
    for i in range(size):
        for j in range(i, size):
            matrix[i][j] = matrix[j][i] = draw(entries)
    return matrix


def gram(rows: list[list[Fraction]], size: int) -> list[list[Fraction]]:
    return [[sum((row[i] * row[j] for row in rows), Fraction(0)) for j in range(size)] for i in range(size)]


@st.composite
def squares(draw, largest=5):
    """B^T B with few rows: semidefinite, and singular as a rule."""
    size = draw(st.integers(1, largest))
    rows = draw(st.lists(st.lists(ENTRIES, min_size=size, max_size=size), max_size=size))
    return gram(rows, size)


@given(symmetric())
def test_agrees_with_all_principal_minors(matrix):
    assert (semidefinite_defect(matrix) is None) == semidefinite(matrix)


@given(symmetric(st.sampled_from([Fraction(-1), Fraction(0), Fraction(1)])))
def test_agrees_on_matrices_full_of_zeros(matrix):
    assert (semidefinite_defect(matrix) is None) == semidefinite(matrix)


@given(squares())
def test_squares_are_semidefinite(matrix):
    assert semidefinite_defect(matrix) is None


@given(squares(), st.data())
def test_a_square_minus_a_little_in_its_kernel_is_not(matrix, data):
    """B^T B - eps v v^T with B v = 0 has the value -eps |v|^4 at v."""
    size = len(matrix)
    row = data.draw(st.lists(ENTRIES, min_size=size, max_size=size).filter(any))
    norm = sum(number**2 for number in row)
    reduced = [[Fraction(int(i == j)) - row[i] * row[j] / norm for j in range(size)] for i in range(size)]
    middle = [[sum(matrix[i][k] * reduced[k][j] for k in range(size)) for j in range(size)] for i in range(size)]
    projected = [[sum(reduced[i][k] * middle[k][j] for k in range(size)) for j in range(size)] for i in range(size)]
    assert semidefinite_defect(projected) is None
    eps = Fraction(1, 10**30)
    wrong = [[projected[i][j] - eps * row[i] * row[j] for j in range(size)] for i in range(size)]
    assert semidefinite_defect(wrong) is not None


@given(squares(), st.permutations(range(5)))
def test_the_order_of_the_basis_does_not_matter(matrix, order):
    order = [index for index in order if index < len(matrix)]
    shifted = [[entry - Fraction(int(i == j), 3) for j, entry in enumerate(row)] for i, row in enumerate(matrix)]
    moved = [[shifted[i][j] for j in order] for i in order]
    assert (semidefinite_defect(shifted) is None) == (semidefinite_defect(moved) is None)


@pytest.mark.parametrize("size", [6, 11])
def test_agrees_with_eigenvalues_in_clear_cases(size):
    rng = np.random.default_rng(size)
    for _ in range(20):
        whole = rng.integers(-9, 10, size=(size, size))
        matrix = whole @ whole.T + int(rng.integers(-60, 60)) * np.eye(size, dtype=int)
        smallest = np.linalg.eigvalsh(matrix.astype(float))[0]
        assert abs(smallest) > 1e-6
        exact = [[Fraction(int(entry), 7) for entry in row] for row in matrix]
        assert (semidefinite_defect(exact) is None) == (smallest > 0)


@pytest.mark.parametrize(
    ("matrix", "defect"),
    [
        ([], None),
        ([[0]], None),
        ([[-1]], "pivot 0 is negative"),
        ([[0, 1], [1, 0]], "pivot 0 is zero but its row is not"),
        ([[0, 0], [0, -1]], "pivot 1 is negative"),
        ([[1, 1], [1, 1]], None),
        ([[1, 2], [2, 4]], None),
        ([[1, 2], [2, 3]], "pivot 1 is negative"),
        ([[1, 1, 0], [1, 1, 1], [0, 1, 9]], "pivot 1 is zero but its row is not"),
        ([[0, 0, 0], [0, 2, 1], [0, 1, 1]], None),
        ([[4, 0, 2], [0, 0, 0], [2, 0, 1]], None),
        ([[4, 0, 2], [0, 0, 0], [2, 0, Fraction(999, 1000)]], "pivot 2 is negative"),
    ],
)
def test_by_hand(matrix, defect):
    assert semidefinite_defect([[Fraction(entry) for entry in row] for row in matrix]) == defect


def test_too_large_to_decide():
    huge = Fraction(10**3000)
    matrix = [[huge * (i == j) + 1 for j in range(40)] for i in range(40)]
    with pytest.raises(Declined, match="matrix of size 40 with entries of 9966 bits is too large to decide"):
        semidefinite_defect(matrix)
    assert semidefinite_defect([row[:3] for row in matrix[:3]]) is None
