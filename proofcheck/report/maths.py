r"""Texts of a paper with mathematics between dollar signs: read, and written again from what was read.

Only commands named here come through, groups are closed, scripts and arguments are where they belong; what cannot
be read so is printed as its source. Nothing that a file says can therefore do more than print.
"""

from __future__ import annotations

import re

from .escape import Tex, code, text


def _names(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


LETTERS = _names(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi varpi rho varrho "
    "sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega "
    "ell hbar imath jmath nabla partial infty star ast top bot perp prime emptyset varnothing forall exists neg dagger "
    "ldots cdots dots cdot times div pm mp circ bullet oplus otimes odot cup cap setminus mid parallel colon "
    "le leq ge geq ne neq equiv approx sim simeq cong propto ll gg lesssim gtrsim leqslant geqslant prec succ "
    "in notin ni subset subseteq supset supseteq to gets mapsto rightarrow leftarrow leftrightarrow Rightarrow "
    "Leftarrow Leftrightarrow iff implies longrightarrow uparrow downarrow land lor wedge vee "
    "sum prod int max min sup inf lim limsup liminf arg log ln exp det dim ker rank tr Pr sin cos tan gcd "
    "langle rangle lfloor rfloor lceil rceil lvert rvert lVert rVert vert Vert quad qquad triangleq surd"
)
PRINTED = {"rank": r"\operatorname{rank}", "tr": r"\operatorname{tr}", "triangleq": r"\stackrel{\triangle}{=}"}
ONE = _names(
    "hat tilde bar vec dot ddot widehat widetilde overline underline mathcal mathbb mathrm mathbf mathit mathsf "
    "operatorname boldsymbol underbrace"
)
TWO = ("frac", "tfrac", "dfrac", "binom")
WORDS = ("text", "textrm", "mbox", "textit")
SYMBOLS = {",", ";", ":", "!", " ", "{", "}", "|", "%"}
FENCES = ("(", ")", "[", "]", "|", ".", "/", r"\|", r"\{", r"\}", r"\langle", r"\rangle", r"\lfloor", r"\rfloor",
          r"\lceil", r"\rceil", r"\lvert", r"\rvert", r"\lVert", r"\rVert", r"\vert", r"\Vert")  # fmt: skip
SIZES = [size + side for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m")]
PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-*/=<>()[]|.,;:!?@")
LONGEST, DEEPEST, WIDE = 4_000, 12, 60
_TOKEN = re.compile(r"\\(?:[A-Za-z]+|.)|\s+|.", re.DOTALL)


class Unreadable(ValueError):
    """Mathematics that is not of the kind that is printed."""


def mixed(value: str, limit: int = 8_000) -> Tex:
    r"""A text with mathematics between dollar signs.

    Examples
    --------
    >>> print(mixed(r"50% of $x^2\le\frac12$"))
    50\% of $x^{2}\le \frac{1}{2}$
    >>> print(mixed(r"$\input{x}$"))
    \kernel{\textbackslash{}input\{x\}}
    """
    parts = value[:limit].split("$")
    if len(parts) % 2 == 0:
        return text(value, limit)
    shown: list[str] = []
    for number, part in enumerate(parts):
        if number % 2:
            shown.append(formula(part))
            continue
        inner = text(part.replace("`", "\u2018").replace("'", "\u2019"), limit)
        before = " " if part[:1].isspace() else ""
        after = " " if part[-1:].isspace() and part.strip() else ""
        shown.append(before + inner + after)
    return Tex("".join(shown) + (" [...]" if len(value) > limit else ""))


def formula(source: str) -> Tex:
    """Mathematics with its dollar signs, or its source where it is not of the kind that is printed."""
    try:
        return Tex(f"${Reader(source).read()}$") if source.strip() else Tex("")
    except Unreadable:
        return code(source)


class Reader:
    """One pass over the tokens of a formula."""

    def __init__(self, source: str) -> None:
        if len(source) > LONGEST:
            raise Unreadable
        self.tokens = _TOKEN.findall(source)
        self.index = 0
        self.depth = 0

    def read(self) -> str:
        """The whole formula."""
        found = self.sequence((), breaks=True)
        if self.peek():
            raise Unreadable
        return found

    def peek(self) -> str:
        """The next token that is not a space."""
        while self.index < len(self.tokens) and self.tokens[self.index].isspace():
            self.index += 1
        return self.tokens[self.index] if self.index < len(self.tokens) else ""

    def take(self) -> str:
        """The next token, which there has to be."""
        token = self.peek()
        if not token:
            raise Unreadable
        self.index += 1
        return token

    def sequence(self, ends: tuple[str, ...], breaks: bool = False) -> str:
        """Atoms with their scripts, up to one of `ends`; lines may break after commas where `breaks`."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unreadable
        shown = []
        while self.peek() and self.peek() not in ends:
            if self.peek() == "}":
                raise Unreadable
            atom = "{}" if self.peek() in ("^", "_", "'") else self.atom(breaks)
            shown.append(atom + self.scripts())
            if breaks and atom in (",", ";"):
                shown.append(r"\allowbreak ")
        self.depth -= 1
        return "".join(shown)

    def scripts(self) -> str:
        """Primes, one exponent and one index."""
        primes, seen = "", {}
        while self.peek() == "'":
            primes += self.take()
        while self.peek() in ("^", "_"):
            mark = self.take()
            if mark in seen:
                raise Unreadable
            seen[mark] = self.argument()
        return primes + "".join(f"{mark}{{{inside}}}" for mark, inside in seen.items())

    def argument(self) -> str:
        """A group, or one atom without scripts."""
        if self.peek() in ("^", "_", "'", "}"):
            raise Unreadable
        if self.peek() == "{":
            return self.group()
        return self.atom(False)

    def group(self) -> str:
        """What is between braces."""
        self.take()
        inside = self.sequence(("}",))
        if self.take() != "}":
            raise Unreadable
        return inside

    def atom(self, breaks: bool) -> str:
        """A character, a group or a command with its arguments."""
        if self.peek() == "{":
            return f"{{{self.group()}}}"
        token = self.take()
        if not token.startswith("\\"):
            if token not in PLAIN:
                raise Unreadable
            return token
        name = token[1:]
        if name in SYMBOLS:
            return token
        if name in LETTERS:
            return PRINTED.get(name, f"{token} ")
        return self.command(name, breaks)

    def command(self, name: str, breaks: bool) -> str:
        """A command that takes something."""
        if name in ONE:
            return rf"\{name}{{{self.argument()}}}"
        if name in TWO:
            return rf"\{name}{{{self.argument()}}}{{{self.argument()}}}"
        if name == "sqrt":
            root = ""
            if self.peek() == "[":
                self.take()
                root = f"[{{{self.sequence((']',))}}}]"
                self.take()
            return rf"\sqrt{root}{{{self.argument()}}}"
        if name in SIZES:
            return rf"\{name}{self.fence()}"
        if name in WORDS:
            return rf"\text{{{self.words()}}}"
        if name == "left":
            return self.fenced(breaks)
        raise Unreadable

    def words(self) -> str:
        """Text inside of mathematics."""
        if self.take() != "{" or "}" not in self.tokens[self.index :]:
            raise Unreadable
        end = self.tokens.index("}", self.index)
        inside, self.index = "".join(self.tokens[self.index : end]), end + 1
        edges = inside[:1].isspace(), inside[-1:].isspace()
        return " " * edges[0] + text(inside) + " " * edges[1]

    def fence(self) -> str:
        """A delimiter."""
        token = self.take()
        if token not in FENCES:
            raise Unreadable
        return token + (" " if token[-1].isalpha() else "")

    def fenced(self, breaks: bool) -> str:
        r"""\left ... \right, which never breaks; so a long one gets delimiters of a fixed size."""
        start, opening = self.index, self.fence()
        inside = self.sequence((r"\right",), breaks=breaks)
        if self.take() != r"\right":
            raise Unreadable
        closing = self.fence()
        if breaks and self.index - start > WIDE:
            return rf"\bigl{opening}{inside}\bigr{closing}"
        return rf"\left{opening}{inside}\right{closing}"
