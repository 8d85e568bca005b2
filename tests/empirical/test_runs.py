"""Runs: closed forms, batches against single instances, seeds, divergence, bad input."""

from fractions import Fraction

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed (extra torch)")

from proofcheck import GradientDescent, NesterovMomentum, PartialStrongConvexity  # noqa: E402
from proofcheck.empirical import Data, additive_models, gaussian, networks, orthogonal, run, runs, tuned  # noqa: E402
from proofcheck.empirical.additive import AdditiveModels  # noqa: E402
from proofcheck.empirical.devices import device_of  # noqa: E402
from proofcheck.empirical.schedule import Fitting  # noqa: E402
from proofcheck.empirical.tunings import Tuning  # noqa: E402
from proofcheck.errors import InvalidInput  # noqa: E402
from proofcheck.kernel import EXIT_CODES  # noqa: E402


def additive(seeds=range(4), **options):
    options = {"device": "cpu", "seeds": seeds, **options}
    return additive_models([1.0, 2.0, 3.0, 4.0], [0.1, 0.2, 0.3], **options)


def deep(seeds=range(6), data=None, widths=(10, 12)):
    return networks(data or orthogonal(5, 6), widths, seeds=seeds, device="cpu")


def both(models, c=1.0):
    names = [("gradient_descent", "classical"), ("nesterov", "classical"), ("nesterov", "paper")]
    return [tuned(*name, models.mu, models.L1, c) for name in names]


def test_tunings_are_the_projects():
    problem = PartialStrongConvexity(mu=1, L1=16, L2=1, G1=1)
    one = torch.ones(1, dtype=torch.float64)
    for method, rule in (("gradient_descent", GradientDescent), ("nesterov", NesterovMomentum)):
        for name, constructor in rule.tunings.items():
            exact, found = constructor(problem, Fraction(1, 4)), tuned(method, name, one, 16 * one, 0.25)
            assert float(found.eta) == pytest.approx(float(exact.eta), rel=1e-15)
            assert float(found.beta) == pytest.approx(float(getattr(exact, "beta", 0)), abs=1e-15)


@pytest.mark.parametrize("rule", [GradientDescent, NesterovMomentum])
def test_a_quadratic_follows_the_exact_recursion(rule):
    """With sigma = identity and m = d = 1, f = (a x + s u - b)^2 / 2: the recursion in rational numbers."""
    models = additive_models([2.0], [0.5], activation="identity", seeds=[7], device="cpu")
    exact = rule.classical(PartialStrongConvexity(mu=1, L1=16, L2=1, G1=1))
    eta, beta = exact.eta, getattr(exact, "beta", Fraction(0))
    steps = 25
    numbers = (models.A1[0, 0, 0], models.A2[0, 0, 0], models.b[0, 0], models.start[0][0, 0], models.start[1][0, 0])
    a, s, b, x, u = (Fraction(float(number)) for number in numbers)
    eta_f, beta_f = (torch.tensor([float(number)], dtype=torch.float64) for number in (eta, beta))
    seen = run(models, [Tuning("exact", eta_f, beta_f)], steps)
    start, before, now = (x, u), (x, u), (x, u)
    for k in range(steps + 1):
        f = (a * now[0] + s * now[1] - b) ** 2 / 2
        assert float(seen.f[0, 0, k]) == pytest.approx(float(f), rel=1e-9)
        for part, name in enumerate(("x", "u")):
            moved, step = (now[part] - start[part]) ** 2, (now[part] - before[part]) ** 2
            assert float(getattr(seen, f"{name}2")[0, 0, k]) == pytest.approx(float(moved), rel=1e-9)
            assert float(getattr(seen, f"d{name}2")[0, 0, k]) == pytest.approx(float(step), rel=1e-6, abs=1e-25)
        y = tuple(p + beta * (p - q) for p, q in zip(now, before, strict=True))
        residual = a * y[0] + s * y[1] - b
        if k < steps:
            for name, slope in (("gx2", a), ("gu2", s)):
                assert float(getattr(seen, name)[0, 0, k + 1]) == pytest.approx(
                    float((slope * residual) ** 2), rel=1e-6
                )
        before, now = now, tuple(p - eta * g for p, g in zip(y, (a * residual, s * residual), strict=True))


def test_a_linear_model_keeps_the_proved_rate():
    """tau = 0.09 <= 1/8: the theorem for every condition number, theta = 3/4 with constant 2."""
    models = additive(seeds=range(20))
    seen = run(models, [tuned("nesterov", "classical", models.mu, models.L1)], 60)
    q = float((models.mu / models.L1).sqrt()[0])
    bound = 2 * (1 - 0.75 * q) ** seen.steps * seen.f[0, :, :1]
    assert bool((seen.f[0] <= bound).all())
    assert bool((seen.f[0, :, -1] < 1e-6 * seen.f[0, :, 0]).all())


@pytest.mark.parametrize("make", [additive, deep])
@pytest.mark.parametrize("chunk_bytes", [None, 1, 5000])
def test_a_batch_is_its_single_runs(make, chunk_bytes):
    models = make()
    c = 1.0 if make is additive else 0.3
    together = run(models, both(models, c), 12, chunk_bytes=chunk_bytes)
    assert together.f.shape == (3, len(models), 13)
    for seed in range(len(models)):
        single = make(seeds=[seed])
        alone = run(single, both(single, c), 12)
        for name in runs.QUANTITIES:
            ours, theirs = getattr(together, name)[:, seed], getattr(alone, name)[:, 0]
            assert torch.allclose(ours, theirs, rtol=1e-10, atol=1e-26, equal_nan=True), name
        for ours, theirs in zip(together.last, alone.last, strict=True):
            assert torch.allclose(ours[:, seed], theirs[:, 0], rtol=1e-10, atol=1e-14)


def test_a_network_follows_a_loop_of_autograd_steps():
    models = deep()
    tuning = tuned("nesterov", "paper", models.mu, models.L1, 0.3)
    seen = run(models, [tuning], 15)
    for i in range(len(models)):
        now = [part[i].clone() for part in models.start]
        before = [part.clone() for part in now]
        for k in range(1, 16):
            y = [(p + tuning.beta[i] * (p - q)).requires_grad_() for p, q in zip(now, before, strict=True)]
            value = (
                0.5 * ((torch.relu(torch.relu(models.inputs[i] @ y[0]) @ y[1]) @ y[2] - models.targets[i]) ** 2).sum()
            )
            gradient = torch.autograd.grad(value, y)
            before, now = now, [(p - tuning.eta[i] * g).detach() for p, g in zip(y, gradient, strict=True)]
            f = (
                0.5
                * ((torch.relu(torch.relu(models.inputs[i] @ now[0]) @ now[1]) @ now[2] - models.targets[i]) ** 2).sum()
            )
            assert float(seen.f[0, i, k]) == pytest.approx(float(f), rel=1e-10)
            whole = sum(float(((p - q) ** 2).sum()) for p, q in zip(now, before, strict=True))
            assert float(seen.dx2[0, i, k] + seen.du2[0, i, k]) == pytest.approx(whole, rel=1e-8)
            slopes = sum(float((g**2).sum()) for g in gradient)
            assert float(seen.gx2[0, i, k] + seen.gu2[0, i, k]) == pytest.approx(slopes, rel=1e-8)


@pytest.mark.parametrize("make", [additive, deep])
def test_seeds_reproduce(make):
    first, again, other = (make(seeds=seeds) for seeds in ([3, 5], [5, 3], [4, 5]))
    for a, b, c in zip(first.start, again.start, other.start, strict=True):
        assert torch.equal(a, b.flip(0))
        assert torch.equal(a[1], c[1])
        assert not torch.equal(a[0], c[0])


def test_records():
    models, seen = additive(), []
    tunings = both(models)
    full = run(models, tunings, 11, progress=lambda message, fraction: seen.append(fraction))
    some = run(models, tunings, 11, every=4, only_f=True)
    assert some.steps.tolist() == [0, 4, 8, 11]
    assert torch.equal(some.f, full.f[:, :, some.steps])
    assert some.dx2.numel() == 0
    assert seen[-1] == 1.0
    assert full.labels == ("gradient_descent classical", "nesterov classical", "nesterov paper")
    threads = torch.get_num_threads()
    run(models, tunings, 2, chunk_bytes=1)
    assert torch.get_num_threads() == threads


def test_a_run_that_diverges_is_a_verdict():
    models = additive()
    wild = Tuning(
        "wild", torch.tensor([1.0, 1e9, 0.05, 0.05], dtype=torch.float64), torch.zeros(4, dtype=torch.float64)
    )
    assert run(models, [wild], 300).verdicts == [["diverged", "diverged", "running", "running"]]
    all_wild = Tuning("wild", torch.full((4,), 1e9, dtype=torch.float64), wild.beta)
    seen = run(models, [all_wild], 300)
    assert seen.verdicts == [["diverged"] * 4]
    assert bool(seen.f[:, :, -1].isnan().all())
    steady = tuned("nesterov", "classical", models.mu, models.L1)
    assert run(models, [steady], 300).verdicts == [["converged"] * 4]


def test_a_network_that_diverges_is_a_verdict():
    models = deep()
    wild = Tuning("wild", torch.full((6,), 1e3, dtype=torch.float64), torch.zeros(6, dtype=torch.float64))
    (words,) = run(models, [wild], 40).verdicts
    assert "diverged" in words
    assert set(words) <= {"diverged", "running"}  # running: one step killed every relu, and f stays where it is


ERRORS = [
    torch.cuda.OutOfMemoryError("CUDA out of memory"),
    MemoryError(),
    RuntimeError("[enforce fail] DefaultCPUAllocator: not enough memory: you tried to allocate 8 bytes"),
    RuntimeError("DefaultCPUAllocator: can't allocate memory"),
]


@pytest.mark.parametrize("error", ERRORS, ids=str)
def test_a_batch_that_does_not_fit_is_split(error):
    sizes = []

    def chunk(first, stop):
        sizes.append(stop - first)
        if sizes[-1] > 3:
            raise error
        return first, stop

    assert list(Fitting().pieces(chunk, 0, 7)) == [(0, 3), (3, 6), (6, 7)]
    assert sizes == [7, 3, 3, 1]
    with pytest.raises(InvalidInput, match="one instance alone does not fit the memory"):
        list(Fitting().pieces(lambda a, b: chunk(0, 9), 0, 1))


def test_another_error_is_not_about_memory():
    def chunk(first, stop):
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        list(Fitting().pieces(chunk, 0, 7))


class Large(AdditiveModels):
    """More than two instances do not fit."""

    def take(self, chosen):
        if len(chosen) > 2:
            raise RuntimeError("DefaultCPUAllocator: not enough memory")
        return super().take(chosen)


def test_a_run_that_does_not_fit_goes_on_in_pieces(tmp_path):
    models = additive()
    large = Large(**{name: getattr(models, name) for name in models.__dataclass_fields__})
    expected, seen = run(models, both(models), 7), run(large, both(models), 7, checkpoint=tmp_path)
    assert torch.allclose(seen.f, expected.f, rtol=1e-12)
    assert torch.allclose(seen.last[1], expected.last[1], rtol=1e-12)


NAN = float("nan")
ONE = torch.ones(1, dtype=torch.float64)
BAD = {
    "NaN inputs": (lambda: Data("d", [[1.0, NAN]], [[1.0]]), "inputs has 1 entries that are not finite"),
    "NaN targets": (lambda: Data("d", [[1.0]], [[NAN]]), "targets has 1 entries"),
    "rows": (lambda: Data("d", [[1.0]], [[1.0], [2.0]]), "inputs have 1 rows and targets 2"),
    "words": (lambda: Data("d", "none", [[1.0]]), "inputs must be an array of numbers"),
    "NaN spectrum": (lambda: additive_models([NAN], [1.0]), "A1_singular_values has 1 entries"),
    "singular A1": (lambda: additive_models([0.0, 1.0], [1.0]), "A1_singular_values: the smallest, 0.0, must be > 0"),
    "empty A1": (lambda: additive_models([], [1.0]), "must not be empty"),
    "too many": (lambda: additive_models([1.0], [1.0, 2.0]), "at most 1 of them"),
    "d": (lambda: additive_models([1.0], [1.0], d=0), "d=0 must be >= 1"),
    "activation": (lambda: additive(activation="gelu"), "activation='gelu' must be one of relu, tanh, abs, identity"),
    "device": (lambda: additive(device="tpu"), "device='tpu' must be one of auto, cpu, cuda"),
    "no seeds": (lambda: additive(seeds=()), "at least one integer"),
    "seed": (lambda: additive(seeds=[-1]), "-1 must be an integer in"),
    "zero width": (lambda: deep(widths=(0, 8)), "width=0 must be an integer >= 1"),
    "no width": (lambda: deep(widths=()), "at least one hidden layer"),
    "narrow": (lambda: deep(widths=(8, 4)), r"width=4 of the last hidden layer must be >= n=5"),
    "init": (lambda: networks(gaussian(2, 2), [4], initialisation="he"), "initialisation='he' must be one of"),
    "orthogonal": (lambda: orthogonal(5, 4), "n=5 must be <= d0=4"),
    "duplicates": (lambda: both(deep(data=Data("d", [[1.0, 2.0]] * 2, [[1.0]] * 2))), "duplicate samples"),
    "method": (lambda: tuned("adam", "classical", ONE, ONE), "method='adam' must be one of"),
    "tuning": (lambda: tuned("nesterov", "best", ONE, ONE), "tuning='best' of nesterov must be one of"),
    "c": (lambda: tuned("nesterov", "paper", ONE, ONE, NAN), "c=nan must be > 0"),
    "mu": (lambda: tuned("nesterov", "paper", 2 * ONE, ONE), "every mu must be <= L1"),
    "eta": (lambda: Tuning("t", NAN * ONE, 0 * ONE), "every eta must be finite and > 0"),
    "beta": (lambda: Tuning("t", ONE, ONE), r"every beta must be in \[0, 1\)"),
    "steps": (lambda: run(additive(), both(additive()), 0), "steps=0 must be an integer >= 1"),
    "no tuning": (lambda: run(additive(), [], 1), "at least one Tuning"),
    "shape": (lambda: run(additive(), [Tuning("t", ONE, 0 * ONE)], 1), r"must have shape \(4,\)"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input(name):
    call, message = BAD[name]
    with pytest.raises(InvalidInput, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == EXIT_CODES["INVALID"] == 22


def test_cuda_that_is_not_there(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert device_of("auto").type == "cpu"
    with pytest.raises(InvalidInput, match="device='cuda' is not available here"):
        device_of("cuda")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
def test_the_same_on_cuda():
    for make in (additive, deep):
        models = make()
        device = make()
        there = type(device)(**{k: _moved(getattr(device, k)) for k in device.__dataclass_fields__})
        ours, theirs = run(models, both(models, 0.3), 12), run(there, both(there, 0.3), 12)
        assert torch.allclose(ours.f, theirs.f, rtol=1e-9)


def _moved(value):
    if isinstance(value, tuple):
        return tuple(part.cuda() for part in value)
    return value.cuda() if hasattr(value, "cuda") else value
