"""Experiment files: what is read, and what is refused in one line."""

import re
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed (extra torch)")

from proofcheck import kept  # noqa: E402
from proofcheck.empirical import experiment  # noqa: E402
from proofcheck.errors import InvalidInput, NotSupported  # noqa: E402

ROOT = Path(__file__).parents[2]
EXPERIMENTS = sorted((ROOT / "cases/experiments").glob("*.toml"))
ADDITIVE = """
[[instances]]
kind = "additive"
name = "small"
A1 = [1, 2.5]
A2 = { from = 0.1, to = 0.2, count = 2 }
seeds = 2
"""
NETWORKS = """
[[instances]]
kind = "networks"
name = "net"
data = { name = "gaussian", n = 3, d0 = 4 }
widths = [[8], [5, 6]]
target_scales = [1, 0.5]
seeds = [4, 7]
"""
TUNING = """
[[tunings]]
method = "nesterov"
tuning = "paper"
c = 0.5
"""
TOP = 'format = "proofcheck-experiment/1"\ntitle = "t"\nsteps = 3\n'
FULL = TOP + ADDITIVE + NETWORKS + TUNING


@pytest.fixture
def read(tmp_path):
    def call(text):
        path = tmp_path / "e.toml"
        path.write_text(text)
        return experiment.load(path)

    return call


def test_everything_that_a_file_may_say(read):
    found = read(FULL + "[constants]\nfrom = 'sharp'\nmu_times = 0.5\n")
    assert [group.label for group in found.groups] == [
        "small",
        "net 8 target_scale 1",
        "net 8 target_scale 0.5",
        "net 5-6 target_scale 1",
        "net 5-6 target_scale 0.5",
    ]
    assert found.groups[0].given["A2_singular_values"] == [0.1, 0.2]
    assert (found.groups[0].seeds, found.groups[1].seeds) == ((0, 1), (4, 7))
    assert found.groups[3].widths == (5, 6)
    assert (found.rules[0].label, found.steps) == ("nesterov paper c=0.5", 3)
    assert (found.assumed.source, found.assumed.times) == ("sharp", {"mu": 0.5, "L1": 1.0, "G1": 1.0})
    assert found.theorems == ()
    models = found.groups[2].build("cpu")
    assert float(models.targets.abs().max()) == 0.5


def test_theorems_by_name_and_by_folder(read, tmp_path):
    (tmp_path / "mine").mkdir()
    found = read(f'theorems = ["kept:{kept.NAMES[-1]}", "mine"]\n' + FULL)
    assert found.theorems == (kept.NAMES[-1], tmp_path / "mine")


@pytest.mark.parametrize("path", EXPERIMENTS, ids=lambda path: path.stem)
def test_shipped(path):
    found = experiment.load(path)
    assert found.title
    assert set(found.theorems) <= set(kept.NAMES)


def test_there_are_shipped_ones():
    assert {path.stem for path in EXPERIMENTS} >= {"figure1", "additive", "deep_networks", "networks_in_balls"}


BAD = [
    ("t = 1\n" + FULL, "experiment: unknown key 't' (known: format, title, steps, instances, tunings"),
    (FULL.replace("experiment/1", "experiment/2"), "format='proofcheck-experiment/2' must be 'proof"),
    (FULL.replace('title = "t"\n', ""), "experiment: key 'title' is missing"),
    (FULL.replace("steps = 3", "steps = 0"), "steps=0 must be an integer from 1 to 100,000"),
    (FULL.replace("steps = 3", "steps = true"), "steps=True must be an integer from 1 to 100,000"),
    (FULL.replace("steps = 3", "steps = 100001"), "steps=100001 must be <= 100,000"),
    (FULL.replace("steps = 3", "steps = 3.0"), "steps=3.0 must be an integer"),
    (TOP + ADDITIVE, "experiment: key 'tunings' is missing"),
    (TOP + "instances = []\n" + TUNING, "instances: the list is empty"),
    (TOP + "instances = 3\n" + TUNING, "instances=3: expected a list"),
    (TOP + "instances = [3]\n" + TUNING, "instances[0]=3: expected a table"),
    (FULL.replace('kind = "additive"\n', ""), "instances[0]: key 'kind' is missing"),
    (FULL.replace('"additive"', '"linear"'), "instances[0].kind='linear' must be one of additive, networks"),
    (FULL.replace('name = "small"', 'name = "small"\nlabel = 1'), "instances[0]: unknown key 'label'"),
    (FULL.replace("A1 = [1, 2.5]", "A1 = [1, 0]"), "instances[0].A1[1]=0 must be > 0"),
    (FULL.replace("A1 = [1, 2.5]", "A1 = [nan]"), "instances[0].A1[0]=nan must be a finite number > 0"),
    (FULL.replace("A1 = [1, 2.5]", "A1 = [inf]"), "instances[0].A1[0]=inf must be a finite number > 0"),
    (FULL.replace("A1 = [1, 2.5]", "A1 = []"), "instances[0].A1: the list is empty"),
    (FULL.replace("A1 = [1, 2.5]", "A1 = [1]"), "instances[0].A2: 2 singular values, must be at most 1"),
    (FULL.replace("A1 = [1, 2.5]", "A1 = [1, 2.5]\nd = 0"), "instances[0].d=0 must be an integer from 1 to 4,096"),
    (FULL.replace("from = 0.1", "from = -0.1"), "instances[0].A2.from=-0.1 must be >= 0"),
    (FULL.replace("count = 2", "count = 1"), "instances[0].A2.count=1 must be >= 2, as from=0.1 and to=0.2 differ"),
    (FULL.replace("count = 2", "count = 2, step = 1"), "instances[0].A2: unknown key 'step'"),
    (FULL.replace("seeds = 2", "seeds = 0"), "instances[0].seeds=0 must be an integer from 1 to 1,000"),
    (FULL.replace("seeds = 2", "seeds = [1, 1]"), "instances[0].seeds[1]=1: named twice"),
    (FULL.replace("seeds = 2", "seeds = [-1]"), "instances[0].seeds[0]=-1 must be an integer from 0"),
    (FULL.replace("seeds = 2", "activation = 'gelu'\nseeds = 2"), "instances[0].activation='gelu' must be one of relu"),
    (FULL.replace('"gaussian"', '"mnist"'), "instances[1].data.name='mnist' must be one of orthogonal"),
    (FULL.replace('"gaussian"', '"digits"'), "instances[1].data: unknown key 'd0' (known: name, n)"),
    (FULL.replace('"gaussian", n = 3', '"orthogonal", n = 5'), "instances[1].data.n=5 must be <= d0=4"),
    (FULL.replace("d0 = 4", "d0 = 4, loss = 'logistic'"), "instances[1].data: unknown key 'loss'"),
    (FULL.replace("widths = [[8]", "widths = [[2]"), "instances[1].widths[0]: the last hidden layer has width 2"),
    (FULL.replace("widths = [[8]", "widths = [[]"), "instances[1].widths[0]: the list is empty"),
    (FULL.replace("widths = [[8]", "widths = [8"), "instances[1].widths[0]=8: expected a list"),
    (FULL.replace("widths = [[8], [5, 6]]", "widths = [[8], [8]]"), "instances[1].widths[1]=[8]: named twice"),
    (FULL.replace("[[8], [5, 6]]", "[[1048576, 64]]"), "instances[1].widths[0]: 142,606,464 weights for all seeds"),
    (FULL.replace("scales = [1, 0.5]", "scales = [1, -1]"), "instances[1].target_scales[1]=-1 must be > 0"),
    (FULL.replace("scales = [1, 0.5]", "scales = [1, 1.0]"), "instances[1].target_scales[1]=1.0: named twice"),
    (FULL.replace('name = "net"', 'name = "net"\ninitialisation = "he"'), "instances[1].initialisation='he' must be"),
    (FULL + ADDITIVE, "instances[2].name='small': named twice"),
    (FULL.replace('"nesterov"', '"adam"'), "tunings[0].method='adam' must be one of gradient_descent, nesterov"),
    (FULL.replace('"paper"', '"best"'), "tunings[0].tuning='best' must be one of classical, paper"),
    (FULL.replace("c = 0.5", "c = 0"), "tunings[0].c=0 must be > 0"),
    (FULL.replace("c = 0.5", "c = 'half'"), "tunings[0].c='half' must be a finite number > 0"),
    (FULL.replace("c = 0.5", "c = 0.5\neta = 1"), "tunings[0]: unknown key 'eta'"),
    (FULL + TUNING, "tunings[1]: the same as tunings[0]"),
    ('theorems = ["nowhere"]\n' + FULL, "theorems[0]='nowhere': "),
    ('theorems = ["kept:nothing"]\n' + FULL, "theorems[0]='kept:nothing': the kept theorems are nesterov_"),
    (f'theorems = ["kept:{kept.NAMES[0]}", "kept:{kept.NAMES[0]}"]\n' + FULL, "theorems[1]="),
    ("theorems = [3]\n" + FULL, "theorems[0]=3: expected a string"),
    ("theorems = 'a'\n" + FULL, "theorems='a': expected a list"),
    (FULL + "[constants]\nfrom = 'guess'\n", "constants.from='guess' must be one of start, sharp"),
    (FULL + "[constants]\nmu_times = -1\n", "constants.mu_times=-1 must be > 0"),
    (FULL + "[constants]\nmu = 1\n", "constants: unknown key 'mu'"),
    (FULL + "[", "not TOML"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), BAD, ids=range(len(BAD)))
def test_refused(read, text, message):
    with pytest.raises((InvalidInput, NotSupported), match=r"e\.toml: " + re.escape(message)) as caught:
        read(text)
    assert "\n" not in str(caught.value)


def test_too_many_runs(read):
    lists = ", ".join(f"[{8 + i}]" for i in range(40))
    text = NETWORKS.replace("[8], [5, 6]", lists).replace("[1, 0.5]", "[1]").replace("[4, 7]", "1000")
    with pytest.raises(NotSupported, match="instances: 40000 runs"):
        read(TOP + text + TUNING)


def test_the_page_names_every_key():
    page = (ROOT / "docs/networks.md").read_text().split("## Experiments", 1)[1]
    keys = (
        "format title source steps theorems constants instances tunings kind name A1 A2 d activation seeds data widths"
    )
    keys += (
        " initialisation target_scales first_scales from mu_times L1_times G1_times method tuning c n d0 outputs seed"
    )
    for key in keys.split():
        assert re.search(rf"\b{key}\b", page), key
