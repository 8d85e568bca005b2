r"""From text that nobody vouches for to LaTeX that only prints.

Everything a template prints is a `Tex`; plain strings are refused there, so that a forgotten escape
is an error and never an injection.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST_WORD = 24
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "'": r"\textquotesingle{}",
    "`": r"\textasciigrave{}",
    "-": r"-{}",
    ",": r",{}",
    "!": r"!{}",
    "?": r"?{}",
}
_MATHS = {
    0x3B1: "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi",
    0x3C0: "pi rho",
    0x3C3: "sigma tau upsilon phi chi psi omega",
}
_CODES = {
    0x393: "Gamma",
    0x394: "Delta",
    0x3A3: "Sigma",
    0x3A6: "Phi",
    0x3A8: "Psi",
    0x3A9: "Omega",
    0x2264: "le",
    0x2265: "ge",
    0x2248: "approx",
    0xD7: "times",
    0xB7: "cdot",
    0xB1: "pm",
    0x2192: "to",
    0x221E: "infty",
    0x2207: "nabla",
    0x221A: "surd",
    0x2016: "|",
} | {first + n: name for first, names in _MATHS.items() for n, name in enumerate(names.split())}
_NAMES = {
    0xA0: " ",
    0xA7: r"\S{}",
    0xB2: r"\ensuremath{^2}",
    0xB3: r"\ensuremath{^3}",
    0x2212: r"\ensuremath{-}",
    0x2013: r"\textendash{}",
    0x2014: r"\textemdash{}",
    0x2018: r"\textquoteleft{}",
    0x2019: r"\textquoteright{}",
    0x201C: r"\textquotedblleft{}",
    0x201D: r"\textquotedblright{}",
    0x2026: r"\ldots{}",
}
_SYMBOLS = {chr(code): rf"\ensuremath{{\{name}}}" for code, name in _CODES.items()}
_SYMBOLS |= {chr(code): shown for code, shown in _NAMES.items()}
_NOT_IN_T1 = {0xD7, 0xF7, 0x126, 0x127, 0x132, 0x133, 0x138, 0x13F, 0x140, 0x149, 0x166, 0x167}


class Tex(str):
    """A string that is LaTeX already."""

    __slots__ = ()


def text(value: str, limit: int = 2_000) -> Tex:
    r"""LaTeX that prints a text of any origin, on any number of lines of any width.

    Control characters become spaces, characters the fonts lack are printed as their code, words that are too long
    get places to break, and what is beyond `limit` characters is cut off visibly.

    Examples
    --------
    >>> print(text(r"50% of \write18 & f_k"))
    50\% of \textbackslash{}write18 \& f\_k
    >>> print(text("rate ≤ \u202e1"))
    rate \ensuremath{\le} [U+202E]1
    """
    normal = unicodedata.normalize("NFC", value[: limit + 1])
    shown = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in normal)
    cut = " [...]" if len(value) > limit else ""
    words = re.split(r"\s+", (shown[:limit] + cut).strip())
    return Tex(" ".join(_word(word) for word in words))


def code(value: str, limit: int = 6_000) -> Tex:
    r"""A formula of the kernel's language in typewriter, with places to break after its signs.

    Examples
    --------
    >>> print(code("a_1*(b + c)"))
    \kernel{a\_1*\allowbreak{}(b + c)}
    """
    shown, run = [], 0
    line = " ".join(value[:limit].split())
    for c, following in zip(line, line[1:] + " ", strict=True):
        run = run + 1 if c.isalnum() else 0
        broken = (c in "*/,;" and following != " ") or (run and run % LONGEST_WORD == 0)
        shown.append(_character(c) + (r"\allowbreak{}" if broken else ""))
    return Tex(rf"\kernel{{{''.join(shown)}{' [...]' if len(value) > limit else ''}}}")


def _word(word: str) -> str:
    shown = [_character(c) for c in word]
    if len(word) <= LONGEST_WORD:
        return "".join(shown)
    return r"\allowbreak{}".join(shown)


def _character(character: str) -> str:
    if character in _SPECIAL:
        return _SPECIAL[character]
    if character in _SYMBOLS:
        return _SYMBOLS[character]
    if character.isascii() or _accented(character):
        return character
    return f"[U+{ord(character):04X}]"


def _accented(character: str) -> bool:
    """Letters of Latin-1 and Latin Extended-A that the T1 encoding has."""
    return 0xC0 <= ord(character) <= 0x17E and ord(character) not in _NOT_IN_T1
