"""Local spectra against automatic differentiation, and the table of constants."""

import csv
import dataclasses
import math

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed (extra torch)")

from proofcheck.empirical import (  # noqa: E402
    additive_models,
    constants_table,
    gaussian,
    hessian_u,
    hessian_x,
    jacobian_norm,
    networks,
    observed,
    orthogonal,
    run,
    tuned,
)
from proofcheck.empirical.points import gradient_quotient, random_in_ball, trajectory  # noqa: E402
from proofcheck.errors import InvalidInput  # noqa: E402


def network():
    return networks(gaussian(5, 4, outputs=2, seed=1), [12, 9], initialisation="lecun", seeds=[3], device="cpu")


def additive():
    return additive_models([1, 2, 3], [0.5, 0.3, 0.1], activation="tanh", seeds=[2], device="cpu")


def in_u(models):
    """h and the number of entries of u, in orthonormal coordinates that a singular value decomposition gives."""
    if not hasattr(models, "basis"):
        A1, A2 = models.A1[0], models.A2[0]
        x, u = (part[0] for part in models.start)
        return (lambda du: A1 @ x + torch.tanh(A2 @ (u + du))), len(u), models.b[0]
    start = [part[0] for part in models.start]
    _, _, right = torch.linalg.svd(models.basis[0])
    V2 = right[len(models.basis[0]) :]
    shapes = [*(part.shape for part in start[:-1]), (len(V2), start[-1].shape[1])]
    sizes = [math.prod(shape) for shape in shapes]

    def h(du):
        parts = [part.reshape(shape) for part, shape in zip(torch.split(du, sizes), shapes, strict=True)]
        layer = models.inputs[0]
        for weight, change in zip(start[:-1], parts[:-1], strict=True):
            layer = torch.relu(layer @ (weight + change))
        return (layer @ (start[-1] + V2.T @ parts[-1])).flatten()

    return h, sum(sizes), models.targets[0].flatten()


@pytest.mark.parametrize("make", [network, additive])
def test_spectra_in_u(make):
    models = make()
    h, size, target = in_u(models)
    zero = torch.zeros(size, dtype=torch.float64)
    exact = float(torch.linalg.matrix_norm(torch.autograd.functional.jacobian(h, zero), 2))
    hessian = torch.autograd.functional.hessian(lambda du: 0.5 * (h(du) - target).square().sum(), zero)
    for method in ("lanczos", "dense"):
        norm, change = jacobian_norm(models, models.start, method=method)
        assert norm == pytest.approx(exact)
        assert sum(float(part.square().sum()) for part in change) == pytest.approx(1)
        top = float(torch.linalg.eigvalsh(hessian)[-1])
        assert hessian_u(models, models.start, method=method) == pytest.approx(top, rel=1e-6)
    shift = [part + 1e-6 * moved for part, moved in zip(models.start[-len(change) :], change, strict=True)]
    there = (*models.start[: -len(change)], *shift)
    assert float((value(models, there) - value(models, models.start)).norm()) == pytest.approx(1e-6 * exact, rel=1e-3)


def value(models, point):
    if hasattr(models, "basis"):
        return torch.bmm(models._layers(point)[-1], point[-1])
    return models.A1[0] @ point[0][0] + torch.tanh(models.A2[0] @ point[1][0])


@pytest.mark.parametrize("make", [network, additive])
def test_spectrum_in_x(make):
    models = make()
    basis = models.basis[0] if hasattr(models, "basis") else None

    def f(x):
        if basis is None:
            return models.value((models.start[0] + x, models.start[1]))[0]
        moved = models.start[-1] + basis.T @ x.reshape(len(basis), -1)
        return models.value((*models.start[:-1], moved))[0]

    size = len(models.b[0]) if basis is None else len(basis) * models.start[-1].shape[2]
    hessian = torch.autograd.functional.hessian(f, torch.zeros(size, dtype=torch.float64))
    values = torch.linalg.eigvalsh(hessian)
    assert hessian_x(models, models.start) == pytest.approx((float(values[0]), float(values[-1])))


@pytest.mark.parametrize("make", [network, additive])
def test_gradient_quotient(make):
    """Against the gradient in x by automatic differentiation, with coordinates of x and u written out."""
    models, source = make(), torch.Generator().manual_seed(4)
    first, second = (
        [part + torch.randn(part.shape, generator=source, dtype=part.dtype) for part in models.start] for _ in "ab"
    )
    if not hasattr(models, "basis"):
        length = float((first[1] - second[1]).norm())
        gradients = [slope_in_x(models, lambda x, u=u: (x[None], u), first[0][0]) for u in (first[1], second[1])]
    else:
        V1 = models.basis[0]
        V2 = torch.linalg.svd(V1)[2][len(V1) :]
        x, w2 = V1 @ first[-1][0], [V2 @ point[-1][0] for point in (first, second)]
        gradients = [
            slope_in_x(models, lambda x, p=p, w=w: (*p[:-1], (V1.T @ x + V2.T @ w)[None]), x)
            for p, w in zip((first, second), w2, strict=True)
        ]
        squares = [(a - b).square().sum() for a, b in zip([*first[:-1], w2[0]], [*second[:-1], w2[1]], strict=True)]
        length = math.sqrt(sum(float(square) for square in squares))
    expected = float((gradients[0] - gradients[1]).norm()) / length
    assert gradient_quotient(models, tuple(first), tuple(second)) == pytest.approx(expected)
    assert gradient_quotient(models, tuple(first), tuple(first)) == 0


def slope_in_x(models, place, x):
    x = x.clone().requires_grad_()
    point = place(x)
    if hasattr(models, "basis"):
        value = 0.5 * (models._layers(point)[-1] @ point[-1] - models.targets).square().sum()
    else:
        value = models.value(point)[0]
    return torch.autograd.grad(value, x)[0]


@pytest.mark.parametrize("make", [network, additive])
def test_random_points_are_in_the_ball(make):
    models, source = make(), torch.Generator().manual_seed(4)
    reached = 0.0
    for _ in range(20):
        point = random_in_ball(models, 0.7, source)
        x, u = (
            float(part) ** 0.5
            for part in models.measure(tuple(a - b for a, b in zip(point, models.start, strict=True)))
        )
        assert x < 1e-12
        assert u <= 0.7 * (1 + 1e-12)
        reached = max(reached, u)
    assert reached > 0.5


def test_the_trajectory_is_the_runs():
    models = network()
    tuning = tuned("nesterov", "classical", models.mu, models.L1)
    points = list(trajectory(models, tuning, 25, 10))
    assert [k for k, _ in points] == [0, 10, 20, 25]
    for mine, theirs in zip(points[-1][1], run(models, [tuning], 25).last, strict=True):
        assert torch.allclose(mine, theirs[0], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", ["additive", "paper", "zero_last", "wide balls"])
def test_observed_sharp_formula(kind, seed):
    if kind == "additive":
        models = additive_models([1, 2, 3, 3], [0.5, 0.1], activation="abs", seeds=[seed], device="cpu")
        radii = {}
    else:
        initialisation = "zero_last" if kind == "zero_last" else "paper"
        models = networks(gaussian(4, 6, seed=seed), [24], initialisation=initialisation, seeds=[seed], device="cpu")
        radii = {"Ru": 0.1, "Rx": 2.0} if kind == "wide balls" else {}
    tuning = tuned("nesterov", "classical", models.mu, models.L1)
    found = constants_table(models, tuning, 12, every=6, samples=3, **radii)
    assert [row.name for row in found.rows] == ["mu", "L1", "L2", "G1", "G2", "Hessian in u"]
    assert all(row.ordered for row in found.rows)
    assert found.rows[0].observed > 0
    if kind != "zero_last":  # with W_2 = 0 and V2 H^T = 0, J = 0 at the start
        assert found.rows[3].observed > 0.05 * found.rows[3].sharp  # the bound is no empty one
    assert all("k=" in row.witness for row in found.rows if row.name != "L2")
    assert 1 <= found.inside <= found.points == 3
    known = not any(math.isnan(row.formula) for row in found.rows[:5])
    assert known == (kind != "wide balls")  # Lemma 14 says nothing about these radii
    for row in found.rows[:2] + found.rows[3:5]:
        for wrong in (row.sharp * 2, row.sharp / 2):
            forged = dataclasses.replace(row, observed=wrong)
            assert forged.ordered == ((wrong > row.sharp) == (row.name == "mu"))


def test_points_outside_do_not_count():
    models = networks(orthogonal(4, 4), [32], seeds=[1], device="cpu")
    tuning = tuned("nesterov", "classical", models.mu, models.L1)
    wide = constants_table(models, tuning, 20, every=5, Rx=10.0, Ru=5.0)
    assert (wide.inside, wide.points) == (5, 5)
    narrow = constants_table(models, tuning, 20, every=5, Rx=10.0, Ru=wide.reach_u / 1e3)
    assert (narrow.inside, narrow.points) == (1, 5)
    assert all("k=0" in row.witness for row in narrow.rows if row.name != "L2")
    rows = list(csv.DictReader(observed.table(narrow).decode().splitlines()))
    assert {row["status"] for row in rows} == {"OBSERVED"}
    assert [float(row["observed"]) for row in rows] == [row.observed for row in narrow.rows]
    assert observed.lines(narrow)[1].split()[0] == "mu"


def test_bad_input():
    models = networks(orthogonal(4, 4), [8], seeds=[0, 1], device="cpu")
    one = models.take(torch.tensor([0]))
    tuning = tuned("nesterov", "classical", one.mu, one.L1)
    with pytest.raises(InvalidInput, match="models hold 2 instances and must hold 1"):
        constants_table(models, tuning)
    with pytest.raises(InvalidInput, match="models are on meta; spectra are computed on the CPU"):
        hessian_x(dataclasses.replace(one, basis=one.basis.to("meta")), one.start)
    with pytest.raises(InvalidInput, match=r"point has shapes .* and must have"):
        hessian_x(one, (one.start[0],))
    with pytest.raises(InvalidInput, match="not finite"):
        jacobian_norm(one, (one.start[0] * math.nan, one.start[1]))
    with pytest.raises(InvalidInput, match="method='power' must be one of lanczos, dense"):
        hessian_u(one, one.start, method="power")
    with pytest.raises(InvalidInput, match="Ru=-1 must be >= 0"):
        constants_table(one, tuning, Ru=-1)
    with pytest.raises(InvalidInput, match="must be finite"):
        constants_table(one, tuning, Rx=math.inf)
    both = tuned("nesterov", "classical", models.mu, models.L1)
    with pytest.raises(InvalidInput, match="has 2 entries and must have 1"):
        constants_table(one, both)
    with pytest.raises(InvalidInput, match="steps=0 must be"):
        constants_table(one, tuning, 0)
