"""Data: shapes, lengths, determinism, and the sets that scikit-learn ships."""

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed (extra torch)")

from proofcheck.empirical import digits, gaussian, iris, networks, orthogonal, run, tuned  # noqa: E402
from proofcheck.errors import InvalidInput, NotSupported  # noqa: E402


@pytest.mark.parametrize("make", [orthogonal, gaussian])
def test_synthetic(make):
    data = make(4, 6, outputs=2, seed=1)
    assert (data.inputs.shape, data.targets.shape) == ((4, 6), (4, 2))
    assert torch.allclose(data.inputs.norm(dim=1), torch.full((4,), 6**0.5, dtype=torch.float64))
    assert set(data.targets.flatten().tolist()) <= {-1.0, 1.0}
    again, other = make(4, 6, outputs=2, seed=1), make(4, 6, outputs=2, seed=2)
    assert torch.equal(data.inputs, again.inputs)
    assert not torch.equal(data.inputs, other.inputs)


def test_orthogonal_inputs_are():
    rows = orthogonal(4, 6).inputs
    assert torch.allclose(rows @ rows.mT, 6 * torch.eye(4, dtype=torch.float64), atol=1e-13)


@pytest.mark.parametrize(("make", "d0", "size"), [(digits, 64, 1797), (iris, 4, 150)])
def test_shipped(make, d0, size):
    pytest.importorskip("sklearn", reason="scikit-learn is not installed (extra torch)")
    data = make(12)
    assert data.inputs.shape == (12, d0)
    assert torch.allclose(data.inputs.norm(dim=1), torch.full((12,), d0**0.5, dtype=torch.float64))
    assert set(data.targets.flatten().tolist()) == {-1.0, 1.0}
    assert make(size).inputs.shape == (size, d0)
    with pytest.raises(InvalidInput, match=f"n={size + 1} must be <= {size}"):
        make(size + 1)
    models = networks(data, [64], initialisation="zero_last", seeds=range(2), device="cpu")
    seen = run(models, [tuned("nesterov", "classical", models.mu, models.L1, 0.1)], 50)
    assert bool((seen.f[0, :, -1] < seen.f[0, :, 0]).all())


def test_without_scikit_learn(monkeypatch):
    from proofcheck.empirical import data

    monkeypatch.setattr(data.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(NotSupported, match="the digits need scikit-learn"):
        digits()
