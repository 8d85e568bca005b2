"""Sharp constants against points of the balls, formulas against numbers worked out by hand."""

import math
from fractions import Fraction
from functools import partial

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed (extra torch)")

from proofcheck.empirical import (  # noqa: E402
    NetworkNorms,
    additive_models,
    formula,
    gaussian,
    networks,
    norms_of,
    orthogonal,
    sharp,
)
from proofcheck.errors import InvalidInput  # noqa: E402
from proofcheck.kernel.networks.balls import spread  # noqa: E402
from proofcheck.kernel.networks.layers import Start  # noqa: E402

SHAPES = [(3, 4, [20]), (4, 4, [24]), (3, 5, [16, 24]), (2, 3, [16, 16, 20])]


def instance(n, d0, hidden, initialisation, seed):
    data = (orthogonal if seed % 2 and n <= d0 else gaussian)(n, d0, outputs=1 + seed % 2, seed=seed)
    models = networks(data, hidden, initialisation=initialisation, seeds=[seed], device="cpu")
    return models, norms_of(models)[0]


def forward(weights, inputs):
    layer = inputs
    for weight in weights[:-1]:
        layer = torch.relu(layer @ weight)
    return layer, layer @ weights[-1]


def split(models):
    """V1 and V2 of the start, from a full singular value decomposition."""
    hidden = forward([part[0] for part in models.start], models.inputs[0])[0]
    _, _, right = torch.linalg.svd(hidden)
    n = len(hidden)
    return right[:n], right[n:]


def in_ball(models, Rx, Ru, source):
    """A point on the boundary of both balls, or a random one."""
    V1, V2 = split(models)
    start = [part[0] for part in models.start]
    x = torch.randn(len(V1), start[-1].shape[1], generator=source, dtype=torch.float64)
    u = [torch.randn(part.shape, generator=source, dtype=torch.float64) for part in start[:-1]]
    if float(torch.rand((), generator=source)) < 0.5:  # towards zero or away from it: where the bounds are nearly met
        sign = 1 if float(torch.rand((), generator=source)) < 0.5 else -1
        u = [sign * part for part in start[:-1]]
    u.append(torch.randn(len(V2), start[-1].shape[1], generator=source, dtype=torch.float64))
    length = math.sqrt(sum(float(part.square().sum()) for part in u))
    u = [part * Ru / length for part in u]
    return x * Rx / torch.linalg.matrix_norm(x), u


def weights_at(models, x, u):
    V1, V2 = split(models)
    start = [part[0] for part in models.start]
    return [*(a + b for a, b in zip(start[:-1], u[:-1], strict=True)), start[-1] + V1.T @ x + V2.T @ u[-1]]


def h(models, x, *u):
    return forward(weights_at(models, x, u), models.inputs[0])[1].flatten()


@pytest.mark.parametrize("initialisation", ["paper", "lecun", "zero_last"])
@pytest.mark.parametrize(("n", "d0", "hidden"), SHAPES)
def test_points_of_the_balls_satisfy_the_sharp_bounds(n, d0, hidden, initialisation):
    tightest = 0.0
    for seed in range(2):
        models, norms = instance(n, d0, hidden, initialisation, seed)
        V1, _ = split(models)
        source = torch.Generator().manual_seed(seed)
        for Rx, share in ((0.0, 0.3), (0.5, 0.1), (2.0, 0.02)):
            Ru = share * norms.smallest / norms.layers[0]
            bound = sharp(norms, Rx, Ru)
            places = [in_ball(models, Rx, Ru, source) for _ in range(3)]
            for x, u in places:
                weights = weights_at(models, x, u)
                values = torch.linalg.svdvals(forward(weights, models.inputs[0])[0] @ V1.T) ** 2
                assert bound.mu <= float(values[-1]) * (1 + 1e-9)
                assert float(values[0]) <= bound.L1 * (1 + 1e-9)
                J = torch.autograd.functional.jacobian(partial(h, models, x), tuple(u))
                matrix = torch.cat([part.flatten(start_dim=1) for part in J], dim=1)
                assert float(torch.linalg.matrix_norm(matrix, 2)) <= bound.G1 * (1 + 1e-9) + 1e-12
                tightest = max(tightest, float(values[0]) / bound.L1)
            x = places[0][0]
            first, second = (place[1] for place in places[:2])
            gradients = []
            for u in (first, second):
                hidden_layer, output = forward(weights_at(models, x, u), models.inputs[0])
                gradients.append(V1 @ hidden_layer.T @ (output - models.targets[0]))
            apart = math.sqrt(sum(float((a - b).square().sum()) for a, b in zip(first, second, strict=True)))
            assert float(torch.linalg.matrix_norm(gradients[0] - gradients[1])) <= bound.G2 * apart * (1 + 1e-9) + 1e-12
    assert tightest > 0.3  # the bounds are not vacuous


def test_one_unit_is_exact():
    """f = (a w v - y)^2 / 2 with w > 0: everything in closed form."""
    data = gaussian(1, 1, seed=3)
    a = abs(float(data.inputs))
    seed = next(s for s in range(20) if float(instance_weight(data, s)) * float(data.inputs) > 0)
    models = networks(data, [1], initialisation="lecun", seeds=[seed], device="cpu")
    (norms,) = norms_of(models)
    w, v = (abs(float(part)) for part in models.start)
    Rx, Ru = 0.3, w / 2
    found = sharp(norms, Rx, Ru)
    assert found.mu == pytest.approx((a * (w - Ru)) ** 2)
    assert pytest.approx((a * (w + Ru)) ** 2) == found.L1
    assert pytest.approx(a * (v + math.hypot(Rx, Ru))) == found.G1
    assert norms.distance == pytest.approx(math.sqrt(2 * norms.f0) / (a * w))
    top = v + math.hypot(Rx, Ru)
    residual = min(math.sqrt(2 * norms.f0) + found.G1 * Ru + a * w * Rx, a * (w + Ru) * top + 1)
    assert pytest.approx(a * residual + a * (w + Ru) * found.G1) == found.G2


def instance_weight(data, seed):
    return networks(data, [1], initialisation="lecun", seeds=[seed], device="cpu").start[0]


def test_the_formulas_by_hand():
    norms = NetworkNorms(2.0, 3.0, (2.0, 1.5), (1.0, 0.5), 0.5, 1.0, 4.0, 1.0)
    found, r = formula(norms), math.sqrt(2)
    assert (found.mu, found.L1, found.L2, found.Rx) == (0.5, 16.0, 1.0, 0.5)
    assert found.Ru == found.limit == pytest.approx(1 / 128)
    assert pytest.approx((1 + 1 / 128) * 2 * r) == found.G1
    assert pytest.approx(((2 + 1 / 128) * 4 + 3) * 2 * r) == found.G2
    wider = formula(norms, 2.0, 0.0)  # R_x <= lambda_2 / 2 needs lambda_2 = 4
    assert pytest.approx(4 * 2 * r) == wider.G1
    assert formula(NetworkNorms(0.1, 3.0, (0.1, 1.5), (1.0, 0.5), 0.5, 1.0, 4.0, 1.0)).limit == 1.0  # the minimum is 1
    three = formula(NetworkNorms(1.0, 1.0, (1.0, 1.0, 1.0), (1.0, 0.5, 0.0), 0.0, 1.0, 1.0, 1.0))
    assert three.L1 == 4.0
    assert three.Ru == pytest.approx(0.5 * (1 / (2 * math.sqrt(3) * 2)) ** 2)


def test_the_sharp_constants_of_depth_3_by_hand():
    norms = NetworkNorms(10.0, 3.0, (2.0, 1.5, 1.2), (1.0, 0.7, 0.4), 0.5, 0.9, 0.08, 1.0)
    found = sharp(norms, 0.3, 0.1)
    S2, S3 = 0.8, 0.4 + math.sqrt(0.1)
    D2, K = 0.1 * math.hypot(2 * S2, 1.5), math.hypot(2 * S2, 1.5 + 0.1 * 2)
    assert found.mu == pytest.approx((0.9 - D2) ** 2)
    assert pytest.approx((1.2 + D2) ** 2) == found.L1
    assert pytest.approx(K * S3) == found.G1
    residual = 0.4 + found.G1 * 0.1 + 1.2 * 0.3
    assert pytest.approx(K * residual + (1.2 + D2) * found.G1) == found.G2


@pytest.mark.parametrize(("n", "d0", "hidden"), SHAPES)
def test_sharp_is_what_the_kernel_computes(n, d0, hidden):
    _, norms = instance(n, d0, hidden, "lecun", 1)
    weights, layers = ([Fraction(value) for value in numbers] for numbers in (norms.weights, norms.layers))
    value = (Fraction(norms.f0),) * 2
    begin = Start(weights, layers[:-1], Fraction(norms.smallest), layers[-1], value, Fraction(norms.distance))
    for Rx, Ru in ((0.0, 0.0), (0.5, 0.01), (3.0, 0.1 * norms.smallest / norms.layers[0])):
        moved, slope = (float(x) for x in spread(begin, {"x": Fraction(Rx), "u": Fraction(Ru)}))
        found = sharp(norms, Rx, Ru)
        assert pytest.approx(slope, rel=1e-9) == found.G1
        assert pytest.approx((norms.layers[-1] + moved) ** 2, rel=1e-9) == found.L1
        assert pytest.approx((norms.smallest - moved) ** 2, rel=1e-9) == found.mu


@pytest.mark.parametrize("initialisation", ["paper", "lecun", "zero_last"])
@pytest.mark.parametrize(("n", "d0", "hidden"), SHAPES)
def test_sharp_is_at_most_the_formula(n, d0, hidden, initialisation):
    for seed in range(10):
        _, norms = instance(n, d0, hidden, initialisation, seed)
        for Rx in (None, 0.0, 0.1, 10.0):
            printed = formula(norms, Rx)
            better = sharp(norms, printed.Rx, printed.Ru)
            assert better.mu >= printed.mu > 0
            for name in ("L1", "L2", "G1", "G2"):
                assert getattr(better, name) <= getattr(printed, name)
        assert sharp(norms, 0.1, 0.2).G1 > sharp(norms, 0.1, 0.1).G1  # larger balls, worse constants


def test_distance_is_that_of_the_minimiser():
    models, norms = instance(4, 6, [12], "lecun", 1)
    start = [part[0] for part in models.start]
    hidden, output = forward(start, models.inputs[0])
    change = torch.linalg.pinv(hidden) @ (models.targets[0] - output)
    assert norms.distance == pytest.approx(float(torch.linalg.matrix_norm(change)))
    assert float(models.value((start[0][None], (start[1] + change)[None]))) == pytest.approx(0, abs=1e-20)


@pytest.mark.parametrize("activation", ["identity", "relu", "tanh"])
def test_additive(activation):
    models = additive_models([1, 2, 3], [0.1, 0.4], activation=activation, seeds=[5], device="cpu")
    (norms,) = norms_of(models)
    printed, better = formula(norms), sharp(norms)
    assert [printed.mu, printed.L1, printed.G1, printed.G2] == pytest.approx([1, 9, 0.4, 1.2])
    assert (printed.Rx, printed.Ru) == (math.inf, math.inf)
    A1, A2 = models.A1[0], models.A2[0]
    exact = float(torch.linalg.matrix_norm(A1.T @ A2, 2))
    assert pytest.approx(exact if activation == "identity" else 1.2) == better.G2
    assert exact < 1.19
    x, u = (part[0] for part in models.start)
    minimiser = torch.linalg.solve(A1, models.b[0] - models.activation.value(A2 @ u))
    assert norms.distance == pytest.approx(float((x - minimiser).norm()))


def test_duplicate_samples_and_bad_radii():
    data = gaussian(3, 4)
    double = type(data)("double", data.inputs[[0, 0, 1]], data.targets)
    (norms,) = norms_of(networks(double, [8], device="cpu"))
    assert norms.smallest == 0
    assert norms.distance == math.inf
    assert sharp(norms, 1.0, 0.1).mu == formula(norms).mu == 0
    for wrong in (-1.0, math.nan):
        with pytest.raises(InvalidInput, match=r"Rx=.* must be >= 0"):
            sharp(norms, wrong, 1.0)
        with pytest.raises(InvalidInput, match=r"Ru=.* must be >= 0"):
            formula(norms, 1.0, wrong)
    with pytest.raises(InvalidInput, match="must be finite"):
        sharp(norms)
