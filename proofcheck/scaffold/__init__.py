"""`proofcheck init`: an example case, a test and a CI snippet for a new repository."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import re
import shlex
from importlib import metadata, resources
from pathlib import Path

from proofcheck.errors import OutputError
from proofcheck.files import make_directory, remove, write_atomically

CASE = "cases/logistic_regression.toml"
TEST = "tests/test_logistic_regression.py"
WORKFLOW = ".github/workflows/proofcheck.yml"
UNKNOWN = "${{ vars.PROOFCHECK }}"
"""In the workflow, where pip cannot be told what was installed here: a variable of the repository."""
_PLAIN = re.compile(r"https?://[A-Za-z0-9._~:/?#@%+=&,-]+", re.ASCII)


def scaffold(directory: str | Path = ".") -> list[Path]:
    """Write the example into a directory, which is created where it is not there.

    Parameters
    ----------
    directory : path

    Returns
    -------
    list of Path
        What was written, each file in one move.

    Raises
    ------
    OutputError
        With one line that names the file: if one of the files is there already, or cannot be written. Then none of
        them is written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in scaffold(folder)]
    ['logistic_regression.toml', 'test_logistic_regression.py', 'proofcheck.yml']
    """
    contents = {Path(directory) / name: text for name, text in files().items()}
    for path in contents:
        if path.exists() or path.is_symlink():
            raise OutputError(f"{path}: exists already; nothing was written")
    for path in contents:
        make_directory(path.parent)
    written: list[Path] = []
    try:
        for path, text in contents.items():
            write_atomically(path, text.encode("utf-8"))
            written.append(path)
    except OutputError:
        for path in written:
            with contextlib.suppress(OutputError):
                remove(path)
        raise
    return written


def files() -> dict[str, str]:
    """The files by their paths in the repository."""
    test = _template("model.py.txt")
    if _knows_assumptions():
        test += _template("assert_holds.py.txt")
    workflow = _template("proofcheck.yml").replace("@SOURCE@", source())
    return {CASE: _template("case.toml"), TEST: test, WORKFLOW: workflow}


def source() -> str:
    """What pip has to be told to install this proofcheck elsewhere; `UNKNOWN` where it came from this machine."""
    try:
        found = metadata.distribution("proofcheck")
    except metadata.PackageNotFoundError:
        return UNKNOWN
    direct = found.read_text("direct_url.json")
    if direct is None:  # it came from an index
        return f"proofcheck[testing]=={found.version}"
    try:
        record = json.loads(direct)
        url, commit = str(record["url"]), str(record.get("vcs_info", {}).get("commit_id", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        return UNKNOWN
    if not _PLAIN.fullmatch(url):
        return UNKNOWN
    return f"proofcheck[testing] @ {f'git+{url}@{commit}' if re.fullmatch('[0-9a-f]{40}', commit) else url}"


def next_steps(directory: str | Path) -> list[str]:
    """What to do with it now, as lines of shell."""
    name = Path(CASE).stem
    missing = [module for module in ("pytest", "hypothesis") if importlib.util.find_spec(module) is None]
    lines = [] if Path(directory) == Path(".") else [f"cd {shlex.quote(str(directory))}"]
    lines += [f"python -m pip install {' '.join(missing)}"] if missing else []
    lines += ["python -m pytest --proofcheck .", f"proofcheck certify {CASE} -o certificates/{name}  # keep and commit"]
    if source() == UNKNOWN:
        lines.append(f"# set the repository's variable PROOFCHECK, which {WORKFLOW} installs")
    return lines


def _template(name: str) -> str:
    return (resources.files(__name__) / "templates" / name).read_text(encoding="utf-8")


def _knows_assumptions() -> bool:
    from proofcheck import testing

    return "assert_holds" in testing.__all__
