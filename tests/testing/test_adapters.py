"""Functions from NumPy and PyTorch code and from modules."""

import numpy as np
import pytest

from proofcheck.errors import InvalidInput
from proofcheck.testing import AssumptionViolated, Region, assert_holds, module_function, numpy_function, torch_function

CHEAP = {"evaluations": 150}


def test_numpy_callables_keep_their_hands_off():
    def value(x, u):
        x *= 2  # its own copy
        return x @ x

    f = numpy_function(value, dimensions=(2, 0))
    x = np.ones(2)
    assert f.value(x, np.zeros(0)) == 8
    assert list(x) == [1, 1]
    assert f.name == "value"
    with pytest.raises(InvalidInput, match="value is a int and must be callable"):
        numpy_function(3, dimensions=(1, 0))


def test_torch_additive_model_with_known_constants():
    torch = pytest.importorskip("torch")
    A = torch.tensor([[2.0, 0.0], [0.0, 1.0]], dtype=torch.float64)
    B = torch.tensor([[0.5, 0.0, 0.0], [0.0, 0.25, 0.0]], dtype=torch.float64)

    def h(x, u):
        return A @ x + B @ torch.relu(u)

    f = torch_function(
        lambda x, u: 0.5 * h(x, u).square().sum(), inner=h, outer=lambda s: 0.5 * s.square().sum(),
        dimensions=(2, 3), constants={"mu": 1, "L1": 4, "L2": 1, "G1": 0.5, "G2": 1, "f_star": 0},
        minimiser=lambda u: -torch.linalg.solve(A, B @ torch.relu(u)),
    )  # fmt: skip
    region = Region(x=(0, 0), x_radius=3, u=(0.1, -0.1, 0.2), u_radius=1)
    wrong = {"A1": {"mu": 1.05}, "A2": {"L1": 3.8}, "A3": {"L2": 0.95}, "A4": {"G1": 0.475}, "A5": {"G2": 0.95},
             "A3A4": {"G1": 0.475}, "proviso": {"G1": 0.475}, "A6": {"f_star": -0.05}}  # fmt: skip
    for name, constants in wrong.items():
        assert_holds(name, f, region, **CHEAP)
        with pytest.raises(AssumptionViolated):
            assert_holds(name, f, region, constants=constants)


def test_torch_gradients():
    torch = pytest.importorskip("torch")
    f = torch_function(lambda x, u: (x**3).sum() * u[0], dimensions=(2, 1))
    x, u = np.array([1.0, 2.0]), np.array([3.0])
    assert f.value(x, u) == 27
    assert list(f.gradient_x(x, u)) == [9, 36]
    assert list(f.gradient_u(x, u)) == [9]
    of_u_alone = torch_function(lambda x, u: u.sum(), dimensions=(2, 1))
    assert list(of_u_alone.gradient_x(x, u)) == [0, 0]
    for lost in (lambda x, u: x.detach().sum(), lambda x, u: torch.tensor(2.0)):  # not a gradient of 0
        with pytest.raises(InvalidInput, match="value gives a number that autograd cannot follow"):
            torch_function(lost, dimensions=(2, 1)).gradient_x(x, u)
    with pytest.raises(InvalidInput, match=r"value gives \(2,\) and must give a tensor with one number"):
        torch_function(lambda x, u: x, dimensions=(2, 1)).value(x, u)


def test_module_against_the_module_models():
    torch = pytest.importorskip("torch")
    from proofcheck.empirical import gaussian, module_models

    data = gaussian(3, 4, outputs=2)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        net = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Tanh(), torch.nn.Linear(3, 2))
    before = [part.clone() for part in net.parameters()]
    f, region = module_function(net, data, last="2")
    models = module_models(net, data, last="2", device="cpu")
    x, u = np.array(region.x), np.array(region.u)
    assert f.dimensions == (6, 17)
    assert f.value(x, u) == pytest.approx(float(models.value(models.start)[0]))
    gradient = models.gradient(models.start)
    assert f.gradient_x(x, u) == pytest.approx(gradient[-1].reshape(-1).numpy())
    assert f.gradient_u(x, u) == pytest.approx(np.concatenate([part.reshape(-1).numpy() for part in gradient[:-1]]))
    assert f.outer(f.inner(x, u)) == pytest.approx(f.value(x, u))
    assert f.value(f.minimiser(u), u) == pytest.approx(0, abs=1e-20)
    mu, L1 = float(models.mu[0]), float(models.L1[0])
    at_start = Region(x=region.x, x_radius=1, u=region.u, u_radius=1e-6)
    assert_holds("A1", f, at_start, constants={"mu": mu * 0.999}, **CHEAP)
    assert_holds("A2", f, at_start, constants={"L1": L1 * 1.001}, **CHEAP)
    assert_holds("A3", f, region, **CHEAP)
    for name, constants in (("A1", {"mu": mu * 1.05}), ("A2", {"L1": L1 * 0.95})):
        with pytest.raises(AssumptionViolated):
            assert_holds(name, f, at_start, constants=constants)
    assert all(torch.equal(a, b) for a, b in zip(before, net.parameters(), strict=True))
