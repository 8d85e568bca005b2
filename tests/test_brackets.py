"""Rates over (kappa, tau) from both sides: exact, kept, resumed, and nothing taken on trust."""

import csv
import json
from fractions import Fraction

import pytest

from proofcheck import brackets
from proofcheck.brackets import Bracket, table
from proofcheck.errors import InvalidInput
from proofcheck.report.plots import plot_brackets
from proofcheck.result import Result

KAPPAS, TAUS = [Fraction(4), Fraction(25)], [Fraction(0), Fraction(1, 4)]


def grid(folder, **options):
    return table(KAPPAS, TAUS, "gradient_descent", "classical", folder, **options)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("brackets")
    seen = []
    return folder, grid(folder, progress=lambda message, fraction: seen.append(fraction)), seen


def exact(bracket):
    """Gradient descent's rate is known: (1 - (1 - tau)/kappa)^2."""
    return (1 - (1 - bracket.tau) / bracket.kappa) ** 2


def test_the_exact_rate_lies_between(made):
    _, found, seen = made
    assert [(b.kappa, b.tau) for b in found] == [(k, t) for k in KAPPAS for t in TAUS]
    assert seen[-1] == 1.0
    for b in found:
        assert b.proved.status == b.proved.check().word == "PROVED"
        assert b.refuted.status == b.refuted.check().word == "REFUTED"
        assert b.refuted.rate < exact(b) <= b.proved.rate
        assert b.proved.rate - b.refuted.rate < Fraction(1, 10**5)


def test_decimals_are_on_the_safe_side(made):
    for b in made[1]:
        for result, up in ((b.proved, False), (b.refuted, True)):
            shown = Fraction(b.theta(result, up=up)) ** 2
            true = (1 - result.rate) ** 2 * b.kappa
            assert (shown >= true) if up else (shown <= true)
            assert abs(shown - true) < Fraction(1, 10**4)


def test_the_table_on_disk(made):
    folder, found, _ = made
    rows = list(csv.reader((folder / "brackets.csv").read_text().splitlines()))
    assert rows[0] == list(brackets.COLUMNS)
    assert rows[1:] == [b.row() for b in found]


def test_a_second_run_searches_nothing(made, monkeypatch):
    folder, found, _ = made
    monkeypatch.setattr(brackets, "ProcessPoolExecutor", Refusing)
    again = grid(folder)
    assert [b.row() for b in again] == [b.row() for b in found]


class Refusing:
    """A pool that runs nothing."""

    submitted: list = []  # noqa: RUF012

    def __init__(self, **_options):
        Refusing.submitted = []

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        return False

    def submit(self, _function, *arguments):
        Refusing.submitted.append(arguments)
        raise RuntimeError("a search was started")


def another_tau(record):
    record["proved"]["claim"]["class"]["L2"] = "1/8"


def another_method(record):
    record["proved"]["claim"]["method"]["eta"] = "1/5"


def faster(record):
    record["proved"]["claim"]["statement"]["rate"] = "1/100"


def swapped(record):
    record["proved"] = record["refuted"]


def emptied(record):
    record.clear()


@pytest.mark.parametrize("change", [another_tau, another_method, faster, swapped, emptied])
def test_a_changed_point_is_searched_again(made, tmp_path, monkeypatch, change):
    source = made[0] / "points"
    (tmp_path / "points").mkdir()
    for path in source.iterdir():
        record = json.loads(path.read_text())
        if path.name == "gradient_descent-classical-4-1_4.json":
            change(record)
            if record.get("proved", {}).get("claim") and change is not swapped:
                from proofcheck.kernel.wire import digest

                record["proved"]["certificate"]["claim"] = digest(record["proved"]["claim"])
        (tmp_path / "points" / path.name).write_text(json.dumps(record))
    monkeypatch.setattr(brackets, "ProcessPoolExecutor", Refusing)
    with pytest.raises(RuntimeError, match="a search was started"):
        grid(tmp_path)
    assert Refusing.submitted == [(Fraction(4), Fraction(1, 4), "gradient_descent", "classical")]


def test_a_point_of_another_kappa_under_this_name_is_searched_again(made, tmp_path, monkeypatch):
    (tmp_path / "points").mkdir()
    for path in (made[0] / "points").iterdir():
        other = path.with_name(path.name.replace("-4-", "-25-"))
        (tmp_path / "points" / path.name).write_bytes(other.read_bytes())
    monkeypatch.setattr(brackets, "ProcessPoolExecutor", Refusing)
    with pytest.raises(RuntimeError, match="a search was started"):
        grid(tmp_path)


def test_the_picture(made, tmp_path):
    paths = plot_brackets(made[1], "gradient descent", tmp_path)
    assert [path.name for path in paths] == ["brackets.png", "brackets.pdf"]
    assert paths[0].read_bytes().startswith(b"\x89PNG")
    assert paths[1].read_bytes().startswith(b"%PDF")


def test_the_picture_of_points_with_one_side_only(tmp_path):
    nothing = Result("UNDECIDED", "nothing was found", None, None)
    assert len(plot_brackets([Bracket(Fraction(4), Fraction(0), nothing, nothing)], "nothing", tmp_path)) == 2
    assert Bracket(Fraction(4), Fraction(0), nothing, nothing).row()[2:] == ["UNDECIDED", "UNDECIDED", "", "", "", ""]


@pytest.mark.parametrize(
    ("kappa", "tau", "method", "message"),
    [
        (4, 0, "adam", "must be one of"),
        ("1/2", 0, "nesterov", "must be <= L1"),
        (4, -1, "nesterov", "L2=-1 must be > 0"),
        (5, 0, "nesterov", "must be the square of a rational"),
    ],
)
def test_bad_input(tmp_path, kappa, tau, method, message):
    with pytest.raises(InvalidInput, match=message):
        table([Fraction(kappa)], [Fraction(tau)], method, "classical", tmp_path)
    assert not (tmp_path / "brackets.csv").exists()


def test_the_command(made, command):
    code, lines, _ = command(
        "brackets", "--method", "gradient_descent", "--kappa", "4, 25", "--tau", "0,1/4", "-o", made[0]
    )
    assert code == 0
    assert lines[0].split()[:2] == ["kappa", "tau"]
    assert sum(line.split()[2:4] == ["PROVED", "REFUTED"] for line in lines) == 4


def test_the_command_with_a_float_that_is_none(command, tmp_path):
    code, _, err = command("brackets", "--kappa", "four", "-o", tmp_path)
    assert code == 22
    assert err == ['kappa=\'four\' is not an exact number such as "3/4" or "0.75"']
