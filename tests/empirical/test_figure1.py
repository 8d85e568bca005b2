"""The paper's Figure 1 and its command."""

import csv
import statistics

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed (extra torch)")


def test_every_name_loads():
    from proofcheck import empirical

    for name in empirical.__all__:
        assert callable(getattr(empirical, name))


@pytest.fixture(scope="module")
def panels():
    from proofcheck.empirical import figure1

    return figure1(device="cpu")


def test_what_the_paper_sees(panels):
    assert [panel.sigma_max for panel in panels] == [0.01, 0.3, 5.0]
    assert [panel.tau for panel in panels] == pytest.approx([1e-4, 0.09, 25.0])
    shares = []
    for panel in panels:
        assert panel.rate("nesterov") < panel.rate("gradient_descent") - 0.1
        steps = [panel.curves["nesterov", name].mean[1:] for name in ("dx2", "du2")]
        assert all(row[-1] < 1e-10 * row[0] for row in steps)
        shares.append(statistics.median(u / x for x, u in zip(*steps, strict=True)))
    assert shares[0] < shares[1] < shares[2]  # |du|^2 comes closer to |dx|^2


def test_means_and_deviations():
    from proofcheck.empirical import additive_models, figure1, run, tuned

    (panel,) = figure1(couplings=[0.3], trials=3, steps=5, m=4, kappa=9, c=1, seed=2, device="cpu")
    models = additive_models([1, 5 / 3, 7 / 3, 3], [0.075, 0.15, 0.225, 0.3], seeds=[2, 3, 4], device="cpu")
    seen = run(models, [tuned("nesterov", "paper", models.mu, models.L1)], 5)
    for k in range(6):
        values = seen.f[0, :, k].tolist()
        assert panel.curves["nesterov", "f"].mean[k] == pytest.approx(statistics.mean(values), rel=1e-9)
        assert panel.curves["nesterov", "f"].std[k] == pytest.approx(statistics.pstdev(values), rel=1e-9)


def test_the_command(command, tmp_path, panels):
    code, lines, err = command("validate", "figure1", "--device", "cpu", "-o", tmp_path)
    assert (code, err, lines[-1]) == (13, [], "OBSERVED")
    rows = list(csv.DictReader((tmp_path / "figure1.csv").read_text().splitlines()))
    assert len(rows) == 3 * 2 * 3 * 101
    assert {row["status"] for row in rows} == {"OBSERVED"}
    first = [float(row["mean"]) for row in rows if (row["sigma_max_A2"], row["quantity"]) == ("5.0", "f")]
    assert first[:101] == list(panels[2].curves["nesterov", "f"].mean)
    assert (tmp_path / "figure1.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "figure1.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--device", "tpu", "device='tpu' must be one of auto, cpu, cuda"),
        ("--activation", "gelu", "activation='gelu' must be one of relu, tanh, abs, identity, or an Activation"),
        ("--tuning", "best", "tuning='best' of nesterov must be one of classical, paper"),
        ("--trials", "0", "trials=0 must be an integer >= 1"),
        ("--trials", "10001", "trials=10001 must be <= 10,000"),
        ("--steps", "1000001", "steps=1000001 must be <= 1,000,000"),
        ("--steps", "-1", "steps=-1 must be an integer >= 1"),
        ("--kappa", "nan", "kappa=nan must be finite and >= 1"),
        ("--c", "0", "c=0.0 must be > 0"),
        ("--seed", "-2", "seeds: -2 must be an integer in [0, 2^63)"),
    ],
)
def test_bad_options(command, option, value, message):
    assert command("validate", "figure1", option, value) == (22, [], [message])


def test_a_step_that_is_too_long(command, tmp_path):
    code, lines, err = command("validate", "figure1", "--c", "1000", "--trials", "2", "--device", "cpu", "-o", tmp_path)
    assert (code, err, lines[-1]) == (13, [], "OBSERVED")
    assert [line.split()[-1] for line in lines[2:8]] == ["2"] * 6
