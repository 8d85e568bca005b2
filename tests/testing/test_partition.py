"""The paper's partition: x is what of the last weight acts on the data at the start, u all the rest."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from proofcheck.errors import InvalidInput
from proofcheck.testing import (
    ASSUMPTIONS,
    AssumptionViolated,
    assert_holds,
    estimate_constants,
    module_function,
    network_function,
)

torch = pytest.importorskip("torch")
from proofcheck.empirical import gaussian, module_models, networks, norms_of, orthogonal, sharp  # noqa: E402
from proofcheck.empirical.callables import Blocks  # noqa: E402

ALL = ("A1", "A2", "A3", "A4", "A5", "A6", "proviso")
SOLVES = {"A1": "mu", "A2": "L1", "A3": "L2", "A4": "G1", "A5": "G2"}
BEYOND = {name: 1.05 if name == "mu" else 0.95 for name in SOLVES.values()}
CHEAP = {"evaluations": 40}


def _net(*sizes, seed=1):
    layers = [part for a, b in itertools.pairwise(sizes) for part in (torch.nn.Linear(a, b), torch.nn.Tanh())]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for layer in layers[::2]:
            layer.reset_parameters()
    return torch.nn.Sequential(*layers[:-1])


def _numbers(part):
    return part.detach().reshape(-1).numpy()


def test_rows_against_the_module_models():
    data, net = gaussian(3, 4, outputs=2), _net(4, 5, 7, 2)
    net[0].bias.requires_grad_(False)
    before = [part.clone() for part in net.parameters()]
    f, region = module_function(net, data, last="4")
    models = module_models(net, data, last="4", device="cpu")
    x, u = np.array(region.x), np.array(region.u)
    signs = torch.tensor(np.sign(x[:3])) * torch.sign(models.coordinates(models.start)[0, :, 0])  # an SVD's freedom
    models = replace(models, basis=models.basis * signs[:, None])
    parameters = [part[0] for part in models.start]
    blocks = Blocks(parameters[-1], parameters[:-1], models.basis[0])
    assert f.dimensions == (3 * 2, 4 * 5 + 5 * 7 + 7 + 2 + (7 - 3) * 2)
    assert x == pytest.approx(_numbers(models.coordinates(models.start)[0].mT))
    assert u[:64] == pytest.approx(np.concatenate([_numbers(part) for part in parameters[:-1]]))
    source = np.random.default_rng(0)
    dx, du = source.standard_normal(len(x)), source.standard_normal(len(u))
    for step in (0.0, 0.3):
        p, q = x + step * dx, u + step * du
        at = (*blocks.others(torch.tensor(q)), blocks.weight(torch.tensor(p), torch.tensor(q)))
        at = tuple(part[None] for part in at)
        moved = models.measure(tuple(there - here for there, here in zip(at, models.start, strict=True)))
        assert [float(part) for part in moved] == pytest.approx([step**2 * dx @ dx, step**2 * du @ du])  # a rotation
        assert p == pytest.approx(_numbers(models.coordinates(at)[0].mT))
        assert f.value(p, q) == pytest.approx(float(models.value(at)[0]))
        gradient = models.gradient(at)
        assert f.gradient_x(p, q) == pytest.approx(_numbers(models.coordinates(gradient)[0].mT))
        assert f.gradient_u(p, q)[:64] == pytest.approx(np.concatenate([_numbers(part) for part in gradient[:-1]]))
        assert np.sum(f.gradient_u(p, q) ** 2) == pytest.approx(float(models.measure(gradient)[1]))
        assert f.outer(f.inner(p, q)) == pytest.approx(f.value(p, q))
        assert f.minimiser(q) == pytest.approx(_numbers(models.minimiser(at)[0].mT))
        assert f.value(f.minimiser(q), q) == pytest.approx(0, abs=1e-20)
        for slope, (a, b) in ((f.gradient_x(p, q) @ dx, (dx, 0 * du)), (f.gradient_u(p, q) @ du, (0 * dx, du))):
            change = f.value(p + 1e-5 * a, q + 1e-5 * b) - f.value(p - 1e-5 * a, q - 1e-5 * b)
            assert change / 2e-5 == pytest.approx(slope, rel=1e-6)
    assert all(torch.equal(a, b) for a, b in zip(before, net.parameters(), strict=True))


def test_whole_fails_where_rows_hold():
    data, net = gaussian(3, 4), _net(4, 8, 1)
    models = module_models(net, data, last="2", device="cpu")
    mu, L1 = float(models.mu[0]), float(models.L1[0])
    whole, region = module_function(net, data, last="2", partition="whole")
    assert (whole.dimensions, list(region.x)) == ((8, 41), pytest.approx(_numbers(net[2].weight)))
    with pytest.raises(AssumptionViolated) as failure:
        assert_holds("A1", whole, region, constants={"mu": mu * 1e-6}, **CHEAP)
    assert failure.value.would_pass < 1e-9 * L1
    rows, region = module_function(net, data, last="2", partition="rows")
    assert rows.dimensions == module_function(net, data, last="2")[0].dimensions == (3, 46)
    near = replace(region, u_radius=1e-6)
    for name, good, bad in (
        ("A1", {"mu": mu * 0.999}, {"mu": mu * 1.05}),
        ("A2", {"L1": L1 * 1.001}, {"L1": L1 * 0.95}),
    ):
        assert_holds(name, rows, near, constants=good, **CHEAP)
        with pytest.raises(AssumptionViolated):
            assert_holds(name, rows, near, constants=bad, **CHEAP)


def test_which_partition():
    wide, narrow = _net(4, 5, 1), _net(4, 2, 1)
    assert module_function(wide, gaussian(5, 4), last="2")[0].dimensions[0] == 5
    assert module_function(wide, gaussian(4, 4), last="2")[0].dimensions[0] == 4
    assert module_function(narrow, gaussian(3, 4), last="2")[0].dimensions[0] == 2
    with pytest.raises(InvalidInput, match="partition='rows': the 2 features before '2' must be >= n=3"):
        module_function(narrow, gaussian(3, 4), last="2", partition="rows")
    with pytest.raises(InvalidInput, match="partition='columns' must be one of auto, rows, whole"):
        module_function(wide, gaussian(3, 4), last="2", partition="columns")


def test_network_against_the_networks():
    models = networks(gaussian(3, 4, outputs=2), [6, 7], seeds=range(2), device="cpu")
    f, region = network_function(models, 1)
    x, u = np.array(region.x), np.array(region.u)
    one = models.take(torch.tensor([1]))
    assert f.dimensions == (6, 4 * 6 + 6 * 7 + 4 * 2)
    assert f.value(x, u) == pytest.approx(float(models.value(models.start)[1]))
    assert np.sum(f.gradient_x(x, u) ** 2) == pytest.approx(float(models.measure(models.gradient(models.start))[0][1]))
    assert np.sum(f.gradient_u(x, u) ** 2) == pytest.approx(float(models.measure(models.gradient(models.start))[1][1]))
    assert np.abs(x) == pytest.approx(np.abs(_numbers(one.coordinates(one.start)[0].mT)))
    known = sharp(norms_of(one)[0], region.x_radius, region.u_radius)
    assert {name: f.constants[name] for name in BEYOND} == {name: getattr(known, name) for name in BEYOND}
    assert f.constants["f_star"] == 0
    assert f.constants["mu"] == pytest.approx(float(models.mu[1]) / 4)
    assert np.linalg.norm(f.minimiser(u) - x) <= region.x_radius
    smaller, region = network_function(models, 1, radii=(2.0, 1e-3), name="mine")
    assert (smaller.name, region.x_radius, region.u_radius) == ("mine", 2.0, 1e-3)
    assert smaller.constants["mu"] > f.constants["mu"]
    assert network_function(models, radii=(1.0, 1e3))[0].constants["mu"] == 0


def test_what_is_no_network():
    models = networks(gaussian(2, 3), [4], device="cpu")
    with pytest.raises(InvalidInput, match="models is a Data and must be Networks"):
        network_function(gaussian(2, 3))
    with pytest.raises(InvalidInput, match="instance=1 must be >= 0 and < 1, the number of networks"):
        network_function(models, 1)
    with pytest.raises(InvalidInput, match="Rx=-1 must be >= 0"):
        network_function(models, radii=(-1, 1))
    twice = replace(models, start=(models.start[0] * 0, models.start[1]), mu=models.mu * 0)
    with pytest.raises(InvalidInput, match="singular at the start: there is no mu > 0, give radii"):
        network_function(twice)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("widths", "outputs", "initialisation"),
    [([8], 1, "paper"), ([20], 2, "zero_last"), ([6, 8], 1, "lecun"), ([16, 12], 1, "paper")],
)
def test_the_proved_constants_hold(widths, outputs, initialisation, seed):
    data = gaussian(3, 4, outputs=outputs, seed=seed)
    f, region = network_function(networks(data, widths, initialisation=initialisation, seeds=[seed], device="cpu"))
    for name in ALL:
        assert assert_holds(name, f, region, seed=seed, **CHEAP).status == "OBSERVED"


@pytest.mark.parametrize("widths", [[8], [6, 8]], ids=str)
def test_beyond_what_is_attained_fails(widths):
    f, region = network_function(networks(orthogonal(3, 4), widths, device="cpu"))
    seen = estimate_constants(f, region, evaluations=250)
    for name, constant in SOLVES.items():
        wrong = {constant: seen[constant].bound * BEYOND[constant]}
        left, right = ASSUMPTIONS[name].sides(f, wrong, seen[constant].points)
        assert left > right, name
        with pytest.raises(AssumptionViolated):
            assert_holds(name, f, region, constants=wrong, evaluations=250)
    for star in (-1e-3, 1e-3):
        with pytest.raises(AssumptionViolated):
            assert_holds("A6", f, region, constants={"f_star": star}, evaluations=250)


def test_one_unit_attains_mu_and_l1():
    data = gaussian(1, 2, seed=3)
    on = next(m for m in (networks(data, [1], seeds=[seed], device="cpu") for seed in range(9)) if float(m.mu[0]) > 0)
    f, region = network_function(on)
    assert f.dimensions == (1, 2)
    for name in ALL:
        assert_holds(name, f, region, **CHEAP)
    for name, wrong in (("A1", "mu"), ("A2", "L1")):
        with pytest.raises(AssumptionViolated):
            assert_holds(name, f, region, constants={wrong: f.constants[wrong] * BEYOND[wrong]})
