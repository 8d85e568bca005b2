"""What the kernel reads: rationals and strict JSON. No bytes at all may raise anything but a refusal."""

import hashlib
import json
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from proofcheck.kernel import Declined, Invalid, Refusal, check, explain, wire

WORDS = {"PROVED", "PROVED_UNDER_1", "PROVED_UNDER_2", "REFUTED", "REJECTED", "DECLINED", "INVALID"}
LEAVES = st.none() | st.booleans() | st.integers(-(10**5) + 1, 10**6 - 1) | st.text(max_size=8)
DOCUMENTS = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
FRAGMENTS = st.lists(
    st.sampled_from(
        ['{"', '"', ":", ",", "}", "[", "]", "\\", "\\u00", "1e9", "NaN", "-", "0", "/", "null", " ", "é", "\n"]
    )
).map(lambda parts: "".join(parts).encode())


@given(st.fractions())
def test_rationals_round_trip(number):
    assert wire.rational(str(number), "here") == number


@given(st.text(alphabet="0123456789-/+. e_", max_size=9))
def test_only_canonical_rationals_are_read(text):
    try:
        number = wire.rational(text, "here")
    except Invalid:
        return
    assert str(number) == text


@given(st.integers(-99, 99), st.integers(-99, 99))
def test_a_rational_has_one_spelling(p, q):
    text = f"{p}/{q}"
    canonical = q > 1 and Fraction(p, q).denominator == q
    if canonical:
        assert wire.rational(text, "here") == Fraction(p, q)
    else:
        with pytest.raises(Invalid):
            wire.rational(text, "here")


@given(DOCUMENTS)
def test_documents_round_trip(document):
    data = wire.canonical_bytes(document)
    assert wire.read_json(data, "claim") == document
    assert wire.canonical_bytes(wire.read_json(data, "claim")) == data
    assert wire.digest(document) == hashlib.sha256(data).hexdigest()


def test_canonical_bytes_are_frozen():
    """A change here changes every hash in the field."""
    document = {"b": ["1/2", 3], "a": {"é": None}}
    expected = b'{\n  "a": {\n    "\\u00e9": null\n  },\n  "b": [\n    "1/2",\n    3\n  ]\n}\n'
    assert wire.canonical_bytes(document) == expected
    assert wire.digest({}) == hashlib.sha256(b"{}\n").hexdigest()


@settings(max_examples=300)
@given(st.binary(max_size=60) | FRAGMENTS, st.binary(max_size=60) | FRAGMENTS)
@example(b"", b"")
@example(b'"\\', b"{}")
def test_no_bytes_raise(claim, certificate):
    verdict = check(claim, certificate)
    assert verdict.word in {"INVALID", "DECLINED"}
    assert verdict.reason


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_change_of_a_good_pair_raises(accepted, data):
    """Bytes of accepted files replaced, removed or doubled anywhere."""
    case = data.draw(st.sampled_from([case for case in accepted if len(case.certificate) < 20_000]))
    pair = [case.claim, case.certificate]
    side = data.draw(st.integers(0, 1))
    start = data.draw(st.integers(0, len(pair[side]) - 1))
    width = data.draw(st.integers(0, 9))
    pair[side] = pair[side][:start] + data.draw(st.binary(max_size=6) | FRAGMENTS) + pair[side][start + width :]
    verdict = check(*pair, case.files)
    assert verdict.word in WORDS
    if pair[0] != case.claim and verdict.accepted:
        assert json.loads(pair[0]) == json.loads(case.claim), "only white space may differ"


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_document_in_place_of_a_part_raises(accepted, data):
    """Any JSON value in place of any value of an accepted pair, re-signed."""
    case = data.draw(st.sampled_from([case for case in accepted if len(case.certificate) < 20_000]))
    claim, certificate = json.loads(case.claim), json.loads(case.certificate)
    node = data.draw(st.sampled_from([claim, certificate]))
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            break
        key = data.draw(st.sampled_from(keys))
        if isinstance(node[key], dict | list) and data.draw(st.booleans()):
            node = node[key]
            continue
        node[key] = data.draw(DOCUMENTS | st.fractions(max_denominator=9).map(str))
        break
    if certificate.get("claim") == json.loads(case.certificate)["claim"]:
        certificate["claim"] = wire.digest(claim)
    assert check(wire.canonical_bytes(claim), wire.canonical_bytes(certificate), case.files).word in WORDS


@given(st.binary(max_size=80) | FRAGMENTS)
def test_explain_refuses_or_explains(data):
    with pytest.raises(Refusal):
        explain(data)


def test_depth_is_counted_outside_strings():
    limit = wire.MAX_DEPTH
    for opening, closing in (("[", "]"), ('{"a":', "}")):
        inside = "[1]" if opening == "[" else '{"a":1}'
        fits = opening * (limit - 1) + inside + closing * (limit - 1)
        assert wire.read_json(fits.encode(), "claim") is not None
        with pytest.raises(Declined, match=f"nested {limit + 1} deep"):
            wire.read_json((opening + fits + closing).encode(), "claim")
    quoted = json.dumps(["[" * 50 + '"' + "{" * 50 + "\\"])
    assert wire.read_json(quoted.encode(), "claim") == ["[" * 50 + '"' + "{" * 50 + "\\"]


def test_limits_are_inclusive():
    assert wire.rational("1" * wire.MAX_DIGITS, "here") == int("1" * wire.MAX_DIGITS)
    assert wire.text("a" * wire.MAX_TEXT, "here") == "a" * wire.MAX_TEXT
    assert wire.sequence([1, 2], "here", 2) == [1, 2]
    assert [wire.integer(number, "here", 0, 5) for number in (0, 5)] == [0, 5]
    padded = b"1".ljust(wire.MAX_BYTES)
    assert wire.read_json(padded, "claim") == 1
    with pytest.raises(Declined, match="4000001 bytes"):
        wire.read_json(padded + b" ", "claim")
    assert wire.read_json(b"-12345", "claim") == -12345
    with pytest.raises(Declined, match="integer of 7 digits"):
        wire.read_json(b"-123456", "claim")


@given(st.lists(st.fractions(max_denominator=50), max_size=6))
def test_common_denominator(numbers):
    document = {"a": [str(number) for number in numbers], "b": {"c": ["x[0]", None, 7]}}
    common = wire.common_denominator(document)
    assert all((number * common).denominator == 1 for number in numbers)
    assert common <= 50**6


def test_common_denominator_stops_and_skips():
    long = [f"1/{10**98 + 2 * i + 1}" for i in range(200)]
    assert 10**wire.MAX_DIGITS <= wire.common_denominator(long) < 10 ** (wire.MAX_DIGITS + 100)
    assert wire.common_denominator(["1/" + "3" * wire.MAX_DIGITS]) == 1, "refused elsewhere, as too long"


@pytest.mark.parametrize(
    ("value", "shown"),
    [("a", "'a'"), (3, "3"), (None, "None"), (True, "True"), ([1], "list"), ({}, "dict"), ("\n", r"'\n'")],
)
def test_values_in_messages_are_short(value, shown):
    assert wire.shorten(value) == shown
    assert wire.shorten("b" * 100) == "'" + "b" * 36 + "..."
