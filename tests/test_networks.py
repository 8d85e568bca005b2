"""Certificates of networks: what is proved is true along exact runs, what fails says why, files are bound."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from proofcheck import kept, theorem_case
from proofcheck.discover import network_hints, network_plan
from proofcheck.documents import verdict
from proofcheck.errors import InvalidInput, NotSupported
from proofcheck.families import document
from proofcheck.kernel.__main__ import main as kernel_main
from proofcheck.networks import certify_network, smallest_width

SIGNS = np.array([[1.0], [-1.0], [1.0], [1.0]])


def drawn(width=256, n=4, seed=0, hidden=(), outputs=1):
    """Orthogonal inputs of length sqrt(n), a start as the floors have it."""
    source = np.random.default_rng(seed)
    inputs = np.linalg.qr(source.standard_normal((n, n)))[0] * n**0.5
    targets = source.choice([-1.0, 1.0], (n, outputs))
    sizes = [n, *hidden, width]
    weights = [source.standard_normal((a, b)) / a**0.5 for a, b in pairwise(sizes)]
    return inputs, targets, [*weights, np.zeros((width, outputs))]


@pytest.fixture(scope="module")
def proved():
    arrays = drawn()
    return arrays, certify_network(*arrays)


def run(arrays, method, steps):
    """Momentum with gradients from the definition, in float64."""
    inputs, targets, weights = arrays
    now, before, values = [w.copy() for w in weights], [w.copy() for w in weights], []
    for _ in range(steps + 1):
        layers = [inputs]
        for weight in now[:-1]:
            layers.append(np.maximum(layers[-1] @ weight, 0))
        values.append(0.5 * np.square(layers[-1] @ now[-1] - targets).sum())
        ahead = [a + method["beta"] * (a - b) for a, b in zip(now, before, strict=True)]
        layers = [inputs]
        for weight in ahead[:-1]:
            layers.append(np.maximum(layers[-1] @ weight, 0))
        back, gradients = layers[-1] @ ahead[-1] - targets, []
        for layer, weight in zip(layers[::-1], ahead[::-1], strict=True):
            gradients.append(layer.T @ back)
            back = (back @ weight.T) * (layer > 0)
        before, now = now, [a - method["eta"] * g for a, g in zip(ahead, gradients[::-1], strict=True)]
    return np.array(values), now


def numbers(result):
    return {key: float(Fraction(value)) for key, value in result.claim["method"].items() if key != "name"}


@pytest.mark.parametrize("hidden", [(), (128,)])
@pytest.mark.parametrize("outputs", [1, 2])
def test_the_bound_and_the_radii_hold_along_a_run(hidden, outputs):
    arrays = drawn(2048 if hidden else 512, hidden=hidden, outputs=outputs)
    result = certify_network(*arrays)
    assert (result.status, result.check().word) == ("PROVED", "PROVED")
    values, last = run(arrays, numbers(result), 60)
    rate, constant = float(result.rate), float(result.constant)
    assert (values <= constant * rate ** np.arange(61) * values[0] + 1e-25).all()
    assert values[-1] < 1e-3 * values[0]
    radii = {key: float(Fraction(value)) for key, value in result.claim["statement"]["radii"].items()}
    moved = [a - b for a, b in zip(last, arrays[2], strict=True)]
    hidden_layer = arrays[0]
    for weight in arrays[2][:-1]:
        hidden_layer = np.maximum(hidden_layer @ weight, 0)
    rows = np.linalg.svd(hidden_layer, full_matrices=False)[2]
    inside = rows @ moved[-1]
    outside = moved[-1] - rows.T @ inside
    assert 0 < np.linalg.norm(inside) <= radii["x"]
    assert sum(np.square(part).sum() for part in (*moved[:-1], outside)) <= radii["u"] ** 2


def test_a_start_that_is_not_zero_in_the_last_layer():
    inputs, targets, weights = drawn(512)
    weights[-1] = np.random.default_rng(1).standard_normal(weights[-1].shape) / 512
    result = certify_network(inputs, targets, weights)
    assert result.status == result.check().word == "PROVED"
    values, _ = run((inputs, targets, weights), numbers(result), 40)
    assert (values <= float(result.constant) * float(result.rate) ** np.arange(41) * values[0]).all()


def test_a_smaller_last_hidden_layer_in_depth_three():
    """The weights of the last hidden layer have more rows than columns."""
    result = certify_network(*drawn(64, n=2, hidden=(128,)))
    assert result.status in ("PROVED", "UNDECIDED")
    assert result.check().word == result.status


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_sixteen_orthogonal_inputs_at_half_the_required_width(seed):
    result = certify_network(*drawn(512, n=16, seed=seed))
    assert result.status == result.check().word == "PROVED"
    assert result.rate < Fraction(9, 10)


def test_exact_numbers_are_in_the_claim(proved):
    _, result = proved
    method, statement = result.claim["method"], result.claim["statement"]
    q = (1 - Fraction(method["beta"])) / (1 + Fraction(method["beta"]))
    assert 0 < q < 1
    assert Fraction(statement["rate"]) in (1 - q / 2, 1 - 3 * q / 4)
    assert result.numbers["kappa"] == pytest.approx(float(1 / q**2), rel=1e-3)
    assert "under no premise" in result.explain()


@pytest.mark.parametrize(
    ("key", "change"),
    [("rate", Fraction(-1, 1000)), ("constant", Fraction(-1, 1000)), ("x", Fraction(-1, 50)), ("u", Fraction(-1, 50))],
)
def test_a_smaller_number_is_refused(proved, key, change):
    from proofcheck.kernel.wire import digest

    _, result = proved
    statement = {**result.claim["statement"], "radii": dict(result.claim["statement"]["radii"])}
    table = statement if key in statement else statement["radii"]
    table[key] = str(Fraction(table[key]) * (1 + change))
    claim = {**result.claim, "statement": statement}
    answer = type(result)("", "", claim, {**result.certificate, "claim": digest(claim)}, result.files).check()
    assert answer.word == "REJECTED"


def test_files_are_bound(proved, tmp_path, capsys):
    _, result = proved
    folder = result.save(tmp_path / "net")
    names = [str(folder / name) for name in ("claim.json", "cert.json")]
    assert kernel_main(names) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "PROVED"
    data = bytearray((folder / "weights.f64").read_bytes())
    data[3] ^= 1
    (folder / "weights.f64").write_bytes(data)
    assert kernel_main(names) == 22
    assert "SHA-256" in capsys.readouterr().err
    (folder / "weights.f64").unlink()
    assert kernel_main(names) == 22


def test_too_narrow_a_network_says_what_misses_and_by_how_much():
    result = certify_network(*drawn(24), scales=True)
    assert result.status == "UNDECIDED"
    assert result.claim is None
    name, factor = max(result.numbers["factors"].items(), key=lambda entry: entry[1])
    assert factor > 1
    assert f"{name} {factor:.3g} times" in result.reason
    scales = result.numbers["scales"]
    assert scales["targets"] < 1 < scales["first"]


@pytest.mark.parametrize("which", ["targets", "first"])
def test_the_scale_that_is_named_certifies_and_a_little_less_does_not(which):
    inputs, targets, weights = drawn(40)
    scale = certify_network(inputs, targets, weights, scales=True).numbers["scales"][which]
    for factor, word in (
        (0.99 if which == "targets" else 1.01, "PROVED"),
        (1.02 if which == "targets" else 0.98, "UNDECIDED"),
    ):
        if which == "targets":
            result = certify_network(inputs, factor * scale * targets, weights)
        else:
            result = certify_network(inputs, targets, [factor * scale * weights[0], weights[1]])
        assert result.status == word, result.reason


def test_duplicate_samples_are_undecided():
    inputs, targets, weights = drawn()
    inputs[1] = inputs[0]
    result = certify_network(inputs, targets, weights)
    assert result.status == "UNDECIDED"
    assert "duplicate samples" in result.reason


def test_zero_targets_stay_at_zero():
    inputs, targets, weights = drawn()
    result = certify_network(inputs, 0 * targets, weights)
    assert result.status == result.check().word == "PROVED"
    assert result.claim["statement"]["radii"] == {"x": "0", "u": "0"}


def bad(name):
    inputs, targets, weights = drawn(8)
    if name == "nan":
        inputs[2, 1] = np.nan
    elif name == "infinite weight":
        weights[0][0, 0] = np.inf
    elif name == "rows":
        targets = targets[:3]
    elif name == "narrow":
        inputs, targets = np.vstack([inputs] * 3), np.vstack([targets] * 3)
    elif name == "one layer":
        weights = weights[:1]
    elif name == "chain":
        weights[1] = weights[1][:5]
    elif name == "outputs":
        targets = np.hstack([targets, targets])
    elif name == "vector":
        targets = targets[:, 0]
    elif name == "text":
        inputs = [["a"]]
    elif name == "complex":
        inputs = inputs * 1j
    elif name == "empty":
        inputs = np.zeros((0, 4))
    return inputs, targets, weights


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nan", "inputs[2, 1]=nan must be finite"),
        ("infinite weight", "weights[0][0, 0]=inf must be finite"),
        ("rows", "inputs have 4 rows and targets 3"),
        ("narrow", "n=12 must be <= 8"),
        ("one layer", "weights: 1 matrices"),
        ("chain", "weights[1] has 5 rows, 8 are needed"),
        ("outputs", "1 outputs and the targets 2"),
        ("vector", "targets has the shape (4,)"),
        ("text", "inputs must be an array of real numbers"),
        ("complex", "inputs must be an array of real numbers"),
        ("empty", "inputs has the shape (0, 4)"),
    ],
)
def test_bad_input_is_one_line(name, message):
    with pytest.raises(InvalidInput) as error:
        certify_network(*bad(name))
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_large_numbers_leave_too_few_bits():
    inputs, targets, weights = drawn(8)
    with pytest.raises(NotSupported, match="need more than 62 bits"):
        certify_network(1e11 * inputs, targets, [1e11 * weights[0], weights[1]])
    with pytest.raises(NotSupported, match=r"inputs: a number above 2\^40"):
        certify_network(1e200 * inputs, targets, weights)


def test_scales_need_a_last_layer_of_zeros():
    inputs, targets, weights = drawn(8)
    weights[1] = weights[1] + 0.01
    result = certify_network(inputs, targets, weights, scales=True)
    assert result.status == "UNDECIDED"
    assert "scales are looked for where the last layer is 0" in result.reason


def test_more_layers_than_the_kernel_takes():
    inputs, targets, _ = drawn(8)
    weights = [np.eye(4)] * 8 + [np.ones((4, 1))]
    with pytest.raises(NotSupported, match="widths: 10 entries, the limit is 9"):
        certify_network(inputs + 1, targets, weights)


def test_the_smallest_width_fits_and_the_doubling_ends():
    inputs, targets, _ = drawn()
    found, tried = smallest_width(inputs, targets, lambda width: drawn(width)[2], 4, 4096)
    assert found is not None
    assert tried[found] <= 1 < tried[4]
    assert smallest_width(inputs, targets, lambda width: drawn(width)[2], 4, 8)[0] is None


def test_floating_point_plans_agree_with_the_kernel(proved):
    """The bounds in floating point and the kernel's: the same start, the same constants."""
    from proofcheck.kernel.networks.balls import spread
    from proofcheck.kernel.networks.claim import read
    from proofcheck.kernel.networks.layers import start

    (inputs, targets, weights), result = proved
    begin = start(read(result.claim), result.files["data"], result.files["weights"], result.certificate)
    exact = network_plan.Sizes.of(begin)
    sizes = network_hints.hints(inputs, targets, weights).sizes
    for key in ("lowest", "highest", "least", "value", "distance"):
        assert getattr(sizes, key) == pytest.approx(getattr(exact, key), rel=1e-3)
    assert sizes.layers == pytest.approx(exact.layers, rel=3e-3)  # traces of powers are a little larger
    radii = {"x": Fraction(1, 3), "u": Fraction(1, 7)}
    moved, slope = spread(begin, radii)
    assert exact.over(1 / 7)[0] == pytest.approx(float(moved))
    assert exact.slope(1 / 3, 1 / 7) == pytest.approx(float(slope))


@pytest.mark.parametrize("name", kept.THEOREMS)
def test_kept_theorems_are_what_their_cases_ask_for(name, cases):
    claim, certificate = kept.theorem(name)
    assert verdict(claim, certificate).word == "PROVED"
    case = theorem_case.load(cases / "theorems" / f"{name}.toml")
    assert claim["class"]["tau"] == document(case.problem.tau)
    assert claim["statement"]["rate"] == document(case.request.rate)
    near = None if case.start is None else document(case.start)
    assert claim["class"]["balls"].get("start") == near
    assert claim["method"] == case.method.document()


def test_more_is_kept_for_nearer_starts():
    """The radii at q = 1/20 shrink with the distance that is assumed, which is why several theorems are kept."""
    found = {known.name: known for known in network_plan.known()}
    names = [
        f"nesterov_classical_tau_1_4_{end}" for end in ("in_balls", "near_3_4", "near_1_2", "near_1_4", "near_1_8")
    ]
    for radius in ("x", "u"):
        values = [getattr(found[name], radius)(0.05) for name in names]
        assert values == sorted(values, reverse=True)
        assert values[-1] < 0.65 * values[0]
