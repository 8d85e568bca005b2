"""A class and a method of one's own: what they say in a claim, and what is refused."""

from dataclasses import dataclass
from fractions import Fraction

import pytest

import proofcheck as pc
from proofcheck.errors import InvalidInput
from proofcheck.kernel import classes as kernel_classes
from proofcheck.kernel import methods as kernel_methods


def test_document_is_what_the_kernel_reads(own):
    f = own.RestrictedSecant(mu="1/2", L=2)
    document = f.document()
    assert document["name"] == "named_premises"
    assert document["parameters"] == {"mu": "1/2", "L": "2"}
    assert document["inequalities"]["secant"] == {
        "points": 1,
        "values": {},
        "gram": [["g_i", "x_i", "1"], ["x_i", "x_i", "-1/2"]],
        "source": f.source,
    }
    assert document["member"] == "1/2"
    found = kernel_classes.read(document)
    assert found.assumed == 2
    assert found.misfit(Fraction(2)) is None
    assert found.misfit(Fraction(2) + Fraction(1, 10**9)) is not None
    assert found.parameters == {}, "nothing may read a parameter of a class the kernel does not know"


def test_pairs_are_summed_in_any_order():
    one = pc.Inequality(points=2, gram={("x_i", "g_j"): 1, ("g_j", "x_i"): "1/2", ("x_i", "x_i"): 0})
    two = pc.Inequality(points=2, gram=[("g_j", "x_i", 2), ("x_i", "g_j", Fraction(-1, 2))])
    assert one.gram == two.gram == {("g_j", "x_i"): Fraction(3, 2)}


def test_an_own_source_and_an_own_formula(own):
    @dataclass(frozen=True)
    class Two(own.RestrictedSecant):
        def inequalities(self):
            kept = super().inequalities()["secant"]
            return {"secant": kept, "flat": pc.Inequality(2, {"i": 1}, source="Here", latex=r"F_i\ge0")}

    found = Two(mu=1, L=2)
    assert found.document()["inequalities"]["flat"]["source"] == "Here"
    assert r"For all points $i$, $j$: $F_i\ge0$." in found.latex_assumptions()
    assert found.document()["inequalities"]["secant"]["source"] == Two.source


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"points": 3}, "points=3 must be 1 or 2"),
        ({"points": True}, "points=True must be 1 or 2"),
        ({"points": 1, "values": {"j": 1}}, "'j' must be one of i"),
        ({"points": 1, "values": {"i": 0.5}}, r"values\['i'\]=0.5 is a float"),
        ({"points": 1, "gram": {("x_i", "x_j"): 1}}, "'x_j' must be one of x_i, g_i"),
        ({"points": 2, "gram": {("u_i", "x_j"): 1}}, "'u_i' must be one of x_i, g_i, x_j, g_j"),
        ({"points": 2, "gram": {("x_i", "x_j"): "a"}}, r"gram\['x_i', 'x_j'\]"),
    ],
)
def test_inequalities_that_are_none(arguments, message):
    with pytest.raises(InvalidInput, match=message):
        pc.Inequality(**arguments)


def test_parameters_that_are_refused(own):
    with pytest.raises(InvalidInput, match=r"mu=3 must be in \(0, L=2\]"):
        own.RestrictedSecant(mu=3, L=2)
    with pytest.raises(InvalidInput, match=r"mu=0.5 is a float"):
        own.RestrictedSecant(mu=0.5, L=2)
    with pytest.raises(InvalidInput, match="class restricted_secant has no L1"):
        pc.GradientDescent.classical(own.RestrictedSecant(mu=1, L=2))
    assert pc.GradientDescent.classical(own.Interpolated(mu=1, L1=4)).eta == Fraction(1, 4)
    assert own.Interpolated(mu=1, L1=4).q == Fraction(1, 2)


def changed(own, **entries):
    return type("Changed", (own.RestrictedSecant,), entries)


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"member": Fraction(3)}, "member=3 breaks the premise error_bound"),
        ({"member": Fraction(-1)}, "member=-1 is negative"),
        ({"title": "t" * 101}, "title='t+'...: 101 characters, the limit is 100"),
        ({"title": "é"}, "title: not one line of printable ASCII"),
        ({"title": None}, "Changed.title is missing"),
        ({"source": "s" * 101}, "source='s+'...: 101 characters"),
        ({"inequalities": lambda self: {}}, "inequalities: none, expected 1 or more"),
        ({"inequalities": lambda self: {"smoothness": pc.Inequality(1)}}, "an inequality that the kernel knows"),
        ({"inequalities": lambda self: {"Mine": pc.Inequality(1)}}, "'Mine' is not a name of the form"),
        ({"inequalities": lambda self: {"mine": 1}}, r"inequalities\['mine'\]: expected an Inequality, got int"),
        ({"inequalities": lambda self: None}, r"inequalities\(\) gives a NoneType"),
    ],
)
def test_classes_that_are_refused(own, entries, message):
    with pytest.raises(InvalidInput, match=message):
        changed(own, **entries)(mu=1, L=2)


def test_what_a_subclass_has_to_say():
    @dataclass(frozen=True)
    class Nothing(pc.InequalityClass):
        name, title, source = "nothing", "nothing", "nowhere"

    @dataclass(frozen=True)
    class Still(pc.LinearMethod):
        name, title, source = "still", "still", "nowhere"

    with pytest.raises(NotImplementedError, match=r"Nothing\.inequalities"):
        Nothing()
    with pytest.raises(NotImplementedError, match=r"Still\.recursion"):
        Still(eta=1)
    for missing in (Nothing.definition, Nothing.invalid, Still.definition, Still.invalid):
        with pytest.raises(NotImplementedError, match=r"definition|invalid"):
            missing()


def test_method_document_and_formula(own):
    method = own.Momentum(eta="1/4", beta="1/3", gamma="-1/2")
    numbers = {"state_0": "4/3", "state_1": "-1/3", "query_0": "1/2", "query_1": "1/2", "eta": "1/4"}
    assert method.document() == {"name": "linear", **numbers}
    assert kernel_methods.read(method.document()).query(1, 0) == Fraction(1, 2)
    assert method.recursion().momentum == Fraction(1, 3)
    assert method.latex_recursion() == (
        r"\bar z_k=\tfrac{1}{2}z_k+\tfrac{1}{2}z_{k-1},\qquad "
        r"z_{k+1}=\tfrac{4}{3}z_k-\tfrac{1}{3}z_{k-1}-\eta\nabla f(\bar z_k)"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"state": (1, 1)}, r"state=\(1, 1\): the sum 2 must be 1"),
        ({"query": ("1/2", "1/3")}, r"query=\(1/2, 1/3\): the sum 5/6 must be 1"),
        ({"state": (1,)}, "expected two exact numbers"),
        ({"query": (0.5, 0.5)}, r"query\[0\]=0.5 is a float"),
        ({"eta": 0}, "eta=0 must be > 0"),
    ],
)
def test_recursions_that_are_refused(arguments, message):
    with pytest.raises(InvalidInput, match=message):
        pc.Recursion(**{"state": (1, 0), "query": (1, 0), "eta": 1, **arguments})


def test_a_recursion_has_to_be_one(own):
    with pytest.raises(InvalidInput, match="expected a Recursion, got tuple"):
        type("Wrong", (own.Momentum,), {"recursion": lambda self: (1, 0)})(eta=1)
