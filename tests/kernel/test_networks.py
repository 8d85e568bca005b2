"""Networks against independent oracles: plain integers and fractions, NumPy, and the iteration itself."""

import json
import random
from fractions import Fraction as F
from itertools import pairwise
from math import prod, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofcheck.kernel import wire
from proofcheck.kernel.networks import balls, layers, matrices
from proofcheck.kernel.networks import claim as claims
from proofcheck.kernel.outcome import Declined, Refusal, Rejected

EXACT = (F(1), F(1, 3), F(2), F(10**40 + 1, 7), F(1, 10**40), F(0), F(49, 4), F(10**300))
SETTINGS = settings(max_examples=40, deadline=None)


# matrices


@given(st.fractions(min_value=0) | st.integers(0, 10**80) | st.sampled_from(EXACT))
def test_roots_are_on_their_sides(number):
    down, up = matrices.root_down(number), matrices.root_up(number)
    assert down >= 0
    assert down**2 <= number <= up**2
    assert up - down <= F(1, 2**90) * max(1, up)


@given(st.fractions(min_value=0, max_denominator=2**20))
def test_roots_of_dyadic_squares_are_exact(root):
    root = F(root.numerator, 1 << root.denominator.bit_length())
    assert matrices.root_down(root**2) == matrices.root_up(root**2) == root


def integers(draw, rows, columns, bits):
    entry = st.integers(-(1 << bits), 1 << bits) | st.sampled_from((0, 1, -1, 1 << bits, -(1 << bits)))
    flat = draw(st.lists(entry, min_size=rows * columns, max_size=rows * columns))
    return [flat[i * columns : (i + 1) * columns] for i in range(rows)]


@SETTINGS
@given(st.data())
def test_products_are_exact(data):
    n, inner, many = (data.draw(st.integers(1, 5)) for _ in range(3))
    left, right = integers(data.draw, n, inner, 28), integers(data.draw, inner, many, 28)
    found = list(matrices.product(left, zip(*right, strict=True)))
    assert found == [[sum(map(int.__mul__, row, column)) for row in left] for column in zip(*right, strict=True)]


@pytest.mark.parametrize(("n", "count", "outputs"), [(1, 1, 0), (3, 5, 2), (64, 9, 1), (65, 3, 0), (130, 70, 3)])
def test_gram_matrices_are_exact_across_blocks_and_batches(n, count, outputs, monkeypatch):
    monkeypatch.setattr(matrices, "BATCH", 4)
    rng = random.Random(n)
    columns = [[rng.randint(-(2**26), 2**26) for _ in range(n)] for _ in range(count)]
    weights = [[rng.randint(-(2**26), 2**26) for _ in range(outputs)] for _ in range(count)]
    gram = matrices.Gram(n, outputs)
    for column, row in zip(columns, weights, strict=True):
        gram.add(column, row)
    square, mixed = gram.read()
    c, w = np.array(columns, dtype=object), np.array(weights, dtype=object).reshape(count, outputs)
    assert square == c.T.dot(c).tolist()
    assert mixed == w.T.dot(c).tolist()


def test_a_product_that_may_not_fit_is_declined_and_the_largest_that_fits_is_exact():
    limit = 1 << 31
    with pytest.raises(Declined, match="62 bits"):
        list(matrices.product([[limit]], [[limit]]))
    assert list(matrices.product([[limit], [-limit]], [[limit - 1]])) == [[limit * (limit - 1), -limit * (limit - 1)]]
    for entry, fits in ((limit, False), (limit - 1, True)):
        gram = matrices.Gram(2)
        gram.add([entry, -entry])
        if fits:
            assert gram.read()[0] == [[entry**2, -(entry**2)], [-(entry**2), entry**2]]
        else:
            with pytest.raises(Declined, match="62 bits"):
                gram.read()


def test_the_weights_count_in_the_limit_of_a_gram_matrix():
    gram = matrices.Gram(1, 1)
    gram.add([1 << 30], [1 << 32])
    with pytest.raises(Declined, match="62 bits"):
        gram.read()


def definite(matrix):
    """Positive semidefinite: symmetric elimination in fractions, an oracle of its own."""
    a = [[F(x) for x in row] for row in matrix]
    n = len(a)
    for k in range(n):
        if a[k][k] < 0 or (a[k][k] == 0 and any(a[i][k] for i in range(k, n))):
            return False
        for i in range(k + 1, n):
            if a[k][k]:
                factor = a[i][k] / a[k][k]
                a[i] = [x - factor * y for x, y in zip(a[i], a[k], strict=True)]
    return True


def shifted(matrix, shift, sign=1):
    """The matrix times sign, minus shift I."""
    return [[sign * x - (shift if i == j else 0) for j, x in enumerate(row)] for i, row in enumerate(matrix)]


def symmetric(draw, kind):
    n = draw(st.integers(1, 6))
    if kind == "indefinite":
        rows = integers(draw, n, n, 20)
        return [[rows[max(i, j)][min(i, j)] for j in range(n)] for i in range(n)]
    rank = draw(st.integers(1, n)) if kind == "singular" else n + 2
    rows = integers(draw, n, rank, 18)
    scales = [1 << draw(st.integers(0, 12)) if kind == "badly scaled" else 1 for _ in range(n)]
    rows = [[x * s for x in row] for row, s in zip(rows, scales, strict=True)]
    return [[sum(map(int.__mul__, a, b)) for b in rows] for a in rows]


@pytest.mark.parametrize("kind", ["definite", "singular", "indefinite", "badly scaled"])
def test_the_largest_eigenvalue_is_bounded_above_and_closely(kind):
    @SETTINGS
    @given(st.data())
    def check(data):
        matrix = symmetric(data.draw, kind)
        bound = matrices.largest(matrix)
        assert definite(shifted(matrix, -bound))
        assert definite(shifted(matrix, -bound, -1))
        true = np.abs(np.linalg.eigvalsh(np.array(matrix, dtype=float))).max()
        assert float(bound) <= true * 1.01 + 2

    check()


@pytest.mark.parametrize("kind", ["definite", "singular", "indefinite", "badly scaled"])
def test_the_smallest_eigenvalue_is_bounded_below_or_refused(kind):
    @SETTINGS
    @given(st.data(), st.fractions(-1, 3))
    def check(data, share):
        matrix = symmetric(data.draw, kind)
        true = float(np.linalg.eigvalsh(np.array(matrix, dtype=float))[0])
        wanted = int(true * float(share))
        try:
            found = matrices.lowest(matrix, wanted)
        except Rejected:
            assert wanted >= true - 1e-6 * (1 + np.abs(np.array(matrix, dtype=float)).max())
            return
        assert found <= wanted
        assert definite(shifted(matrix, found))
        assert wanted - found <= 1 + 1e-6 * max(max(map(abs, row)) for row in matrix)

    check()


def test_an_eigenvalue_that_is_claimed_too_large_is_refused():
    for wanted in (3, 4, 10**9):
        with pytest.raises(Rejected, match="not above"):
            matrices.lowest([[5, 2], [2, 5]], wanted)
    assert 2 - matrices.lowest([[5, 2], [2, 5]], 2) < F(1, 1000)


def test_a_rounded_factor_of_an_indefinite_matrix_proves_nothing_false():
    """Entries so large that the elimination succeeds by rounding although the smallest eigenvalue is negative."""
    rng, passed = random.Random(0), 0
    for _ in range(300):
        a, b = rng.randint(1 << 48, 1 << 50), rng.randint(1 << 48, 1 << 50)
        matrix = [[a, b], [b, b * b // a]]
        assert not definite(matrix)
        try:
            found = matrices.lowest(matrix, 0)
        except Rejected:
            continue
        passed += 1
        assert definite(shifted(matrix, found))
    assert passed > 20


# the start


def network(samples, widths):
    """A claim of these shapes."""
    hashes = {"data": "0" * 64, "weights": "0" * 64}
    said = {"rate": "0", "constant": "1", "radii": {"x": "1", "u": "1"}}
    return claims.read(
        {"format": claims.FORMAT, "samples": samples, "widths": list(widths), "activation": "relu", "files": hashes,
         "method": {"name": "gradient_descent", "eta": "1"}, "statement": said}
    )  # fmt: skip


def raw(*matrices):
    return b"".join(np.asarray(matrix, "<f8").tobytes() for matrix in matrices)


def exact(matrix):
    return np.array([[F(float(x)) for x in row] for row in matrix], dtype=object)


def forward(x, weights):
    """All layers, exactly or in floating point."""
    found = [x]
    for weight in weights[:-1]:
        found.append(np.maximum(found[-1].dot(weight), 0))
    return found


def spectral(matrix):
    return np.linalg.svd(np.array(matrix, dtype=float), compute_uv=False)


def square(matrix):
    return sum(entry**2 for row in matrix for entry in row)


SHAPES = [(1, (1, 1, 1)), (2, (2, 5, 1)), (2, (3, 4, 2)), (3, (2, 6, 5, 2)), (2, (1, 3, 2, 2, 1)), (4, (3, 3, 7, 1))]


def drawn(shape, seed):
    """Inputs, targets and weights, the last hidden layer of which is regular."""
    n, widths = shape
    rng = np.random.default_rng(seed)
    while True:
        x, y = rng.standard_normal((n, widths[0])), rng.standard_normal((n, widths[-1]))
        w = [rng.standard_normal(pair) * 2 for pair in pairwise(widths)]
        if spectral(forward(x, w)[-1])[-1] > 0.3:
            return x, y, w


def hinted(x, y, w, bits, noise=0.0):
    """The kernel's start, and the floating point last hidden layer and residual."""
    last = forward(x, w)[-1]
    residual = y - last @ w[-1]
    gram = last @ last.T
    solution = np.linalg.solve(gram, residual)
    solution = solution + noise * np.random.default_rng(0).standard_normal(solution.shape)
    lowest = F(spectral(last)[-1] ** 2 * 0.98)
    hints = {"bits": bits, "lowest": str(lowest), "solution": [[str(F(z)) for z in column] for column in solution.T]}
    found = layers.start(network(len(x), (x.shape[1], *(a.shape[1] for a in w))), raw(x, y), raw(*w), hints)
    return found, last, residual


@pytest.mark.parametrize("frobenius", [False, True])
@pytest.mark.parametrize("bits", [9, 16, 24])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_every_number_of_the_start_is_on_the_safe_side(shape, bits, frobenius, monkeypatch):
    if frobenius:
        monkeypatch.setattr(layers, "MAX_SPECTRAL", 0)
    for seed in range(4):
        x, y, w = drawn(shape, seed)
        try:
            found, last, residual = hinted(x, y, w, bits, noise=(0, 1e-3, 0.1, 1)[seed])
        except Rejected:
            assert bits == 9
            continue
        plain = forward(exact(x), list(map(exact, w)))
        value = square(exact(y) - plain[-1].dot(exact(w[-1]))) / 2
        assert found.value[0] <= value <= found.value[1]
        slack = 40 * sqrt(last.size) * 2.0**-bits * prod(max(1.0, spectral(a)[0]) for a in (x, *w))
        assert float(found.value[1] - found.value[0]) <= slack * (1 + float(value))
        assert len(found.weights) == len(w) == len(found.layers) + 1
        for bound, matrix in zip((*found.weights, *found.layers), (*w, *plain[:-1]), strict=True):
            true = spectral(matrix)[0]
            assert true * (1 - 1e-9) <= float(bound)
            norm = np.linalg.norm(np.array(matrix, dtype=float)) if frobenius else true
            assert float(bound) <= norm * 1.01 + slack
        values = spectral(last)
        assert float(found.lowest) <= values[-1] * (1 + 1e-9)
        assert float(found.lowest) >= values[-1] * 0.97 - slack
        assert values[0] * (1 - 1e-9) <= float(found.highest) <= values[0] * 1.01 + slack
        true = np.linalg.norm(np.linalg.pinv(last) @ residual)
        assert true * (1 - 1e-9) <= float(found.distance)
        if seed == 0:
            assert float(found.distance) <= true * 1.001 + slack * (1 + float(value)) / float(found.lowest) ** 2 * 20


def test_the_distance_is_exact_where_everything_is_dyadic():
    """F_1 = 2 I, residual (1, -1), so that the nearest last layer is at distance sqrt(1/2)."""
    zero = np.zeros((2, 1))
    hints = {"bits": 28, "lowest": "3", "solution": [["1/4", "-1/4"]]}
    found = layers.start(network(2, (2, 2, 1)), raw(np.eye(2), [[1], [-1]]), raw(2 * np.eye(2), zero), hints)
    assert 0 <= float(found.distance) - sqrt(1 / 2) < 1e-7
    assert found.distance**2 >= F(1, 2)
    worse = layers.start(
        network(2, (2, 2, 1)), raw(np.eye(2), [[1], [-1]]), raw(2 * np.eye(2), zero),
        {**hints, "solution": [["0", "0"]]},
    )  # fmt: skip
    assert float(worse.distance) >= sqrt(2 / 3), "by the smallest singular value alone"


def test_rounding_of_the_numbers_counts():
    """Numbers between the multiples of 2^-4: what the kernel computes with is another network, what it says is not."""
    for seed in range(30):
        x, y, w = drawn((2, (2, 6, 1)), seed)
        w[-1] *= 0.1
        try:
            found, last, residual = hinted(x, y, w, 4)
        except Refusal:
            continue
        assert float(found.value[0]) <= float(np.square(residual).sum()) / 2 * (1 + 1e-9)
        assert float(found.value[1]) >= float(np.square(residual).sum()) / 2 * (1 - 1e-9)
        assert float(found.lowest) <= spectral(last)[-1] * (1 + 1e-9)
        assert float(found.distance) >= np.linalg.norm(np.linalg.pinv(last) @ residual) * (1 - 1e-9)


def test_every_rounding_goes_the_wrong_way():
    """One path at 4 bits: X, W_1 and their product are all rounded up, or all down, by nearly half a unit."""
    tiny = 2.0**-30
    for x, w in ((12 / 16 - 1 / 32 + tiny, 14 / 16 - 1 / 32 + tiny), (23 / 16 + 1 / 32 - tiny, 9 / 16 + 1 / 32 - tiny)):
        hints = {"bits": 4, "lowest": "2/5", "solution": [["0"]]}
        if x < 1:
            hints["lowest"] = str(F(11, 16) ** 2 - F(1, 10**6))
        found = layers.start(network(1, (1, 1, 1)), raw([x, 0]), raw([w, 0]), hints)
        assert found.lowest <= F(x) * F(w) <= found.highest
        assert F(w) <= found.weights[0]
        assert F(x) <= found.layers[0]


FLOATS = st.floats(allow_nan=True, allow_infinity=True) | st.floats(-4, 4) | st.sampled_from((2.0**30, 5e-324, 2.0**40))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(FLOATS, min_size=9, max_size=9), st.integers(3, 41), st.fractions(), st.lists(st.fractions(), max_size=3)
)
def test_no_numbers_of_the_files_or_hints_raise_anything_but_a_refusal(numbers, bits, lowest, column):
    hints = {"bits": bits, "lowest": str(lowest), "solution": [list(map(str, column))]}
    try:
        found = layers.start(network(2, (1, 2, 1)), raw(numbers[:4]), raw(numbers[4:8]), hints)
    except Refusal:
        return
    x, w1, w2 = (np.array(part) for part in (numbers[:2], numbers[4:6], numbers[6:8]))
    last = np.maximum(np.outer(x, w1), 0)
    assert 0 < float(found.lowest) <= spectral(last)[-1] * (1 + 1e-6)
    value = np.square(np.array(numbers[2:4]) - last @ w2).sum() / 2
    assert float(found.value[0]) * (1 - 1e-6) <= value <= float(found.value[1]) * (1 + 1e-6) + 1e-12


# the balls


def pieces(x, w):
    """V1 and V2: orthonormal rows that span the rows of the last hidden layer, and the rest."""
    last = forward(x, w)[-1]
    basis = np.linalg.qr(last.T, mode="complete")[0].T
    return basis[: len(x)], basis[len(x) :]


def jacobian(x, w, rest):
    """|J| of h in u = (W_1, ..., W_(L-1), V2 W_L), and its singular direction, by differentiating the layers."""
    found = forward(x, w)
    columns = []
    for number, weight in enumerate(w[:-1]):
        for i in range(weight.shape[0]):
            for j in range(weight.shape[1]):
                moved = np.zeros_like(found[number + 1])
                moved[:, j] = found[number][:, i] * (found[number + 1][:, j] > 0)
                for layer in range(number + 1, len(w) - 1):
                    moved = (moved @ w[layer]) * (found[layer + 1] > 0)
                columns.append((moved @ w[-1]).ravel())
    last = found[-1] @ rest.T
    outputs = w[-1].shape[1]
    for i in range(len(rest)):
        for j in range(outputs):
            moved = np.zeros((len(x), outputs))
            moved[:, j] = last[:, i]
            columns.append(moved.ravel())
    _left, values, right = np.linalg.svd(np.array(columns).T, full_matrices=False)
    return values[0], right[0]


def split(direction, w, rest):
    """A direction of u as changes of all weights."""
    found, at = [], 0
    for weight in w[:-1]:
        found.append(direction[at : at + weight.size].reshape(weight.shape))
        at += weight.size
    found.append(rest.T @ direction[at:].reshape(len(rest), w[-1].shape[1]))
    return found


BALLS = [(2, (2, 6, 1)), (2, (3, 4, 2)), (3, (3, 4, 5, 1)), (2, (2, 3, 4, 2)), (2, (2, 3, 3, 4, 1))]


@pytest.mark.parametrize("last", [0.0, 0.3, 2.0])
@pytest.mark.parametrize("shape", BALLS, ids=str)
def test_what_moves_in_the_balls_moves_at_most_as_far_as_said(shape, last):
    for seed in range(3):
        x, y, w = drawn(shape, seed)
        w[-1] *= last
        begin, start_layer, _ = hinted(x, y, w, 20)
        first, rest = pieces(x, w)
        rng = np.random.default_rng(seed)
        for size_x, size_u in ((F(1, 100), F(1, 100)), (F(2), F(1, 2)), (F(1, 50), F(3)), (F(0), F(1))):
            moved, slope = map(float, balls.spread(begin, {"x": size_x, "u": size_u}))
            count = sum(a.size for a in w[:-1]) + len(rest) * shape[1][-1]
            direction = rng.standard_normal(count)
            for attempt in range(6):
                # where the Jacobian is largest so far, or at random
                step = direction / np.linalg.norm(direction) * float(size_u)
                if attempt % 2:
                    step = -step
                in_x = rng.standard_normal((len(first), shape[1][-1]))
                in_x *= float(size_x) / np.linalg.norm(in_x)
                if last and attempt > 2:
                    in_x = first @ w[-1] / np.linalg.norm(w[-1]) * float(size_x)
                there = [a + b for a, b in zip(w, split(step, w, rest), strict=True)]
                there[-1] = there[-1] + first.T @ in_x
                near = forward(x, there)[-1]
                assert np.linalg.norm(near - start_layer) <= moved * (1 + 1e-9)
                norm, direction = jacobian(x, there, rest)
                assert norm <= slope * (1 + 1e-9)
                other = rng.standard_normal(count)
                other *= float(size_u) / np.linalg.norm(other)
                away = [a + b for a, b in zip(w, split(other, w, rest), strict=True)]
                away[-1] = away[-1] + first.T @ in_x
                lipschitz = near @ there[-1] - forward(x, away)[-1] @ away[-1]
                assert np.linalg.norm(lipschitz) <= slope * np.linalg.norm(step - other) * (1 + 1e-9)


def chain(widths, factor, last):
    """A network of one positive path, on which every bound is attained to first order."""
    w = [np.zeros(pair) for pair in pairwise(widths)]
    for matrix in w[:-1]:
        matrix[0, 0] = factor
    w[-1][0, 0] = last
    return np.ones((1, 1)), np.zeros((1, 1)), w


@pytest.mark.parametrize("depth", [2, 3, 4])
def test_the_bounds_are_attained_by_a_single_path(depth):
    """Dropping any factor or term of D or G1 would make the bound false here."""
    factor, last = 3.0, 2.0
    x, y, w = chain((1,) * (depth + 1), factor, last)
    begin, layer, _ = hinted(x, y, w, 20)
    for size in (F(1, 10**3), F(1, 10)):
        moved, slope = map(float, balls.spread(begin, {"x": size, "u": size}))
        r = float(size)
        # gradient of the product of the hidden weights, and of the output
        each = r / sqrt(depth - 1)
        there = [a + each for a in w[:-1]] + [w[-1] + r]
        reached = abs(forward(x, there)[-1] - layer).item()
        assert reached <= moved <= reached * (1 + (depth - 1) * 3 * r)
        norm = jacobian(x, there, np.zeros((0, 1)))[0]
        assert norm <= slope <= norm * (1 + 3 * depth * r)


def test_a_layer_that_has_moved_counts_in_the_next():
    """W_2 almost 0: the Jacobian in W_2 is F_1 W_3, and F_1 has moved by R_u."""
    x, y, w = chain((1, 1, 1, 1), 1.0, 4.0)
    w[1][0, 0] = 0.01
    begin, *_ = hinted(x, y, w, 20)
    slope = float(balls.spread(begin, {"x": F(0), "u": F(1, 2)})[1])
    norm = jacobian(x, [w[0] + 0.5, w[1], w[2]], np.zeros((0, 1)))[0]
    assert 6 <= norm <= slope <= 8


def test_a_last_layer_that_leaves_the_rows_counts():
    """W_L = 0 and x_0 fixed: the Jacobian is that in V2 W_L and in the layers, through W_L = V2^T u alone."""
    x, y, w = np.ones((1, 1)), np.ones((1, 1)), [np.array([[1.0, 0.0]]), np.zeros((2, 1))]
    begin, *_ = hinted(x, y, w, 20)
    rest = pieces(x, w)[1]
    size = F(1, 2)
    moved, slope = map(float, balls.spread(begin, {"x": F(0), "u": size}))
    worst = 0.0
    for angle in np.linspace(0, np.pi / 2, 30):
        there = [w[0] + np.array([[0.0, 0.5 * np.sin(angle)]]), rest.T * 0.5 * np.cos(angle)]
        worst = max(worst, jacobian(x, there, rest)[0])
    assert 0.5 * (1 - 1e-6) <= worst <= slope <= 0.5 * 1.001
    assert moved >= 0.5


# all of it


def weights_of(case):
    claim = json.loads(case.claim)
    n, widths = claim["samples"], claim["widths"]
    data, flat = (np.frombuffer(case.files[name], "<f8") for name in ("data", "weights"))
    x, y = data[: n * widths[0]].reshape(n, widths[0]), data[n * widths[0] :].reshape(n, widths[-1])
    w, at = [], 0
    for a, b in pairwise(widths):
        w.append(flat[at : at + a * b].reshape(a, b))
        at += a * b
    return claim, x, y, w


def gradient(x, y, w):
    """Loss and back-propagation, with object arrays of fractions as well as with floats."""
    found = forward(x, w)
    back = found[-1].dot(w[-1]) - y
    loss = square(back) / 2
    slopes = [found[-1].T.dot(back)]
    for number in range(len(w) - 2, -1, -1):
        back = back.dot(w[number + 1].T) * (found[number + 1] > 0)
        slopes.append(found[number].T.dot(back))
    return loss, slopes[::-1]


def iterate(claim, x, y, w, steps):
    """Losses and weights of the claimed method, from rest."""
    eta, beta = (F(claim["method"].get(key, "0")) for key in ("eta", "beta"))
    if w[0].dtype != object:
        eta, beta = float(eta), float(beta)
    before = w
    for _ in range(steps):
        query = [a + (a - b) * beta for a, b in zip(w, before, strict=True)]
        yield gradient(x, y, w)[0], w
        before, w = w, [a - g * eta for a, g in zip(query, gradient(x, y, query)[1], strict=True)]


def test_accepted_networks_keep_the_bound_and_stay_in_the_radii(networks):
    assert len(networks) > 6
    for case in networks.values():
        claim, x, y, w = weights_of(case)
        said = claim["statement"]
        rate, constant = float(F(said["rate"])), float(F(said["constant"]))
        first, rest = pieces(x, w)
        initial = gradient(x, y, w)[0]
        for step, (loss, now) in enumerate(iterate(claim, x, y, w, 150)):
            assert loss <= constant * rate**step * initial * (1 + 1e-9) + 1e-24
            in_x = np.linalg.norm(first @ (now[-1] - w[-1]))
            in_u = sqrt(
                sum(np.square(a - b).sum() for a, b in zip(now[:-1], w[:-1], strict=True))
                + np.square(rest @ (now[-1] - w[-1])).sum()
            )
            assert in_x <= float(F(said["radii"]["x"])) * (1 + 1e-9)
            assert in_u <= float(F(said["radii"]["u"])) * (1 + 1e-9)
        assert initial == 0 or loss < 1e-6 * initial, "long enough to see the rate"


def test_the_exact_iteration_keeps_the_bound(networks):
    """In fractions: no rounding at all, the first steps."""
    for name in ("network-as-narrow-as-its-samples", "network-near-its-minimiser"):
        claim, x, y, w = weights_of(networks[name])
        said = claim["statement"]
        losses = [loss for loss, _ in iterate(claim, exact(x), exact(y), list(map(exact, w)), 5)]
        for step, loss in enumerate(losses):
            assert loss <= F(said["constant"]) * F(said["rate"]) ** step * losses[0]


def test_a_much_longer_step_breaks_the_bound(networks):
    """The oracle has teeth: with a step that the kernel refuses, the same bound is missed."""
    claim, x, y, w = weights_of(networks["network-of-depth-2"])
    claim["method"]["eta"] = str(3 * F(claim["method"]["eta"]))
    losses = [loss for loss, _ in iterate(claim, x, y, w, 30)]
    assert any(loss > 2 * float(F(claim["statement"]["rate"])) ** k * losses[0] for k, loss in enumerate(losses))


def test_one_number_of_a_file_changed_changes_the_hash(networks):
    case = networks["network-of-depth-3"]
    claim = claims.read(wire.read_json(case.claim, "claim"))
    for name, data in case.files.items():
        for at in range(0, len(data), 97):
            other = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
            with pytest.raises(Refusal, match="SHA-256"):
                claim.check_files({**case.files, name: other})
    claim.check_files(case.files)
