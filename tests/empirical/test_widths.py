"""The widths that the paper's condition and our theorem need, and their command."""

import csv
import math
from functools import partial

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed (extra torch)")

from proofcheck import kept  # noqa: E402
from proofcheck.discover import network_plan  # noqa: E402
from proofcheck.empirical import (  # noqa: E402
    TheoremInBalls,
    applied,
    networks,
    norms_of,
    orthogonal,
    paper_conditions,
    sharp,
    widths,
)
from proofcheck.empirical.contenders import contenders  # noqa: E402
from proofcheck.empirical.widening import Family, widened  # noqa: E402
from proofcheck.errors import InvalidInput  # noqa: E402
from proofcheck.networks import certify_network  # noqa: E402


def measured(width, initialisation="zero_last", hidden=()):
    models = networks(orthogonal(8, 8), [*hidden, width], initialisation=initialisation, device="cpu")
    return norms_of(models)[0]


@pytest.mark.parametrize("initialisation", ["zero_last", "paper", "lecun"])
@pytest.mark.parametrize("hidden", [(), (24,)])
def test_extrapolated_norms_are_near_those_of_the_wider_network(initialisation, hidden):
    guess = widened(measured(1024, initialisation, hidden), 1024, 8192, hidden[-1] if hidden else 8, initialisation)
    true = measured(8192, initialisation, hidden)
    for name in ("smallest", "last", "inputs", "targets"):
        assert getattr(guess, name) == pytest.approx(getattr(true, name), rel=0.15)
    assert guess.layers == pytest.approx(true.layers, rel=0.1)
    assert guess.weights[:-1] == pytest.approx(true.weights[:-1], rel=0.03)
    assert guess.weights[-1] == pytest.approx(true.weights[-1], rel=0.1)
    if initialisation == "zero_last":
        assert guess.distance == pytest.approx(true.distance, rel=0.15)


@pytest.fixture(scope="module")
def rows():
    return widths([orthogonal(8, 8)], seeds=[0], largest=2048)


def test_the_rows(rows):
    assert [(row.theorem, row.constants) for row in rows] == [
        ("ours", "sharp"),
        *(
            (theorem, constants)
            for theorem in ("ours, any start", "paper, its induction", "paper, corrected potential")
            for constants in ("sharp", "Lemma 14")
        ),
    ]
    ours = rows[0]
    assert set(ours.kept.split(", ")) <= set(kept.THEOREMS)
    assert [row.kept for row in rows[1:]] == [""] * 6
    assert (ours.how, ours.factor, ours.n, ours.d0) == ("computed", 1.0, 8, 8)
    assert all(row.how == "extrapolated" for row in rows if row.width > 2048)
    for row in rows:
        assert row.factor == pytest.approx(row.width / ours.width)
        assert row.ratio <= 1
    by = {(row.theorem, row.constants): row.width for row in rows}
    assert by["ours", "sharp"] < by["ours, any start", "sharp"]
    for theorem in {row.theorem for row in rows[1:]}:
        assert by[theorem, "sharp"] < by[theorem, "Lemma 14"]
    for constants in ("sharp", "Lemma 14"):
        assert by["ours, any start", constants] < by["paper, corrected potential", constants]
        assert by["paper, corrected potential", constants] < by["paper, its induction", constants]


def test_our_width_is_what_is_certified(rows):
    """certify-network proves it at this width; no theorem fits 3 percent below, nor at half of it."""
    width, data = int(rows[0].width), orthogonal(8, 8)
    for narrower, status in (
        (width, "PROVED"),
        (round(width * 2 ** (-1 / 32)), "UNDECIDED"),
        (width // 2, "UNDECIDED"),
    ):
        models = networks(data, [narrower], initialisation="zero_last", seeds=[0], device="cpu")
        weights = [part[0].numpy() for part in models.start]
        found = certify_network(data.inputs.numpy(), data.targets.numpy(), weights)
        assert found.status == status
        if status == "PROVED":
            assert found.numbers["theorem"] == rows[0].kept


def test_the_width_for_any_start_is_enough_and_half_of_it_is_not(rows):
    for width, holds in ((int(rows[1].width), True), (int(rows[1].width / 2), False)):
        norms = measured(width)
        assert applied(TheoremInBalls(), partial(sharp, norms), norms.f0).holds is holds


def test_the_theorem_for_any_start_is_a_kept_one():
    ours = next(found for found in network_plan.known() if found.name == "nesterov_classical_tau_1_4_in_balls")
    for q in (0.05, 0.3, 1.0):
        for value, given in ((ours.tau(q), "tau"), (ours.x(q), "Cx"), (ours.u(q), "Cu")):
            assert value == pytest.approx(getattr(TheoremInBalls(), given), rel=1e-12)
        assert ours.rate(q) == pytest.approx(1 - TheoremInBalls().theta * q, rel=1e-12)
        assert ours.start(q) == math.inf


def test_one_network_after_the_other():
    """A width that fails with the first seed is not made for the others."""
    family = Family(orthogonal(8, 8), (), "zero_last", (0, 1, 2))
    assert not family.passes(contenders()[0], 16)
    assert len(family.made[16]) == 1
    assert len(family.at(16)) == len(family.made[16]) == 3
    assert family.at(16)[1] == norms_of(networks(family.data, [16], initialisation="zero_last", seeds=[1]))[0]


@pytest.mark.parametrize(("row", "number"), [(4, 0), (6, 1)])
def test_the_papers_width_from_the_printed_inequalities(rows, row, number):
    """(5) with Lemma 14, written out for depth 2 and W_2(0) = 0, on a grid of (lambda_2, R_u)."""
    C1, C2, factors, c = (4 / 45, 1 / 57, (36, 36), 4 / 9) if number == 0 else (3, 1 / 7, (12, 4.5), 4 / 9)
    start = measured(2048)

    def holds(width):
        norms = widened(start, 2048, width, 8, "zero_last")
        X, Y, a, lam1, F0 = 8.0, math.sqrt(8), norms.smallest, 2 * norms.weights[0], 4.0
        mu, L1 = a**2 / 2, (X * lam1) ** 2
        kappa = L1 / mu
        beta = (4 * math.sqrt(kappa) - math.sqrt(c)) / (4 * math.sqrt(kappa) + 7 * math.sqrt(c))
        b, eta = (1 - beta) / (1 + beta), c / L1
        Rx = factors[0] / c * math.sqrt(kappa * eta * 2 / (1 - beta) * F0)
        lam2 = 2 * Rx
        limit = lam1 / 2 * min(1, a / (2 * math.sqrt(2) * X * lam1)) ** 2
        for i in range(600):
            Ru = limit * 0.98**i
            G1 = (lam2 + Ru) * math.sqrt(2) * X
            G2 = ((2 * lam2 + Ru) * X * lam1 + Y) * math.sqrt(2) * X
            inner = eta * G1**2 * 2 * (1 + beta) ** 3 / (mu * beta * (1 - beta) ** 3)
            first = C1 * mu**2 / 4 * b**3 >= G1**4
            second = C2 * mu**3 / 2 / math.sqrt(kappa) * b**2 >= G1**2 * G2**2
            if first and second and factors[1] / c * math.sqrt(kappa * inner * F0) <= Ru:
                return True
        return False

    assert start.inputs == pytest.approx(8)
    assert start.targets == pytest.approx(math.sqrt(8))
    assert start.f0 == pytest.approx(4)
    assert holds(rows[row].width * 1.01)
    assert not holds(rows[row].width / 1.01)
    assert rows[row].theorem == paper_conditions()[number].name


def test_a_better_theorem_needs_less(rows):
    better = TheoremInBalls(Cx=1.5, Cu=1.5, name="better")
    strong = widths([orthogonal(8, 8)], seeds=[0], largest=2048, theorem=better)
    assert strong[1].theorem == "better"
    assert strong[1].width < rows[1].width
    assert [(row.width, row.theorem) for row in strong[::6]] == [(row.width, row.theorem) for row in rows[::6]]


def test_never():
    """Duplicate samples: no width helps."""
    data = orthogonal(4, 4)
    double = type(data)("double", data.inputs[[0, 0, 1, 2]], data.targets)
    found = widths([double], seeds=[0], largest=16)
    assert all(row.width == row.factor == math.inf for row in found)
    assert {(row.tightest, row.ratio) for row in found} == {("mu > 0", math.inf)}


def test_the_command(command, tmp_path):
    code, lines, err = command("widths", "--data", "orthogonal", "--largest", "512", "-o", tmp_path)
    assert (code, err, lines[-1]) == (13, [], "OBSERVED")
    found = list(csv.DictReader((tmp_path / "widths.csv").read_text().splitlines()))
    assert {row["status"] for row in found} == {"OBSERVED"}
    assert float(found[0]["width"]) <= 512
    assert len(found) == 7
    assert found[0]["kept"].startswith("nesterov_classical_tau_")
    assert len(lines) == 12
    assert found[0]["kept"] in lines[1]
    assert (tmp_path / "widths.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "widths.pdf").read_bytes().startswith(b"%PDF")


def test_bad_input(command):
    code, _, err = command("widths", "--data", "cats")
    assert (code, err) == (22, ["data='cats' must be one of orthogonal, gaussian, digits, digits64"])
    code, _, err = command("widths", "--data", "orthogonal", "--largest", "8")
    assert (code, err) == (22, ["largest=8 must be >= n=16"])
    with pytest.raises(InvalidInput, match="data must hold at least one data set"):
        widths([])
    with pytest.raises(InvalidInput, match="c=1 must be in"):
        widths([orthogonal(2, 2)], c=1)
    with pytest.raises(InvalidInput, match="initialisation='small'"):
        widths([orthogonal(2, 2)], initialisation="small", largest=4)
