"""Several groups in one call, and scales of the first layer and of the targets."""

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed (extra torch)")

from proofcheck.empirical import Data, additive_models, gaussian, networks, run, run_all, runs, tuned  # noqa: E402
from proofcheck.errors import InvalidInput  # noqa: E402


def deep(width=10, **options):
    options = {"data": gaussian(4, 6), "seeds": range(3), **options}
    return networks(options.pop("data"), [width], device="cpu", **options)


def both(models, c=0.5):
    return [tuned(name, "classical", models.mu, models.L1, c) for name in ("nesterov", "gradient_descent")]


def groups():
    small = additive_models([1.0, 2.0], [0.3], seeds=range(4), device="cpu")
    found = [small, *(deep(width, target_scale=scale) for width in (8, 32) for scale in (0.5, 2.0))]
    return [(models, both(models)) for models in found]


@pytest.mark.parametrize("chunk_bytes", [None, 1, 3000])
def test_a_group_is_the_run_of_its_own(chunk_bytes):
    asked, seen = groups(), []
    found = run_all(
        asked, 9, chunk_bytes=chunk_bytes, progress=lambda message, fraction: seen.append((message, fraction))
    )
    assert len(found) == 5
    for (models, tunings), together in zip(asked, found, strict=True):
        alone = run(models, tunings, 9, chunk_bytes=chunk_bytes)
        assert alone.labels == together.labels
        for name in runs.QUANTITIES:
            ours, theirs = getattr(together, name), getattr(alone, name)
            assert torch.equal(ours.nan_to_num(), theirs.nan_to_num()), name
        assert all(map(torch.equal, together.last, alone.last))
    rows = 2 * (4 + 4 * 3)
    assert seen[-1] == (f"runs ({rows} of {rows})", 1.0)
    fractions = [fraction for _, fraction in seen]
    assert fractions == sorted(fractions)


def test_the_order_of_groups_does_not_matter():
    forward, backward = run_all(groups(), 7), run_all(groups()[::-1], 7)
    for one, other in zip(forward, backward[::-1], strict=True):
        assert torch.equal(one.f, other.f)


def test_the_first_layer_is_scaled():
    """relu is positively homogeneous: s times the first layer is s times the hidden layer."""
    plain, scaled = deep(), deep(first_scale=4.0)
    assert torch.equal(scaled.start[0], 4 * plain.start[0])
    assert torch.equal(scaled.start[1], plain.start[1])
    assert torch.allclose(scaled.mu, 16 * plain.mu, rtol=1e-9)
    assert torch.allclose(scaled.L1, 16 * plain.L1, rtol=1e-9)


def test_the_targets_are_scaled():
    plain, scaled = deep(initialisation="zero_last"), deep(initialisation="zero_last", target_scale=3.0)
    assert torch.equal(scaled.targets, 3 * plain.targets)
    assert torch.allclose(scaled.value(scaled.start), 9 * plain.value(plain.start))


def test_zero_targets():
    still = deep(initialisation="zero_last", target_scale=0.0)
    seen = run(still, both(still), 5)
    assert seen.verdicts == [["converged"] * 3] * 2
    assert float(seen.f.abs().max()) == 0.0
    moving = deep(target_scale=0)
    seen = run(moving, both(moving, 0.1), 5)
    assert seen.verdicts == [["running"] * 3] * 2
    assert bool((seen.f[:, :, -1] < seen.f[:, :, 0]).all())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"first_scale": 0.0}, "first_scale=0.0 must be a finite number > 0"),
        ({"first_scale": -1}, "first_scale=-1 must be a finite number > 0"),
        ({"first_scale": "2"}, "first_scale='2' must be a finite number > 0"),
        ({"first_scale": 1e308}, "the last hidden layer has entries that are not finite numbers at the start"),
        ({"target_scale": float("nan")}, "target_scale=nan must be a finite number >= 0"),
        ({"target_scale": -0.5}, "target_scale=-0.5 must be a finite number >= 0"),
        ({"target_scale": float("inf")}, "target_scale=inf must be a finite number >= 0"),
        ({"loss": "logistic"}, "loss='logistic' breaks Assumption 6"),
        ({"loss": "hinge"}, "loss='hinge' must be squared"),
    ],
)
def test_bad_options(options, message):
    data = Data("big", 100 * gaussian(4, 6).inputs, gaussian(4, 6).targets)
    with pytest.raises(InvalidInput, match=message):
        deep(data=data, **options)


def test_bad_groups():
    with pytest.raises(InvalidInput, match="groups must hold at least one pair"):
        run_all([], 3)
    asked = groups()
    with pytest.raises(InvalidInput, match=r"must have shape \(3,\)"):
        run_all([asked[0], (asked[1][0], asked[0][1])], 3)
    with pytest.raises(InvalidInput, match="at least one Tuning"):
        run_all([asked[0], (asked[1][0], [])], 3)
