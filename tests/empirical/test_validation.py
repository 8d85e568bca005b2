"""Runs beside proofs: forms against a second derivation, made-up violations, divergence, resume, the command."""

import csv
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed (extra torch)")

from proofcheck import kept  # noqa: E402
from proofcheck.empirical import (  # noqa: E402
    additive_models,
    experiment,
    gaussian,
    networks,
    orthogonal,
    run,
    tables,
    tuned,
    validation,
)
from proofcheck.empirical.bounds import at, load_bound  # noqa: E402
from proofcheck.empirical.checks import Check, Constants, assumptions, seen_lipschitz  # noqa: E402
from proofcheck.empirical.devices import one_thread  # noqa: E402
from proofcheck.empirical.experiment import Assumed, Rule  # noqa: E402
from proofcheck.empirical.given import known  # noqa: E402
from proofcheck.empirical.groups import InstanceGroup  # noqa: E402
from proofcheck.empirical.paper import nesterov_checks, potential  # noqa: E402
from proofcheck.empirical.proved import fitted_rate, lyapunov, start_checks, theorem_checks  # noqa: E402
from proofcheck.empirical.trace import trace  # noqa: E402
from proofcheck.errors import InvalidInput  # noqa: E402
from proofcheck.kernel.wire import canonical_bytes  # noqa: E402

EXPERIMENTS = Path(__file__).parents[2] / "cases/experiments"
CLASSICAL = "nesterov_classical_tau_1_4_in_balls"
NEAR = "nesterov_classical_tau_1_4_near_1_2"
RULE = Rule("nesterov", "classical", 1.0)


def additive(**options):
    given = {"A1_singular_values": [1.0, 2.0, 3.0], "A2_singular_values": [0.2, 0.5], "d": 3, "activation": "tanh"}
    return InstanceGroup("additive", "a", (0, 1), {**given, **options})


def deep(widths=(12, 60)):
    return networks(gaussian(4, 6, outputs=2), widths, seeds=range(2), device="cpu")


def seen(models, steps=12, tuning="classical", c=1.0):
    rule = tuned("nesterov", tuning, models.mu, models.L1, c)
    with one_thread():
        return rule, trace(models, rule, steps)


def given(models, rule, G1, G2=None, c=1.0):
    G2 = G1 if G2 is None else G2
    empty = ("",) * len(models)
    return Constants(models.mu, models.L1, G1, G2, c, rule.eta, rule.beta, empty, empty)


@pytest.fixture(scope="module")
def classical():
    return load_bound(CLASSICAL)


@pytest.mark.parametrize("models", [lambda: additive().build("cpu"), deep], ids=["additive", "networks"])
def test_the_second_pass_agrees_with_the_run(models):
    models = models()
    rule, found = seen(models)
    whole = run(models, [rule], 12, features=True)
    pairs = {"f": "f", "fq": "fq", "ee": "ee", "ed": "ed", "eg": "eg", "dg": "dg", "hw": "hw", "dd": "dx2", "hh": "du2"}
    pairs |= {"gg": "gx2", "ww": "gu2", "rx": "x2", "ru": "u2"}
    for mine, theirs in pairs.items():
        ours, other = getattr(found, mine)[:, 1:], getattr(whole, theirs)[0, :, 1:]
        assert float((ours - other).abs().max()) <= 1e-9 * float(other.abs().max()), mine


def test_the_slice_is_f():
    models = deep()
    _, found = seen(models, 3)
    eigenvalues = []
    for i in range(2):
        u = tuple(part[i] for part in models.start)

        def f(x, u=u, i=i):
            last = u[-1] + models.basis[i].mT @ (x - models.basis[i] @ u[-1])
            layer = models.inputs[i]
            for weight in u[:-1]:
                layer = torch.relu(layer @ weight)
            return 0.5 * ((layer @ last - models.targets[i]) ** 2).sum()

        x = models.basis[i] @ u[-1]
        hessian = torch.autograd.functional.hessian(f, x).reshape(x.numel(), x.numel())
        eigenvalues.append(torch.linalg.eigvalsh(hessian)[[0, -1]])
    low, high = torch.stack(eigenvalues).T
    assert torch.allclose(found.low[:, 0], low, rtol=1e-8)
    assert torch.allclose(found.high[:, 0], high, rtol=1e-8)


def test_the_certificates_function_in_its_own_units(classical):
    """V_k with f times c/L1, u over G1 sqrt(2 L2 c/L1) and rational coefficients, as the kernel defines it."""
    models = additive().build("cpu")
    rule, found = seen(models)
    constants = given(models, rule, models.G1)
    mine = lyapunov(classical, found, constants)
    k, q, s = 5, 1 / 3, 1 / 9  # L1 = 9, mu = 1, c = 1
    unit = 0.5 * (2 * s) ** 0.5
    exact = Fraction(1, 3)
    for row in range(2):
        e, d, g = ("ee", "ed", "eg"), ("ed", "dd", "dg"), ("eg", "dg", "gg")
        scale = (1, 1, s)
        total = sum(
            float(classical.x[i][j](exact)) * float(getattr(found, (e, d, g)[i][j])[row, k]) * scale[i] * scale[j]
            for i in range(3)
            for j in range(3)
        )
        h, w = ("hh", "hw"), ("hw", "ww")
        scale = (1 / unit, s / unit)
        total += sum(
            float(classical.u[i][j](exact)) * float(getattr(found, (h, w)[i][j])[row, k]) * scale[i] * scale[j]
            for i in range(2)
            for j in range(2)
        )
        total += s * sum(
            float(a(exact)) * float(v[row, k]) for a, v in zip(classical.values, (found.f, found.fq), strict=True)
        )
        assert float(mine[row, k]) * s == pytest.approx(total, rel=1e-12)
    assert float(at(classical.rate, torch.tensor(q, dtype=torch.float64))) == pytest.approx(5 / 6)


def test_the_papers_potential(classical):
    """phi_k from z_k itself, for f = (a x + s u - b)^2/2 written out."""
    models = additive_models([2.0], [0.5], activation="identity", seeds=[7], device="cpu")
    models = replace(models, mu=models.mu / 4)
    rule, found = seen(models, 8, "paper", 0.4)
    phi, gamma, Q1 = potential(found, given(models, rule, models.G1, c=0.4))
    a, s, b = (float(m.flatten()[0]) for m in (models.A1, models.A2, models.b))
    eta, beta, lam = float(rule.eta), float(rule.beta), (1 + float(gamma)) ** 3 - 1
    assert float(Q1) == pytest.approx(lam**2 / (2 * eta * (1 + float(gamma)) ** 5))
    assert 1 / (1 + float(gamma)) == pytest.approx(1 - 0.4 / (2 * 2))
    x = before = (float(models.start[0]), float(models.start[1]))
    y = x
    for k in range(8):
        star, slope = (b - s * y[1]) / a, a * (a * y[0] + s * y[1] - b)
        y = tuple(n + beta * (n - o) for n, o in zip(x, before, strict=True))
        z = (1 - beta * lam) / (beta * lam) * (y[0] - x[0]) + y[0]
        expected = 0.5 * (a * x[0] + s * x[1] - b) ** 2 + float(Q1) * (z - star) ** 2 + eta / 8 * slope**2
        assert float(phi[0, k]) == pytest.approx(expected, rel=1e-9)
        residual = a * y[0] + s * y[1] - b
        before, x = x, (y[0] - eta * a * residual, y[1] - eta * s * residual)


def test_a_wrong_mu_fails_at_the_right_step():
    """The eigenvalues are what they are: A1 fails exactly where the claimed mu is above them."""
    models = deep()
    rule, found = seen(models)
    mu = found.low[:, :4].amin(dim=1)  # above the eigenvalues from step 4 on, if they fall further
    row = 0
    first = next((k for k in range(13) if float(found.low[row, k]) < float(mu[row]) * (1 - 1e-9)), None)
    G1, G2 = seen_lipschitz(found)
    check = assumptions(found, replace(given(models, rule, G1, G2), mu=mu))[0]
    assert check.name.startswith("A1")
    assert check.finding(row).first_violation == first
    assert assumptions(found, replace(given(models, rule, G1, G2), mu=2 * models.mu))[0].finding(0).first_violation == 0


def test_observed_lipschitz_constants_are_the_smallest():
    models = deep()
    rule, found = seen(models)
    G1, G2 = seen_lipschitz(found)
    tight = given(models, rule, G1, G2)
    names = ("A3", "A5", "step_bound")
    for constants, worst in ((tight, 0), (replace(tight, G1=0.99 * G1, G2=0.99 * G2), -1)):
        checks = [check for check in assumptions(found, constants) if check.name.startswith(names)]
        violated = [any(check.finding(row).violations for check in checks if check.name[:2] == name[:2])
                    for row in range(2) for name in ("A5", "A3")]  # fmt: skip
        assert not any(violated) if worst == 0 else all(violated[::2])


@pytest.mark.parametrize(("factor", "broken"), [(1.0, False), (4.0, True)])
def test_a_wrong_G1_breaks_what_needs_it(factor, broken):
    models = additive(A2_singular_values=[0.5, 0.5, 0.5], activation="identity").build("cpu")
    rule, found = seen(models)
    checks = assumptions(found, given(models, rule, models.G1 / factor, 3 * models.G1))
    assert any(check.finding(0).violations for check in checks) is broken


def test_slack():
    def check(left, right, **options):
        return Check("bound", "t", *(torch.tensor([side], dtype=torch.float64) for side in (left, right)), **options)

    found = check([1.0, 3.0, 0.0, 2.0], [2.0, 2.0, 0.0, float("nan")], first=5).finding(0)
    assert (found.checked, found.at, found.violations, found.first_violation, found.word) == (2, 6, 1, 6, "violated")
    assert (found.slack, found.size) == pytest.approx((-1 / 3, 1.5))
    assert check([1.0], [1 - 1e-8]).finding(0).word == "holds"
    assert check([1.0], [1 - 1e-8], tolerance=1e-9).finding(0).word == "violated"
    assert check([1e-12], [0.0], noise=torch.tensor([[1e-13]])).finding(0).word == "not checked"
    assert check([1e-9], [0.0], noise=torch.tensor([[1e-13]])).finding(0).size is None
    assert check([0.0], [0.0]).finding(0).word == "not checked"


def test_rates_are_fitted():
    f = 3 * 0.5 ** torch.arange(100, dtype=torch.float64)
    assert fitted_rate(f) == pytest.approx(0.5)
    assert fitted_rate(f[:5]) is None
    assert fitted_rate(torch.cat([f[:20], torch.full((30,), torch.nan)])) == pytest.approx(0.5)


def test_only_what_is_proved_is_compared(tmp_path, classical):
    assert classical.is_about("nesterov", "classical")
    assert not classical.is_about("nesterov", "paper")
    claim, certificate = (canonical_bytes(part).decode() for part in kept.theorem(CLASSICAL))
    (tmp_path / "cert.json").write_text(certificate)
    with pytest.raises(InvalidInput, match=r"claim\.json: cannot be read"):
        load_bound(tmp_path)
    (tmp_path / "claim.json").write_text(claim)
    assert load_bound(tmp_path) == replace(classical, name=tmp_path.name)
    (tmp_path / "claim.json").write_text(claim.replace("-1/2", "-5/8"))
    with pytest.raises(InvalidInput, match="only what is PROVED is compared, and the kernel says REJECTED"):
        load_bound(tmp_path)
    corpus = Path(__file__).parents[1] / "kernel/corpus/accept"
    for name, message in (
        ("gradient-descent-distance-1-step-tight", "must be a linear_rate of the objective_gap for every"),
        ("every-q-classical-smooth", "the class must be partial_strong_convexity"),
    ):
        for part in ("claim", "cert"):
            (tmp_path / f"{part}.json").write_bytes((corpus / f"{name}.{part}.json").read_bytes())
        with pytest.raises(InvalidInput, match=message):
            load_bound(tmp_path)


@pytest.mark.parametrize("name", kept.NAMES)
def test_what_is_kept_is_proved(name):
    found = load_bound(name)
    assert found.name == name
    assert (found.balls is not None and "start" in found.balls) == ("near" in name)


def test_a_kept_theorem_that_is_not_proved(monkeypatch):
    claim, certificate = kept.theorem(CLASSICAL)
    monkeypatch.setattr(kept, "theorem", lambda name: ({**claim, "title": "another"}, certificate))
    with pytest.raises(InvalidInput, match=f"{CLASSICAL}: only what is PROVED is compared"):
        load_bound(CLASSICAL)


EXPERIMENT = f"""
format = "proofcheck-experiment/1"
title = "test"
steps = 25
theorems = ["kept:{CLASSICAL}"]
CONSTANTS
[[instances]]
kind = "additive"
name = "a"
A1 = [1, 2, 3]
A2 = [0.2, 0.5]
activation = "abs"
seeds = 2
[[instances]]
kind = "networks"
name = "n"
data = {{ name = "orthogonal", n = 3, d0 = 3 }}
widths = [[64], [8, 32]]
initialisation = "zero_last"
seeds = 2
[[tunings]]
method = "nesterov"
tuning = "classical"
[[tunings]]
method = "gradient_descent"
tuning = "classical"
c = 0.5
"""

NARROW = "[[64], [8, 32]]"


@pytest.fixture
def written(tmp_path):
    def call(constants="", text=EXPERIMENT):
        path = tmp_path / "e.toml"
        path.write_text(text.replace("CONSTANTS", constants))
        return path

    return call


def test_the_command(command, written, tmp_path, monkeypatch):
    out = tmp_path / "out"
    text = EXPERIMENT.partition('[[tunings]]\nmethod = "gradient')[0]
    code, lines, err = command("validate", written(text=text), "--device", "cpu", "-o", out)
    assert (code, err, lines[-1]) == (13, [], "OBSERVED")
    assert "violated where the premises hold: 0" in lines
    names = [f"{name}.{form}" for name in ("panels", "bounds", "slacks", "widths") for form in ("png", "pdf")]
    assert all((out / name).stat().st_size > 1000 for name in [*names, "checks.csv", "rates.csv", "curves.csv"])
    rows = list(csv.DictReader((out / "checks.csv").read_text().splitlines()))
    assert {row["status"] for row in rows} == {"OBSERVED"}
    inside = [row for row in rows if row["instance"] == "a" and row["tuning"].startswith("nesterov")]
    assert {
        row["word"] for row in inside if row["premise"] in ("applies", "assumed") and row["kind"] != "condition"
    } == {"holds"}
    assert {row["kind"] for row in inside} == {"assumption", "bound", "lyapunov", "radius", "paper", "condition"}
    before = (out / "checks.csv").read_bytes()
    parts = sorted((out / "parts").glob("*.json"))
    assert len(parts) == 3
    parts[0].write_text("{")  # as if it had never been finished

    made = []
    examine = validation.examine
    monkeypatch.setattr("proofcheck.report.validation.plot_validation", lambda *given: [])
    monkeypatch.setattr(validation, "examine", lambda *given: made.append(given[0].label) or examine(*given))
    assert command("validate", written(text=text), "--device", "cpu", "-o", out)[0] == 13
    assert len(made) == 1
    assert (out / "checks.csv").read_bytes() == before


def test_a_wrong_mu_is_reported(written):
    records = validation.validate(experiment.load(written("[constants]\nmu_times = 1.5\n")), device="cpu")
    rows = [row for row in records[0]["checks"] if row["check"].startswith("A1")]
    assert {(row["word"], row["first_violation"], row["violations"] > 20) for row in rows} == {("violated", 0, True)}
    assert [row["left_over_right"] for row in rows] == pytest.approx([1.5] * len(rows))
    later = [row for row in records[0]["checks"] if row["kind"] == "lyapunov"]
    assert {row["premise"] for row in later} == {"A1 fails"}
    assert any(
        "A1: mu <= smallest eigenvalue" in line and line.startswith("violated") for line in tables.lines(records)
    )


def test_sharp_constants(written):
    """Wide enough: the theorem applies over balls, and all assumptions hold with room; narrow: it says why not."""
    text = EXPERIMENT.replace("[[64], [8, 32]]", "[[1024], [4]]").replace('name = "a"', 'name = "other"')
    records = validation.validate(experiment.load(written("[constants]\nfrom = 'sharp'\n", text)), device="cpu")
    wide = [row for row in records[1]["checks"] if row["tuning"].startswith("nesterov")]
    premises = {row["premise"] for row in wide if row["kind"] in ("bound", "lyapunov", "radius")}
    assert premises == {"applies"}
    assert {row["word"] for row in wide if row["kind"] not in ("condition", "paper")} == {"holds"}
    assert all(row["constants"].startswith("sharp, over the balls") for row in wide)
    narrow = [row for row in records[2]["checks"] if row["kind"] == "bound"]
    assert all(row["premise"].startswith("no balls: ") for row in narrow)


def test_a_step_that_is_too_long(command, written, tmp_path):
    text = EXPERIMENT.replace("c = 0.5", "c = 50").replace("steps = 25", "steps = 60")
    text = text.replace("[[64], [8, 32]]", "[[64]]").replace(
        'method = "nesterov"\ntuning = "classical"\n[[tunings]]\n', ""
    )
    code, lines, err = command("validate", written(text=text), "--device", "cpu", "-o", tmp_path / "out")
    assert (code, err, lines[-1]) == (13, [], "OBSERVED")
    assert any("gradient_descent classical c=50" in line and line.endswith("2 of 2") for line in lines)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (EXPERIMENT.replace('"orthogonal", n = 3, d0 = 3', '"iris", n = 150').replace(NARROW, "[[160]]"), "n: mu="),
        (EXPERIMENT.replace("A1 = [1, 2, 3]", "A1 = [1e-200, 2, 3]"), "a: mu="),
    ],
    ids=["duplicate samples", "mu too small"],
)  # fmt: skip
def test_no_strong_convexity(command, written, text, message):
    code, _, err = command("validate", written(text=text), "--device", "cpu")
    assert (code, len(err)) == (22, 1)
    assert err[0].startswith(message)
    assert "must be > 0" in err[0]


def test_bad_arguments(command, written, tmp_path):
    assert command("validate", tmp_path / "no.toml")[::2] == (
        22,
        [f"{tmp_path}/no.toml: cannot be read (No such file or directory)"],
    )
    code, _, err = command("validate", written(), "--trials", "3")
    assert (code, err) == (22, ["--trials belongs to figure1, not to an experiment file"])
    (tmp_path / "file").write_text("")
    assert command("validate", written(), "-o", tmp_path / "file")[0] == 23


def test_figure1_is_the_same_experiment():
    from proofcheck.empirical import figure1

    shipped = experiment.load(EXPERIMENTS / "figure1.toml")
    (panel,) = figure1(couplings=[0.3], device="cpu")
    group, rule = shipped.groups[1], shipped.rules[0]
    record = validation.examine(group, [rule], shipped.steps, [], Assumed(), "cpu")
    assert record["curves"][rule.label]["f"]["mean"] == pytest.approx(panel.curves["nesterov", "f"].mean, rel=1e-9)
    assert record["curves"][rule.label]["du2"]["std"] == pytest.approx(panel.curves["nesterov", "du2"].std, rel=1e-6)


def test_checks_of_a_wide_network_against_the_paper():
    """Inside condition (5) with explicit constants every inequality of the paper's proof holds along the run."""
    models = networks(orthogonal(3, 3), [2048], initialisation="zero_last", seeds=[0], device="cpu")
    rule, found = seen(models, 40, "paper", 0.4)
    G1, G2 = seen_lipschitz(found)
    constants = replace(given(models, rule, G1, G2, 0.4), mu=models.mu * 0.9, L1=models.L1 * 1.1)
    f = run(models, [rule], 40).f[0]
    words = {check.name: check.finding(0).word for check in nesterov_checks(found, f, constants)}
    assert set(words.values()) == {"holds"}
    assert len(words) == 13


def test_radii_and_bound(classical):
    models = additive().build("cpu")
    rule, found = seen(models, 30)
    f = run(models, [rule], 30).f[0]
    wrong = given(models, rule, models.G1 / 1e6)
    names = {c.name for c in theorem_checks(classical, found, f, wrong) if c.finding(0).violations}
    assert "|u_k - u_0| <= R_u" in names
    faster = replace(classical, rate=classical.rate / 8)
    names = {
        c.name for c in theorem_checks(faster, found, f, given(models, rule, models.G1)) if c.finding(0).violations
    }
    assert {"f_k <= C rho^k f_0", "decrease: V_(k+1) <= rho V_k"} <= names


def test_the_premise_about_the_start(written):
    """Of a theorem for starts near the minimiser it is a condition of its own; far away the theorem says nothing."""
    text = EXPERIMENT.replace(f'"kept:{CLASSICAL}"', f'"kept:{NEAR}"').partition('[[tunings]]\nmethod = "gradient')[0]
    text = text.replace("[[64], [8, 32]]", "[[2048]]")
    records = validation.validate(experiment.load(written("[constants]\nfrom = 'sharp'\n", text)), device="cpu")
    for record, words in zip(records, (["not met", "met"], ["met", "met"]), strict=True):
        starts = [row for row in record["checks"] if row["check"].startswith("start: ")]
        assert [(row["word"], row["kind"], row["theorem"]) for row in starts] == [(w, "condition", NEAR) for w in words]
        assert all((row["smallest_slack"] > 0) == (row["word"] == "met") for row in starts)
        rest = [row["premise"] for row in record["checks"] if row["kind"] == "bound"]
        assert rest == ["applies" if word == "met" else "the start is too far from the minimiser" for word in words]
    bound, models = load_bound(NEAR), deep()
    rule, found = seen(models, 2)
    constants = given(models, rule, models.mu * 0)
    (check,) = start_checks(bound, found, constants)
    x = torch.bmm(models.basis, models.start[-1])
    distance = (x - models.minimiser(models.start)).square().sum(dim=(1, 2))
    assert torch.allclose(check.left[:, 0], models.mu * distance)
    assert torch.allclose(check.right[:, 0], at(bound.balls["start"], constants.q) ** 2 * models.value(models.start))


def test_no_balls_where_the_start_is_too_far():
    bound = load_bound(NEAR)
    models = networks(orthogonal(3, 3), [2048], initialisation="zero_last", device="cpu")
    close = known(models, RULE, [bound], Assumed("sharp"))
    assert close.origin[0].startswith("sharp, over the balls")
    nearer = replace(bound, balls={**bound.balls, "start": bound.balls["start"] / 10})
    far = known(models, RULE, [nearer], Assumed("sharp"))
    assert far.doubts[0].startswith("no balls: mu |x_0 - x*(u_0)|^2 by ")
