"""A user's own module: against autograd and against `networks`, and everything that cannot be run."""

import copy
import dataclasses

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed (extra torch)")

from torch import nn  # noqa: E402

from proofcheck.empirical import Data, gaussian, module_models, networks, run, runs, tuned  # noqa: E402
from proofcheck.empirical.devices import generator, normal  # noqa: E402
from proofcheck.errors import InvalidInput  # noqa: E402

DATA = gaussian(4, 6, outputs=2)


class Named(nn.Module):
    def __init__(self, bias=True, width=24, last_bias=None):
        super().__init__()
        self.fc1 = nn.Linear(6, 16, bias=bias)
        self.fc2 = nn.Linear(16, width, bias=bias)
        self.fc3 = nn.Linear(width, 2, bias=bias if last_bias is None else last_bias)

    def forward(self, rows):
        return self.fc3(torch.relu(self.fc2(torch.relu(self.fc1(rows)))))


class Stubborn(Named):
    """Depends on a number taken out of a tensor, which vmap refuses."""

    def forward(self, rows):
        hidden = torch.tanh(self.fc2(torch.tanh(self.fc1(rows))))
        return self.fc3(hidden if bool(hidden.detach().sum() > -1e9) else -hidden)


class Normed(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Unflatten(1, (1, 6)), nn.Conv1d(1, 5, 3, padding=1), nn.BatchNorm1d(5), nn.Tanh())
        self.drop = nn.Dropout(0.5)
        self.head = nn.Linear(30, 2)
        self.body[2].running_mean.uniform_(-1, 1)

    def forward(self, rows):
        return self.head(input=self.drop(self.body(rows).flatten(1)))


def seeded(make, *given, **options):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        return make(*given, **options)


def frozen():
    module = seeded(Named)
    module.fc1.requires_grad_(False)
    module.fc3.bias.requires_grad_(False)
    return module


def in_place():
    return nn.Sequential(nn.ReLU(True), nn.Linear(6, 20), nn.ELU(1.0, True), nn.Linear(20, 2))


MODULES = {
    "bias": (lambda: seeded(Named), "fc3", True),
    "no bias": (lambda: seeded(Named, bias=False).double(), "fc3", True),
    "frozen": (frozen, "fc3", True),
    "conv": (lambda: seeded(Normed).eval(), "head", True),
    "stubborn": (lambda: seeded(Stubborn), "fc3", False),
    "in place": (lambda: seeded(in_place), "3", None),
}


def models_of(name, seeds=(1, 2, 3)):
    make, last, _ = MODULES[name]
    return module_models(make(), DATA, last=last, seeds=seeds, device="cpu")


def written_out(models, i, weights):
    """f of one instance by the module itself."""
    module = copy.deepcopy(models.module)
    output = torch.func.functional_call(module, dict(zip(models.names, weights, strict=True)), (DATA.inputs.clone(),))
    return 0.5 * (output - DATA.targets).square().sum()


@pytest.mark.parametrize("name", MODULES)
def test_value_and_gradient(name):
    models = models_of(name)
    assert MODULES[name][2] in (None, models.batched)
    point = tuple(part + 0.1 * normal(generator(3), *part.shape) for part in models.start)
    eta = torch.tensor([0.1, 0.2, 0.3], dtype=torch.float64)
    values, gradient = models.value(point), models.gradient(point)
    target = tuple(part.clone() for part in point)
    squares = models.descend(target, eta, True)
    assert all(torch.allclose(a, b) for a, b in zip(squares, models.measure(gradient), strict=True))
    for i in range(3):
        weights = [part[i].clone().requires_grad_() for part in point]
        f = written_out(models, i, weights)
        assert torch.allclose(values[i], f.detach(), rtol=1e-12)
        for old, new, ours, theirs in zip(point, target, gradient, torch.autograd.grad(f, weights), strict=True):
            assert torch.allclose(ours[i], theirs, rtol=1e-10, atol=1e-13)
            assert torch.allclose(new[i], old[i] - eta[i] * theirs, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("name", MODULES)
def test_the_parts(name):
    """f = 0 at x*(v), whose change touches x alone; lengths of the parts add up."""
    models = models_of(name)
    point = tuple(part + 0.01 * normal(generator(4), *part.shape) for part in models.start)
    change = models.basis.mT @ (models.minimiser(point) - models.coordinates(point))
    moved = (*point[:-1], point[-1] + change.mT)
    assert bool((models.value(moved) <= 1e-18 * models.value(point)).all())
    x, u = models.measure(tuple(new - old for new, old in zip(moved, point, strict=True)))
    assert bool((u <= 1e-20 * x).all())
    whole = sum(part.flatten(1).square().sum(dim=1) for part in point)
    assert torch.allclose(sum(models.measure(point)), whole)
    assert torch.allclose(models.inner_u(point, point), models.measure(point)[1])
    other = tuple(normal(generator(6), *part.shape) for part in point)
    products = sum((a * b).flatten(1).sum(dim=1) for a, b in zip(point, other, strict=True))
    in_x = (models.coordinates(point) * models.coordinates(other)).sum(dim=(1, 2))
    assert torch.allclose(models.inner_u(point, other) + in_x, products, rtol=1e-9)
    hidden = models.hidden(models.start)
    assert torch.allclose(torch.linalg.svdvals(hidden)[:, [0, -1]] ** 2, torch.stack([models.L1, models.mu], dim=1))


def test_the_same_as_networks():
    """A ReLU module without biases and the project's own network with its weights."""
    ours = networks(DATA, [16, 24], initialisation="lecun", seeds=[4], device="cpu")
    module = Named(bias=False).double()
    with torch.no_grad():
        for layer, part in zip((module.fc1, module.fc2, module.fc3), ours.start, strict=True):
            layer.weight.copy_(part[0].mT)
    theirs = module_models(module, DATA, last="fc3", device="cpu")
    assert torch.allclose(theirs.mu, ours.mu, rtol=1e-10)
    tunings = [tuned(name, "classical", ours.mu, ours.L1, 0.3) for name in ("nesterov", "gradient_descent")]
    one, other = run(ours, tunings, 25, features=True), run(theirs, tunings, 25, features=True)
    for name in (*runs.QUANTITIES, *runs.FEATURES):
        a, b = getattr(one, name).nan_to_num(), getattr(other, name).nan_to_num()
        assert torch.allclose(a, b, rtol=1e-7, atol=1e-12), name
    for a, b in zip(one.last, other.last, strict=True):
        assert torch.allclose(a, b.mT, rtol=1e-9)


@pytest.mark.parametrize("name", ["bias", "stubborn"])
def test_a_batch_is_its_single_runs(name, tmp_path):
    models = models_of(name)
    tunings = [tuned(method, "classical", models.mu, models.L1, 0.2) for method in ("nesterov", "gradient_descent")]
    together = run(models, tunings, 8, chunk_bytes=1, checkpoint=tmp_path)
    for seed in (1, 2, 3):
        single = models_of(name, seeds=[seed])
        alone = run(
            single, [tuned(m, "classical", single.mu, single.L1, 0.2) for m in ("nesterov", "gradient_descent")], 8
        )
        assert torch.allclose(together.f[:, seed - 1], alone.f[:, 0], rtol=1e-10)
    again = run(models_of(name), tunings, 8, checkpoint=tmp_path)
    assert torch.equal(together.f, again.f)
    with pytest.raises(InvalidInput, match="is of another experiment"):
        run(models_of(name, seeds=[1, 2, 4]), tunings, 8, checkpoint=tmp_path)


def test_at_once_or_one_after_the_other():
    models = models_of("bias")
    loop = dataclasses.replace(models, batched=False)
    assert torch.allclose(models.value(models.start), loop.value(models.start), rtol=1e-13)
    assert torch.allclose(models.hidden(models.start), loop.hidden(models.start), rtol=1e-13)
    for one, other in zip(models.gradient(models.start), loop.gradient(models.start), strict=True):
        assert torch.allclose(one, other, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("seeds", [None, [7, 8]])
def test_the_users_module_stays_as_it_is(seeds):
    module = seeded(Normed).eval()
    module.body.train()
    module.body[2].eval()
    before, flags = copy.deepcopy(module.state_dict()), [part.training for part in module.modules()]
    numbers, inputs = torch.get_rng_state(), DATA.inputs.clone()
    models = module_models(module, DATA, last="head", seeds=seeds, device="cpu")
    run(models, [tuned("nesterov", "classical", models.mu, models.L1, 0.1)], 5)
    after = module.state_dict()
    assert all(torch.equal(before[name], after[name]) and before[name].dtype == after[name].dtype for name in before)
    assert [part.training for part in module.modules()] == flags
    assert all(part.grad is None and part.requires_grad for part in module.parameters())
    assert not any(part._forward_hooks or part._forward_pre_hooks for part in module.modules())
    assert torch.equal(torch.get_rng_state(), numbers)
    assert torch.equal(DATA.inputs, inputs)


def test_starts():
    module = frozen()
    own = module_models(module, DATA, last="fc3", device="cpu")
    assert own.names == ("fc2.weight", "fc2.bias", "fc3.weight")
    assert len(own) == 1
    assert torch.equal(own.start[0][0], module.fc2.weight.detach().double())
    first, again = (module_models(module, DATA, last="fc3", seeds=seeds, device="cpu") for seeds in ([1, 2], [2, 1]))
    for a, b in zip(first.start, again.start, strict=True):
        assert torch.equal(a, b.flip(0))
        assert not torch.equal(a[0], a[1])
    for name, part in module.named_parameters():  # frozen ones are not drawn
        kept = dict(first.module.named_parameters())[name]
        assert torch.equal(kept, part.detach().double()) is (not part.requires_grad)


def changed(name, value):
    module = Named().double()
    with torch.no_grad():
        dict(module.named_parameters())[name][0] = value
    return module


class Own(nn.Module):
    """A layer with a parameter and no reset_parameters."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(6))
        self.fc3 = nn.Linear(6, 2)

    def forward(self, rows):
        return self.fc3(torch.tanh(rows * self.scale))


class Drawing(Named):
    def forward(self, rows):
        return super().forward(rows + torch.rand_like(rows))


class Counting(Named):
    def __init__(self):
        super().__init__()
        self.register_buffer("calls", torch.zeros(1))

    def forward(self, rows):
        self.calls += 1
        return super().forward(rows)


class Twice(Named):
    def forward(self, rows):
        return super().forward(rows) + 0 * super().forward(rows)


class After(Named):
    def forward(self, rows):
        return torch.sigmoid(super().forward(rows))


class Pair(Named):
    def forward(self, rows):
        return super().forward(rows), rows


class Broken(Named):
    def forward(self, rows):
        raise KeyError("of the user's own\nsecond line")


def tied():
    module = nn.Sequential(nn.Linear(6, 6), nn.Tanh(), nn.Linear(6, 6))
    module[2].weight = module[0].weight
    return module


def still():
    module = Named()
    module.fc3.weight.requires_grad_(False)
    return module


def overflow():
    module = Named().double()
    with torch.no_grad():
        module.fc1.bias.fill_(1e308)
        module.fc2.weight.fill_(1.0)
    return module


def complex_layer():
    module = Named()
    module.fc1.weight = nn.Parameter(torch.ones(16, 6, dtype=torch.complex64))
    return module


def parametrized():
    module = Named()
    nn.utils.parametrizations.weight_norm(module.fc3)
    return module


NAN = float("nan")
COPY = Data("d", [[1.0] * 6] * 2, [[1.0, 1.0]] * 2)
BAD = {
    "no such layer": (Named, {"last": "fc4"}, r"last='fc4' is no layer of the module; its layers: fc1, fc2, fc3$"),
    "the root": (Named, {"last": ""}, "last='' is no layer of the module"),
    "no layers": (nn.Identity, {}, "its layers: none"),
    "not linear": (lambda: nn.Sequential(nn.Linear(6, 2), nn.Tanh()), {"last": "1"}, "is a Tanh and must be a torch"),
    "no module": (lambda: torch.relu, {}, "module is a builtin_function_or_method and must be a torch.nn.Module"),
    "narrow": (lambda: Named(width=3), {}, r"the 3 features before 'fc3' must be >= n=4"),
    "NaN": (lambda: changed("fc2.weight", NAN), {}, r"fc2.weight has entries that are not finite"),
    "infinity": (lambda: changed("fc3.bias", float("inf")), {}, "fc3.bias has entries that are not finite"),
    "overflow": (overflow, {}, "module: the outputs have entries that are not finite numbers at the start"),
    "BatchNorm": (Normed, {"last": "head"}, r"BatchNorm1d 'body.2' is in training mode: call eval\(\) first"),
    "Dropout": (lambda: nn.Sequential(nn.Dropout(), nn.Linear(6, 2)), {"last": "1"}, "Dropout '0' is in training mode"),
    "drawing": (Drawing, {}, "a second call with the same inputs gives another result"),
    "counting": (Counting, {}, "a second call with the same inputs gives another result"),
    "twice": (Twice, {}, "last='fc3' must be called once"),
    "not the last": (Named, {"last": "fc2"}, "last='fc2' must be called once, on a matrix, and its output be that"),
    "sigmoid": (After, {}, "and its output be that of the module"),
    "a pair": (Pair, {}, r"the outputs are tuple and the targets \(4, 2\)"),
    "outputs": (Named, {"data": gaussian(4, 6)}, r"the outputs are \(4, 2\) and the targets \(4, 1\); must be equal"),
    "inputs": (Named, {"data": gaussian(4, 5, outputs=2)}, "module cannot be applied to the inputs: mat1 and mat2"),
    "broken": (Broken, {}, r"cannot be applied to the inputs: .of the user's own"),
    "lazy": (lambda: nn.Sequential(nn.LazyLinear(8), nn.Linear(8, 2)), {"last": "1"}, "0.weight has no values yet"),
    "complex": (complex_layer, {}, r"fc1.weight has dtype torch.complex64 and must be real"),
    "tied": (tied, {"last": "2", "data": gaussian(4, 6, outputs=6)}, "2.weight is also 0.weight"),
    "frozen": (still, {}, "fc3.weight must be a parameter that is trained"),
    "parametrized": (parametrized, {}, "fc3.weight must be a parameter that is trained"),
    "own": (Own, {"seeds": [1]}, r"seeds: Own '' has no reset_parameters\(\)"),
    "seed": (Named, {"seeds": [-1]}, "seeds: -1 must be an integer in"),
    "no seeds": (Named, {"seeds": []}, "seeds must hold at least one integer"),
    "logistic": (Named, {"loss": "logistic"}, "loss='logistic' breaks Assumption 6"),
    "loss": (Named, {"loss": "l1"}, "loss='l1' must be squared"),
    "device": (Named, {"device": "tpu"}, "device='tpu' must be one of auto, cpu, cuda"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_modules(name):
    make, options, message = BAD[name]
    options = {"data": DATA, "last": "fc3", "device": "cpu", **options}
    with pytest.raises(InvalidInput, match=message) as caught:
        module_models(make(), options.pop("data"), **options)
    assert "\n" not in str(caught.value)


def test_duplicate_samples():
    models = module_models(Named(), COPY, last="fc3", device="cpu")
    with pytest.raises(InvalidInput, match=r"mu=0 must be > 0 \(duplicate samples"):
        tuned("nesterov", "classical", models.mu, models.L1)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
def test_the_same_on_cuda():
    seen = []
    for device in ("cpu", "cuda"):
        models = module_models(seeded(Named), DATA, last="fc3", seeds=[1, 2], device=device)
        seen.append(run(models, [tuned("nesterov", "classical", models.mu, models.L1, 0.1)], 8, features=True))
    assert torch.allclose(seen[0].f, seen[1].f, rtol=1e-8)
    assert torch.allclose(seen[0].ee[:, :, 1:], seen[1].ee[:, :, 1:], rtol=1e-6)
