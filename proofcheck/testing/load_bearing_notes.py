"""The premises that have no example: why they are not needed, or what was tried, with the attempt to run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

from proofcheck.testing import breaking
from proofcheck.testing.breaking import Draft, Point
from proofcheck.testing.piecewise import ZERO, Profile, Valley, constant
from proofcheck.testing.shipped import Instance, Theorem

TENTH = Fraction(1, 10)
ONE = Fraction(1)
STEPS = 60


@dataclass(frozen=True)
class Note:
    """Why there is no example; with `draft` the attempt, which `NotNeeded.check` runs."""

    why: str
    attempt: str
    proved: bool = True
    steps: int = 0
    instance: Instance | None = None
    draft: Draft | None = None


DEFINITIONS = {
    "comp": "no assumption: it says what g and h are, of which A3 and A4 speak",
    "min": "no assumption: it says what f* is",
    "stat": "no assumption: by A6 and `min` x*(u) is a minimiser of a differentiable function",
}
LOWER = (
    "the theorem says that no smaller rate holds on the class: premises only say which functions are in it, and "
    "without one of them the class is larger, so that the same functions are in it and the theorem still holds"
)


def note(theorem: Theorem, part: str) -> Callable[[], Note] | None:
    """What makes the note on a premise (or half of one), or None: then there must be an example."""
    if theorem.kind == "rate_lower_bound":
        return partial(_lower, theorem)
    if part in DEFINITIONS:
        return partial(Note, DEFINITIONS[part], "nothing to break")
    if theorem.name == "theorems/nesterov_classical_tau_0" and part in UNCOUPLED:
        return partial(_uncoupled, theorem, part)
    if part == "A5":
        return partial(_a5, theorem)
    makers = {
        ("liao24a Theorem 7", "A4"): _a4_of_the_paper,
        ("theorems/nesterov_classical_tau_1_8_near_1_2", "start"): _start,
    }
    make = makers.get((theorem.name, part))
    return None if make is None else partial(make, theorem)


def _lower(theorem: Theorem) -> Note:
    inst = replace(theorem.at(Fraction(1, 2)), rate=ONE, constant=ONE)  # what is watched: the run does not grow
    assert inst.L2 is not None
    assert inst.G1 is not None
    r = breaking.root_above(inst.mu / inst.L2)
    pieces, start = breaking.staircase(inst, inst.L2, r, inst.G1, inst.G1, 30)
    words = "the staircase of the class itself, 20 steps at q = 1/2: it breaks nothing, and f goes down slowly"
    return Note(LOWER, words, True, 20, inst, Draft(pieces, start, "", "", (start, start)))


UNCOUPLED = {
    "A3": "G1 = 0: by A4 f does not depend on u, and A1 and A2 are all that the proof uses",
    "A3min": "G1 = 0: by A4 f does not depend on u, and A1 and A2 are all that the proof uses",
    "A4": "|J| <= G1 = 0 by the proviso: u never moves, and f(., u_0) has A1, A2 and, by A6, the minimum f*",
    "A6": "G1 = 0: by A4 f does not depend on u, so that the minimum over x is the same for every u",
    "proviso": "G1 = 0: by A4 f does not depend on u, and it does not matter where the steps lead u",
}


def _uncoupled(theorem: Theorem, part: str) -> Note:
    inst = theorem.at(TENTH)
    assert inst.L2 is not None
    start = Point((ONE,), (ZERO,))
    plain = Profile(constant(inst.mu), spectator=True)
    tries: dict[str, tuple[Profile | Valley, str]] = {
        "A3": (
            Profile(constant(inst.mu), stretch=Fraction(1, 100), spectator=True),
            "f = mu x^2/2, g of curvature 100 L2",
        ),
        "A4": (Valley(inst.L2, TENTH, constant(ONE), clip=ZERO), "f = (L2/2) (x/10 + u)^2 with J = 0"),
        "proviso": (replace(plain, push=Fraction(1000)), "f = mu x^2/2 with J = 1000"),
    }
    if part not in tries:
        return Note(UNCOUPLED[part], "nothing breaks it alone: without u there is no other f*")
    pieces, words = tries[part]
    words += f", {STEPS} steps at q = 1/10: the conclusion holds"
    return Note(UNCOUPLED[part], words, True, STEPS, inst, Draft(pieces, start, "", "", (start, start)))


def _a5(theorem: Theorem) -> Note:
    q = TENTH if theorem.family else None
    inst = theorem.at(q)
    assert inst.L2 is not None
    assert inst.G1 is not None
    assert inst.G2 is not None
    M, G1 = inst.L2, inst.G1
    if theorem.name.startswith("liao24a"):
        why = (
            "with its constants C1 = c/5, c <= 4/9, (5) implies tau <= 1/4, and the kernel proves the rate "
            "1 - sqrt(c/kappa)/4 with the constant 7/4 without A5 (nesterov_paper_tau_1_4; 3/2 in balls smaller than "
            "the paper's, nesterov_paper_tau_1_4_in_balls); A5 is needed by the printed proof, not by the theorem"
        )
        r, words = ONE, "f = (L2/2) (x + G1 u)^2 with G2 = L2 G1 (declared: half of it)"
        inst = replace(inst, G2=M * G1 / 2)
    else:
        why = "the kernel proves the same rate and the same constant for the class without A5: 0.93331413 and 4.29"
        r = Fraction(14)
        words = "f = (L2/2) (14 x + u)^2: G2 is 7 times the declared one, the most that A2 and A4 leave"
    start = Point((1 / r,), (ZERO,))
    words += f", {STEPS} steps: the conclusion holds"
    draft = Draft(Valley(M, r, constant(G1)), start, "", "", (start, start))
    return Note(why, words, True, STEPS, inst, draft)


def _a4_of_the_paper(theorem: Theorem) -> Note:
    inst = theorem.at(TENTH)
    assert inst.L2 is not None
    assert inst.G1 is not None
    assert inst.G2 is not None
    why = (
        "by A5 and A6 f is never steeper in u than G2 sqrt(2 F/mu), whatever h does, and the step in u is "
        "bounded by the proviso; to first order u changes f by 2 eta G1 G2 sqrt(L2/mu) F a step, which (5) makes small"
    )
    steep = inst.G2 / (inst.L2 * TENTH)
    pieces, start = breaking.staircase(inst, inst.L2, TENTH, inst.G1, steep, STEPS)
    words = f"a staircase, 10^12 G1 steep between the queries, {STEPS} steps at q = 1/10: the conclusion holds"
    return Note(why, words, False, STEPS - 1, inst, Draft(pieces, start, "", "", (start, start)))


def _start(theorem: Theorem) -> Note:
    inst = theorem.at(Fraction(1, 50))
    assert inst.L2 is not None
    assert inst.G1 is not None
    why = (
        "R_x here is larger than sqrt(2)/(1 - tau) = 1.62 sqrt(F_0/mu), the way that a staircase drags x from "
        "the farthest start that A1 allows; for q >= 0.31 the radii are at least those of "
        "nesterov_classical_tau_1_8_in_balls, which knows no such premise"
    )
    r = breaking.root_above(inst.mu / inst.L2)
    pieces, start = breaking.staircase(inst, inst.L2, r, inst.G1, inst.G1, 240)
    words = "the staircase from the farthest start, 220 steps at q = 1/50: x, y and the minimisers stay in X"
    return Note(why, words, False, 220, inst, Draft(pieces, start, "", "", (start, start)))


__all__ = ["Note", "note"]
