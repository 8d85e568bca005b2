"""Interrupted runs end with the bits of uninterrupted ones; damaged and foreign checkpoints are refused."""

import dataclasses
import json
import struct
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed (extra torch)")

from proofcheck.empirical import additive_models, chunks, gaussian, networks, run, run_all, runs, schedule, tuned  # noqa: E402
from proofcheck.empirical.activations import Activation  # noqa: E402
from proofcheck.empirical.additive import AdditiveModels  # noqa: E402
from proofcheck.empirical.checkpoints import digest, raw  # noqa: E402
from proofcheck.errors import InvalidInput, OutputError  # noqa: E402

STEPS = 12


def additive(**options):
    return additive_models([1.0, 2.0, 3.0], [0.5, 1.0], **{"seeds": range(6), "device": "cpu", **options})


def both(models, c=0.5):
    return [tuned(name, "classical", models.mu, models.L1, c) for name in ("nesterov", "gradient_descent")]


def same(one, other):
    pairs = [(getattr(one, name), getattr(other, name)) for name in (*runs.QUANTITIES, *runs.FEATURES)]
    pairs += zip(one.last, other.last, strict=True)
    return all(torch.equal(a.nan_to_num(7.0), b.nan_to_num(7.0)) for a, b in pairs)


class Breaking:
    """A progress bar at which someone presses Ctrl-C."""

    def __init__(self, when):
        self.when = when

    def __call__(self, message, fraction):
        if self.when(fraction):
            raise KeyboardInterrupt


@pytest.mark.parametrize("features", [False, True])
def test_ctrl_c_between_chunks(tmp_path, features):
    models = additive()
    options = {"features": features, "chunk_bytes": 1}
    expected = run(models, both(models), STEPS, **options)
    with pytest.raises(KeyboardInterrupt):
        run(models, both(models), STEPS, checkpoint=tmp_path / "c", progress=Breaking(lambda f: f > 0.3), **options)
    done = {path: path.read_bytes() for path in (tmp_path / "c").glob("*.done")}
    assert len(done) >= 3
    again = run(models, both(models), STEPS, checkpoint=tmp_path / "c", **options)
    assert same(again, expected)
    assert all(path.read_bytes() == data for path, data in done.items())
    names = sorted(path.name for path in (tmp_path / "c").iterdir())
    assert names == sorted(["experiment.json", *(f"0-{row}-{row + 1}.done" for row in range(12))])


def test_what_is_missing_is_run(tmp_path):
    models = additive()
    expected = run(models, both(models), STEPS, chunk_bytes=1, checkpoint=tmp_path)
    for path in sorted(tmp_path.glob("*.done"))[::2]:
        path.unlink()
    others = [tmp_path / "0-50-51.state", tmp_path / "0-mine.state"]  # of rows that are not finished
    for path in others:
        path.write_bytes(b"")
    assert len(list(tmp_path.glob("*.done"))) == 6
    assert same(run(models, both(models), STEPS, chunk_bytes=1, checkpoint=tmp_path), expected)
    assert len(list(tmp_path.glob("*.done"))) == 12
    assert all(path.exists() for path in others)


def test_what_is_finished_is_not_run_again(tmp_path, monkeypatch):
    models = additive()
    first = run(models, both(models), STEPS, checkpoint=tmp_path)

    def never(self, chosen):
        raise AssertionError("this was finished")

    monkeypatch.setattr(AdditiveModels, "take", never)
    assert same(run(models, both(models), STEPS, checkpoint=tmp_path), first)
    with pytest.raises(AssertionError):
        run(models, both(models), STEPS)


@pytest.mark.parametrize("make", [additive, lambda: networks(gaussian(3, 5), [12, 16], seeds=range(2), device="cpu")])
def test_ctrl_c_within_a_chunk(tmp_path, monkeypatch, make):
    monkeypatch.setattr(schedule, "POLL", 0.01)
    models, steps = make(), 1500
    tunings = both(models, 0.1)
    expected = run(models, tunings, steps, every=100, features=True)
    with pytest.raises(KeyboardInterrupt):
        run(
            models,
            tunings,
            steps,
            every=100,
            features=True,
            checkpoint=tmp_path,
            progress=Breaking(lambda f: 0 < f < 1),
        )
    (state,) = tmp_path.glob("*.state")
    header = json.loads(state.read_bytes().split(b"\n")[0])
    assert 0 < header["k"] < steps
    assert header["row"] == header["k"] // 100
    assert not list(tmp_path.glob("*.done"))
    monkeypatch.setattr(chunks, "started", None)  # it must not begin anew
    assert same(run(models, tunings, steps, every=100, features=True, checkpoint=tmp_path), expected)
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".done", ".json"]


def test_a_long_chunk_is_stored_now_and_then(tmp_path, monkeypatch):
    models, stored = additive(), []
    monkeypatch.setattr(chunks, "SECONDS", 0.0)
    write = chunks.write

    def noted(path, header, tensors):
        stored.append(header.get("k"))
        write(path, header, tensors)

    monkeypatch.setattr(chunks, "write", noted)
    seen = run(models, both(models), STEPS, checkpoint=tmp_path)
    assert stored == [*range(1, STEPS + 1), None]
    assert same(seen, run(models, both(models), STEPS))
    monkeypatch.setattr(chunks, "SECONDS", 30.0)
    stored.clear()
    run(models, both(models), STEPS, checkpoint=tmp_path / "rare")
    assert stored == [None]


def test_groups_go_on(tmp_path):
    groups = [(models, both(models)) for models in (additive(), additive(d=5), additive(seeds=[9]))]
    expected = run_all(groups, STEPS)
    with pytest.raises(KeyboardInterrupt):
        run_all(groups, STEPS, checkpoint=tmp_path, progress=Breaking(lambda f: f > 0.2))
    assert all(map(same, run_all(groups, STEPS, checkpoint=tmp_path), expected))


def test_a_plan_is_kept(tmp_path):
    """Other chunks on the second call: those of the first are taken."""
    models = additive()
    expected = run(models, both(models), STEPS, chunk_bytes=1)
    with pytest.raises(KeyboardInterrupt):
        run(models, both(models), STEPS, chunk_bytes=1, checkpoint=tmp_path, progress=Breaking(lambda f: f > 0.3))
    assert same(run(models, both(models), STEPS, checkpoint=tmp_path), expected)
    assert sorted(path.name for path in tmp_path.glob("*.done")) == sorted(
        f"0-{row}-{row + 1}.done" for row in range(12)
    )


def test_a_failing_chunk_ends_the_run(tmp_path, monkeypatch):
    models, descend = additive(), AdditiveModels.descend

    def failing(self, point, eta, measured):
        if float(self.b[0, 0]) == float(models.b[3, 0]):
            raise ValueError("of its own")
        return descend(self, point, eta, measured)

    monkeypatch.setattr(AdditiveModels, "descend", failing)
    with pytest.raises(ValueError, match="of its own"):
        run(models, both(models), STEPS, chunk_bytes=1, checkpoint=tmp_path)
    monkeypatch.undo()
    expected = run(models, both(models), STEPS, chunk_bytes=1)
    assert same(run(models, both(models), STEPS, chunk_bytes=1, checkpoint=tmp_path), expected)


OTHERS = {
    "seed": (lambda: additive(seeds=range(1, 7)), both, {}, "groups differ"),
    "shape": (lambda: additive(d=5), both, {}, "groups differ"),
    "sigma": (lambda: additive(activation="tanh"), both, {}, "groups differ"),
    "tuning": (additive, lambda models: both(models, 0.25), {}, "groups differ"),
    "order": (additive, lambda models: both(models)[::-1], {}, "groups differ"),
    "steps": (additive, both, {"steps": STEPS + 1}, r"\(steps differ\)"),
    "every": (additive, both, {"every": 2}, r"\(every differ\)"),
    "f": (additive, both, {"only_f": True}, r"\(quantities differ\)"),
    "features": (additive, both, {"features": True}, r"\(quantities differ\)"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_another_experiment_is_refused(tmp_path, name):
    models = additive()
    run(models, both(models), STEPS, checkpoint=tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    make, tune, options, message = OTHERS[name]
    other = make()
    with pytest.raises(InvalidInput, match=f"is of another experiment .*{message}") as caught:
        run(other, tune(other), options.pop("steps", STEPS), checkpoint=tmp_path, **options)
    assert "\n" not in str(caught.value)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_another_function_of_the_same_name_is_another_experiment():
    one, other = (Activation("mine", torch.tanh, lambda z, s=s: s / torch.cosh(z) ** 2, 1.0) for s in (1.0, 0.5))
    assert digest(one) != digest(other)
    assert digest(one) == digest(dataclasses.replace(one))


def flipped(data):
    return data[:-3] + bytes([data[-3] ^ 1]) + data[-2:]


DAMAGES = {
    "a bit of the numbers": (".done", flipped),
    "cut short": (".done", lambda data: data[:-8]),
    "too long": (".done", lambda data: data + bytes(8)),
    "empty": (".done", lambda data: b""),
    "no JSON": (".done", lambda data: b"\xff\n" + data),
    "a list": (".done", lambda data: b"[]\n" + data.split(b"\n", 1)[1]),
    "deep": (".done", lambda data: b"[" * 100_000 + b"\n"),
    "other shapes": (".done", lambda data: data.replace(b"[7, 13, 12]", b"[7, 12, 13]", 1)),
    "of another experiment": (".done", lambda data: data.replace(b'"experiment": "', b'"experiment": "0', 1)),
    "a plan with a gap": (".json", lambda data: b'{"parts": [[0, 1, 12, false]],' + _without_parts(data)),
    "a plan that is too long": (".json", lambda data: b'{"parts": [[0, 0, 13, false]],' + _without_parts(data)),
    "a plan of words": (".json", lambda data: b'{"parts": [["a", 0, 12, false]],' + _without_parts(data)),
    "no plan": (".json", lambda data: b"{" + _without_parts(data)),
    "a cut plan": (".json", lambda data: data[: len(data) // 2]),
    "another format": (".json", lambda data: data.replace(b"checkpoint/1", b"checkpoint/2")),
}


def _without_parts(data):
    found = json.loads(data)
    del found["parts"]
    return json.dumps(found).encode()[1:]


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_refused(tmp_path, name):
    models = additive()
    expected = run(models, both(models), STEPS, checkpoint=tmp_path)
    suffix, damage = DAMAGES[name]
    (path,) = tmp_path.glob(f"*{suffix}")
    data = path.read_bytes()
    path.write_bytes(damage(data))
    assert path.read_bytes() != data
    with pytest.raises(InvalidInput, match=f"{path} is damaged: delete") as caught:
        run(models, both(models), STEPS, checkpoint=tmp_path)
    assert "\n" not in str(caught.value)
    path.unlink()
    assert same(run(models, both(models), STEPS, checkpoint=tmp_path), expected)


def test_a_damaged_state_is_refused(tmp_path, monkeypatch):
    models = additive()
    monkeypatch.setattr(chunks, "SECONDS", 0.0)
    monkeypatch.setattr(schedule, "POLL", 0.01)
    with pytest.raises(KeyboardInterrupt):
        run(models, both(models), 3000, checkpoint=tmp_path, progress=Breaking(lambda f: 0 < f < 1))
    (state,) = tmp_path.glob("*.state")
    state.write_bytes(state.read_bytes().replace(b'"k": ', b'"k": 1', 1))
    with pytest.raises(InvalidInput, match="state is damaged: delete it"):
        run(models, both(models), 3000, checkpoint=tmp_path)


def test_a_folder_that_cannot_be_made(tmp_path):
    models = additive()
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputError, match="file' is no folder that can be used"):
        run(models, both(models), STEPS, checkpoint=tmp_path / "file")
    with pytest.raises(OutputError, match="is no folder that can be used"):
        run(models, both(models), STEPS, checkpoint=tmp_path / "file" / "below")
    assert (tmp_path / "file").read_text() == "mine"


def test_a_full_disk(tmp_path, monkeypatch):
    models = additive()

    def full(self, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match=r"experiment\.json cannot be written: No space left on device"):
        run(models, both(models), STEPS, checkpoint=tmp_path)


def test_the_file_is_little_endian_float64(tmp_path):
    models = additive(seeds=[3])
    seen = run(models, both(models)[:1], 2, only_f=True, checkpoint=tmp_path)
    line, body = (tmp_path / "0-0-1.done").read_bytes().split(b"\n", 1)
    numbers = struct.unpack(f"<{len(body) // 8}d", body)
    assert numbers == (*seen.f.flatten().tolist(), *seen.last[0].flatten().tolist(), *seen.last[1].flatten().tolist())
    assert json.loads(line)["shapes"] == [[1, 3, 1], [1, 3], [1, 3]]
    assert raw(torch.tensor([1.0, -2.0])) == struct.pack("<2d", 1.0, -2.0)
