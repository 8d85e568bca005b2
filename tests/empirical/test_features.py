"""Features against a loop in plain autograd, and the minimiser over x against its definition."""

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed (extra torch)")

from proofcheck.empirical import Data, additive_models, gaussian, networks, run, tuned  # noqa: E402
from proofcheck.empirical.devices import generator, normal, one_thread  # noqa: E402
from proofcheck.empirical.last_layer import solved  # noqa: E402
from proofcheck.empirical.runs import FEATURES, QUANTITIES  # noqa: E402
from proofcheck.errors import InvalidInput  # noqa: E402


def additive(activation="tanh"):
    return additive_models([1.0, 2.0, 3.0], [0.5, 1.0], d=4, activation=activation, seeds=range(3), device="cpu")


def deep(seeds=range(3)):
    return networks(gaussian(4, 6, outputs=2), [16, 24], initialisation="lecun", seeds=seeds, device="cpu")


def additive_loop(models, i, point):
    """f and x of one instance by the definition; x*(v) by least squares."""
    x, u = point
    rest = models.b[i] - torch.tanh(models.A2[i] @ u)
    best = torch.linalg.lstsq(models.A1[i], rest).solution
    return 0.5 * (models.A1[i] @ x - rest).square().sum(), x, best


def deep_loop(models, i, point):
    hidden = torch.relu(torch.relu(models.inputs[i] @ point[0]) @ point[1])
    x = models.basis[i] @ point[2]
    rest = models.targets[i] - hidden @ (point[2] - models.basis[i].mT @ x)
    best = torch.linalg.lstsq(hidden @ models.basis[i].mT, rest).solution
    return 0.5 * (hidden @ point[2] - models.targets[i]).square().sum(), x, best


def x_only(models, i, point, name):
    """The x part of a vector, and the vector without it."""
    if name == "additive":
        return point[0], (torch.zeros_like(point[0]), point[1])
    x = models.basis[i] @ point[2]
    return x, (point[0], point[1], point[2] - models.basis[i].mT @ x)


@pytest.mark.parametrize("name", ["additive", "deep"])
def test_against_a_loop(name):
    models = {"additive": additive, "deep": deep}[name]()
    value = {"additive": additive_loop, "deep": deep_loop}[name]
    tuning = tuned("nesterov", "classical", models.mu, models.L1, 0.4)
    seen = run(models, [tuning], 6, features=True)
    with one_thread():  # two threads on such small matrices wait for each other
        for i in range(len(models)):
            now = [part[i].clone() for part in models.start]
            before = [part.clone() for part in now]
            for k in range(1, 7):
                query = [(p + tuning.beta[i] * (p - q)).requires_grad_() for p, q in zip(now, before, strict=True)]
                f, _, best = value(models, i, query)
                gradient = torch.autograd.grad(f, query)
                with torch.no_grad():
                    before, now = now, [p - tuning.eta[i] * g for p, g in zip(query, gradient, strict=True)]
                    e = value(models, i, now)[1] - best
                    d, h = x_only(models, i, [p - q for p, q in zip(now, before, strict=True)], name)
                    g, w = x_only(models, i, gradient, name)
                    hw = sum((p * q).sum() for p, q in zip(h, w, strict=True))
                    expected = {"fq": f.detach(), "ee": (e * e).sum(), "ed": (e * d).sum(), "eg": (e * g).sum()}
                    expected |= {"dg": (d * g).sum(), "hw": hw}
                for key, number in expected.items():
                    assert float(getattr(seen, key)[0, i, k]) == pytest.approx(float(number), rel=1e-7, abs=1e-12), key


@pytest.mark.parametrize("make", [additive, deep])
def test_the_minimiser_minimises(make):
    """With x = x*(v), f = 0; a little away from it f grows by the curvature in x."""
    models = make()
    point = tuple(part + 0.1 * normal(generator(5), *part.shape) for part in models.start)
    best = models.minimiser(point)
    if make is additive:
        moved = (best, point[1])
    else:
        moved = (*point[:2], point[2] + models.basis.mT @ (best - models.coordinates(point)))
    assert bool((models.value(moved) <= 1e-20 * models.value(point)).all())
    assert torch.allclose(models.coordinates(moved), best, rtol=1e-9)
    assert bool((models.value(point) > 1e-3).all())


def test_without_features_nothing_else_changes():
    models = deep()
    tunings = [tuned("nesterov", "paper", models.mu, models.L1, 0.3)]
    plain, full = run(models, tunings, 9, every=4), run(models, tunings, 9, every=4, features=True)
    for name in QUANTITIES:
        assert torch.equal(getattr(plain, name).nan_to_num(), getattr(full, name).nan_to_num()), name
    for name in FEATURES:
        assert getattr(plain, name).numel() == 0
        values = getattr(full, name)
        assert values.shape == full.f.shape
        assert bool(values[:, :, 0].isnan().all())
        assert bool(values[:, :, 1:].isfinite().all())


def test_products_of_gradient_descent():
    """Without momentum h = -eta w and d = -eta g."""
    models = deep()
    tuning = tuned("gradient_descent", "classical", models.mu, models.L1, 0.3)
    seen = run(models, [tuning], 5, features=True)
    for product, square in (("hw", "gu2"), ("dg", "gx2")):
        expected = -tuning.eta[:, None] * getattr(seen, square)[0, :, 1:]
        assert torch.allclose(getattr(seen, product)[0, :, 1:], expected, rtol=1e-9)
    assert torch.equal(seen.fq[0, :, 1:], seen.f[0, :, :-1])


def test_a_singular_system_is_nan():
    matrices = torch.tensor([[[1.0, 1.0], [1.0, 1.0]], [[1.0, float("nan")], [0.0, 1.0]], [[2.0, 0.0], [0.0, 4.0]]])
    found = solved(matrices.double(), torch.ones(3, 2, 1, dtype=torch.float64))
    assert bool(found[:2].isnan().all())
    assert found[2].flatten().tolist() == [0.5, 0.25]


def test_duplicate_samples_have_no_single_minimiser():
    data = Data("d", [[1.0, 2.0], [1.0, 2.0], [2.0, 1.0]], [[1.0], [-1.0], [1.0]])
    models = networks(data, [16], seeds=[1], device="cpu")
    assert bool(models.minimiser(models.start).isnan().all())


def test_a_run_that_diverges_has_features_too():
    models = deep()
    wild = tuned("gradient_descent", "classical", models.mu, models.L1, 1e6)
    seen = run(models, [wild], 60, features=True)
    assert "diverged" in seen.verdicts[0]


def test_f_alone_has_no_features():
    models = deep()
    with pytest.raises(InvalidInput, match="only_f=True and features=True exclude each other"):
        run(models, [tuned("nesterov", "paper", models.mu, models.L1)], 2, only_f=True, features=True)
