"""docs/third_parties.md runs from top to bottom, and prints what it says."""

import pytest


@pytest.fixture(scope="module")
def page(run_page):
    """What the page defines, and pairs of what it prints and what it says that it prints."""
    return run_page("docs/third_parties.md")


def test_the_page_prints_what_it_says(page):
    assert len(page["shown"]) == 7
    for printed, said in page["shown"]:
        assert printed == said


def test_its_results_are_what_the_kernel_says(page):
    """The page's test function passes, its theorem names both premises, and every check of the kernel is made again."""
    for check in page["class_checks"](page["f"]):
        page["test_restricted_secant"](check)
    for name in ("result", "old"):
        assert page[name].check().word == "PROVED_UNDER_2"
        assert all(premise in page[name].explain() for premise in ("error_bound, for every", "secant, for every"))
    assert page["wrong"].check().word == "REFUTED"
    multipliers = page["result"].multipliers["decrease"]
    assert sorted(multipliers.values()) == [page["Fraction"](1, 16), page["Fraction"](1, 2)]
