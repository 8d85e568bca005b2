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
_GREEK = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi . pi rho . sigma tau upsilon phi chi psi omega"
_SYMBOLS = {
    **{chr(0x3B1 + n): rf"\ensuremath{{\{name}}}" for n, name in enumerate(_GREEK.split()) if name != "."},
    **{c: rf"\ensuremath{{\{n}}}" for c, n in zip("ΓΔΘΛΞΠΣΦΨΩ", "Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega".split(), strict=True)},
    "≤": r"\ensuremath{\le}",
    "≥": r"\ensuremath{\ge}",
    "≈": r"\ensuremath{\approx}",
    "×": r"\ensuremath{\times}",
    "·": r"\ensuremath{\cdot}",
    "−": r"\ensuremath{-}",
    "±": r"\ensuremath{\pm}",
    "→": r"\ensuremath{\to}",
    "∞": r"\ensuremath{\infty}",
    "∇": r"\ensuremath{\nabla}",
    "√": r"\ensuremath{\surd}",
    "²": r"\ensuremath{^2}",
    "³": r"\ensuremath{^3}",
    "‖": r"\ensuremath{\|}",
    "–": r"\textendash{}",
    "—": r"\textemdash{}",
    "‘": r"\textquoteleft{}",
    "’": r"\textquoteright{}",
    "“": r"\textquotedblleft{}",
    "”": r"\textquotedblright{}",
    "…": r"\ldots{}",
    "§": r"\S{}",
    "\u00a0": " ",
}


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
    return "\u00c0" <= character <= "\u017e" and character not in "×÷ĦħĸĿŀŉŦŧĲĳ"
