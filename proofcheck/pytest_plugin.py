"""The pytest plugin: claims with certificates, and case files, as test items. docs/pytest.md.

Loading it imports nothing but pytest, and without `--proofcheck` (or `proofcheck = true` in the configuration) it
does nothing.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from proofcheck.decisions import Decision
    from proofcheck.subjects import Subject

ACCEPTED = ("PROVED", "PROVED_UNDER", "REFUTED")
WORDS = (*ACCEPTED, "UNDECIDED", "OBSERVED")
MARKERS = {
    "proofcheck": "every item of proofcheck",
    "proofcheck_check": "the kernel checks a claim with its certificate",
    "proofcheck_search": "a case file: a proof or a counterexample is searched",
    "proofcheck_slow": "may take more than about ten seconds",
}
WIDTH = 100


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Add `--proofcheck`, and the same in the configuration."""
    _leave_as_it_is(pluginmanager)
    text = "collect claims with certificates, and case files, as test items"
    parser.getgroup("proofcheck").addoption("--proofcheck", action="store_true", help=text)
    parser.addini("proofcheck", f"{text} (as --proofcheck)", type="bool", default=False)
    parser.addini(
        "proofcheck_accept",
        f"words with which a claim with its certificate passes, of {', '.join(WORDS)}",
        type="args",
        default=list(ACCEPTED),
    )


def _leave_as_it_is(pluginmanager: pytest.PytestPluginManager) -> None:
    """Let no module of proofcheck get its asserts rewritten.

    pytest does that to every module of a distribution that has a plugin. It slows imports down, and runpy cannot run
    such modules. There is no official way to decline; where this one ends, pytest rewrites again.
    """
    hook = getattr(pluginmanager, "rewrite_hook", None)
    names = getattr(hook, "_must_rewrite", None)
    if isinstance(names, set):
        names -= {name for name in names if name.partition(".")[0] == "proofcheck"}
    known = getattr(hook, "_marked_for_rewrite_cache", None)
    if isinstance(known, dict):
        known.clear()


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers, and the collecting where it is wanted."""
    for name, text in MARKERS.items():
        config.addinivalue_line("markers", f"{name}: {text}")
    if config.getoption("proofcheck") or config.getini("proofcheck"):
        accepted = tuple(config.getini("proofcheck_accept"))
        for word in accepted:
            if word not in WORDS:
                raise pytest.UsageError(f"proofcheck_accept={word!r} must be one of {', '.join(WORDS)}")
        config.pluginmanager.register(Collecting(accepted), "proofcheck-collecting")


class Collecting:
    """The hooks that are there only where collecting is wanted."""

    def __init__(self, accepted: tuple[str, ...]) -> None:
        self.accepted = accepted

    def pytest_report_header(self) -> str:
        """One line above the run."""
        from proofcheck import __version__

        return f"proofcheck: {__version__}, accepting {', '.join(self.accepted)}"

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """Collect a file with something to decide."""
        from proofcheck.subjects import subject

        found = subject(file_path, parent.session.isinitpath(file_path))
        if found is None:
            return None
        return ProofcheckFile.from_parent(parent, path=file_path, subject=found, accepted=self.accepted)

    def pytest_report_teststatus(
        self, report: pytest.TestReport
    ) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
        """With -v: the verdict and the claim behind PASSED; where it failed, they are in the reason and its section."""
        said = dict(getattr(report, "user_properties", ()))
        if getattr(report, "when", None) != "call" or "proofcheck" not in said or not report.passed:
            return None
        claim = str(said["proofcheck_claim"])
        shown = f"{said['proofcheck']}: {claim}" if claim else str(said["proofcheck"])
        shown = shown if len(shown) <= WIDTH else f"{shown[: WIDTH - 3]}..."
        return "passed", ".", (f"PASSED ({shown})", {"green": True})


class ProofcheckFile(pytest.File):
    """A file with something to decide."""

    def __init__(self, *, subject: Subject, accepted: tuple[str, ...], **keywords: object) -> None:
        super().__init__(**keywords)  # type: ignore[arg-type]
        self.subject, self.accepted = subject, accepted

    def collect(self) -> Iterator[ProofcheckItem]:
        """One item, named after the command that decides it."""
        name = self.subject.command
        yield ProofcheckItem.from_parent(self, name=name, subject=self.subject, accepted=self.accepted)


class ProofcheckItem(pytest.Item):
    """One claim, or one case file. It passes with the kernel's word, or fails with the kernel's reason."""

    def __init__(self, *, subject: Subject, accepted: tuple[str, ...], **keywords: object) -> None:
        super().__init__(**keywords)  # type: ignore[arg-type]
        self.subject, self.accepted = subject, accepted
        kind = "proofcheck_search" if subject.searches else "proofcheck_check"
        for marker in ("proofcheck", kind, *["proofcheck_slow"] * subject.slow):
            self.add_marker(marker)

    def runtest(self) -> None:
        """Decide, say so, and fail in one line where the word is not the wanted one."""
        from proofcheck.decisions import accepts, decide

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of other packages, when they are first imported: nobody's test
            found = decide(self.subject, self.accepted)
        if found.unable:
            pytest.skip(found.unable)
        self.user_properties += [("proofcheck", found.word), ("proofcheck_claim", found.claim)]
        self.add_report_section("call", "proofcheck", self._section(found))
        if not accepts(found, self.subject, self.accepted):
            pytest.fail(f"{found.word}: {found.reason}{self._instead(found)}", pytrace=False)

    def _instead(self, found: Decision) -> str:
        """What was wanted, where an answer of the kernel or of the search was not it."""
        if found.word in ("REJECTED", "DECLINED", "INVALID"):
            return ""
        if self.subject.searches:
            return f" (expected: {found.expect or 'PROVED'})"
        return "" if found.word == "UNDECIDED" else f" (accepted: {', '.join(self.accepted)})"

    def _section(self, found: Decision) -> str:
        lines = [*found.words, *([f"claim: {found.claim}"] if found.claim else [])]
        return "\n".join([*lines, f"{found.word}: {found.reason}"]) + "\n"

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the item is and what it is called in reports."""
        return self.path, None, f"{self.name} {self.path.parent.name}/{self.path.name}"
