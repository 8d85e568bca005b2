"""docs/testing.md runs from top to bottom, prints what it says, and names what there is."""

import importlib.util
import re
from pathlib import Path

from proofcheck import testing

PAGE = (Path(__file__).parents[2] / "docs/testing.md").read_text()


def test_the_page_prints_what_it_says(run_page):
    shown = run_page("docs/testing.md")["shown"]
    assert len(shown) == 3 + (importlib.util.find_spec("torch") is not None)
    for printed, said in shown:
        assert printed == said


def test_every_assumption_and_every_strategy_is_named():
    words = set(re.findall(r"[\w]+(?: \d+)?", PAGE))
    numbers = {f"Lemma {number}" for number in (5, 8, 9, 20)}
    assert set(testing.ASSUMPTIONS) - numbers <= words
    assert numbers <= set(testing.ASSUMPTIONS)
    strategies = {name for module, names in testing._HOMES.items() if module.startswith("strategies") for name in names}
    assert strategies <= words


def test_the_number_of_forgeries():
    from proofcheck.testing.strategies_forgeries import FORGERIES

    assert f"{len(FORGERIES)} kinds of forgery" in PAGE
