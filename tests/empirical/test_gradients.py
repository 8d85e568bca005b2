"""Gradients written by hand against automatic differentiation, and the parts x and u."""

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed (extra torch)")

from proofcheck.empirical import additive_models, gaussian, networks, orthogonal  # noqa: E402
from proofcheck.empirical.activations import Activation  # noqa: E402
from proofcheck.empirical.devices import generator, normal  # noqa: E402

SOFTPLUS = Activation("softplus", torch.nn.functional.softplus, torch.sigmoid, 1.0)


def moved(models, scale=0.3):
    """A point away from the start, at which no part of a gradient vanishes by accident."""
    source = generator(99)
    return tuple(part + scale * normal(source, *part.shape) for part in models.start)


def additive(activation):
    return additive_models([1.0, 2.0, 3.0, 5.0], [0.5, 2.0], d=3, activation=activation, seeds=range(5), device="cpu")


def deep(widths, initialisation="lecun", seeds=range(5)):
    return networks(gaussian(4, 6, outputs=2), widths, initialisation=initialisation, seeds=seeds, device="cpu")


MODELS = {
    "relu": lambda: additive("relu"),
    "tanh": lambda: additive("tanh"),
    "abs": lambda: additive("abs"),
    "softplus": lambda: additive(SOFTPLUS),
    "depth 2": lambda: deep([7]),
    "depth 3": lambda: deep([5, 9]),
    "depth 5": lambda: deep([8, 6, 5, 9]),
}


def written_out(models, point):
    """f of every instance by the formulas of the paper, one instance at a time."""
    values = []
    for i in range(len(models)):
        if hasattr(models, "A1"):
            x, u = (part[i] for part in point)
            residual = models.A1[i] @ x + models.activation.value(models.A2[i] @ u) - models.b[i]
        else:
            layer = models.inputs[i]
            for weight in point[:-1]:
                layer = torch.relu(layer @ weight[i])
            residual = layer @ point[-1][i] - models.targets[i]
        values.append(0.5 * (residual**2).sum())
    return torch.stack(values)


def close(ours, theirs):
    return bool(((ours - theirs).norm() <= 1e-12 * theirs.norm()).all()) and float(theirs.norm()) > 0


@pytest.mark.parametrize("name", MODELS)
def test_value_and_gradient(name):
    models = MODELS[name]()
    point = tuple(part.requires_grad_() for part in moved(models))
    expected = written_out(models, point)
    gradients = torch.autograd.grad(expected.sum(), point)
    with torch.no_grad():
        assert close(models.value(point), expected)
        assert all(close(a, b) for a, b in zip(models.gradient(point), gradients, strict=True))


@pytest.mark.parametrize("name", MODELS)
def test_descending_in_place(name):
    models = MODELS[name]()
    point, eta = moved(models), torch.linspace(0.01, 0.3, len(models), dtype=torch.float64)
    gradient = models.gradient(point)
    target = tuple(part.clone() for part in point)
    squares = models.descend(target, eta, True)
    for new, old, change in zip(target, point, gradient, strict=True):
        assert close(new, old - eta.reshape(-1, *[1] * (old.ndim - 1)) * change)
    assert all(close(a, b) for a, b in zip(squares, models.measure(gradient), strict=True))
    assert models.descend(tuple(part.clone() for part in point), eta, False) is None


def test_the_parts_of_a_network_are_those_of_the_rotation():
    models = deep([6, 9])
    difference = moved(models)
    hidden = torch.relu(torch.relu(models.inputs @ models.start[0]) @ models.start[1])
    x, u = models.measure(difference)
    for i in range(len(models)):
        _, values, full = torch.linalg.svd(hidden[i], full_matrices=True)  # rows: V1 then V2, as in Appendix F
        assert torch.allclose(values[[0, -1]] ** 2, torch.stack([models.L1[i], models.mu[i]]), rtol=1e-9)
        rotated = full @ difference[-1][i]
        others = sum((part[i] ** 2).sum() for part in difference[:-1])
        assert torch.allclose(x[i], (rotated[:4] ** 2).sum(), rtol=1e-12)
        assert torch.allclose(u[i], (rotated[4:] ** 2).sum() + others, rtol=1e-12)


def test_f_is_strongly_convex_and_smooth_in_x_at_the_start():
    models = deep([6, 9])
    push = torch.randn(len(models), 4, 2, dtype=torch.float64, generator=generator(3))

    def along(t):
        last = models.start[-1] + t * models.basis.mT @ push
        return models.value((*models.start[:-1], last))

    curvature = (along(1.0) + along(-1.0) - 2 * along(0.0)) / (push**2).sum(dim=(1, 2))
    assert bool((curvature >= models.mu * (1 - 1e-8)).all())
    assert bool((curvature <= models.L1 * (1 + 1e-8)).all())


def test_prescribed_singular_values():
    models = additive("relu")
    assert torch.allclose(torch.linalg.svdvals(models.A1), torch.tensor([5.0, 3, 2, 1], dtype=torch.float64))
    assert torch.allclose(torch.linalg.svdvals(models.A2), torch.tensor([2.0, 0.5, 0], dtype=torch.float64), atol=1e-14)
    assert (float(models.mu[0]), float(models.L1[0]), float(models.G1[0])) == (1.0, 25.0, 2.0)


@pytest.mark.parametrize(("initialisation", "variance"), [("paper", 50**-1.5), ("lecun", 1 / 50), ("zero_last", 0.0)])
def test_initialisations(initialisation, variance):
    models = networks(orthogonal(8, 8), [40, 50], initialisation=initialisation, seeds=range(60), device="cpu")
    for part, expected in zip(models.start, (1 / 8, 1 / 40, variance), strict=True):
        assert float(part.var()) == pytest.approx(expected, rel=0.06)
        assert abs(float(part.mean())) <= 0.1 * max(expected, 1e-9) ** 0.5
