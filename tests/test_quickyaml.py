"""The native YAML parser is used only where it gives what PyYAML gives."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import quickyaml
from kg.frontmatter import front_matter
from kg.quickyaml import load

TRAPS = (
    "NO On yes off y n TRUE ~ null Null 1_000 12:30:00 190:20:30.15 685_230.15 017 0o7 0o17 0x1F 0x_1 0b11 -0b1 1e3 1E5 "
    "1.5e3 1.e5 1.0E+5 0.1e-5 .5 -.5 1. 0. .inf -.INF .nan 2001-01-01 2001-12-14t21:59:43.10-05:00 = << 08 -0 +12 "
    "12345678901234567890123 9007199254740993 0777_7 1__0 _1 .na.character NA !!str&5 !foo&x !&x &a&1 @b `b %b - ? : 1:2:3. "
    "1_0.5 0.9553206 5e-05 '2023' \"NO\" '017' 2023 60 0 -1 1:00 {} [] [NO,1] {a:&NO} \"\\x41\" 'x''y' a#b a&#&b"
).split()


def same(text: str) -> None:
    """Where `load` is certain, PyYAML gives the same values of the same types."""
    certain, document = load(text)
    if certain:
        assert repr(document) == repr(yaml.load(text, Loader=yaml.SafeLoader)), text


@pytest.mark.parametrize("trap", [trap.replace("&", " ") if "&a" not in trap else trap for trap in TRAPS])
def test_traps_of_yaml_1_1_in_every_position(trap: str) -> None:
    for text in (
        f"a: {trap}\n",
        f"- {trap}\n",
        f"a:\n- {trap}\n- b\n",
        f"{trap}: a\n",
        f"[{trap}, b]\n",
        f"a: [b, {trap}]",
    ):
        same(text)


@pytest.mark.parametrize(
    "text",
    [
        "a: |\n  x\n\n  y\n",
        "a: >-\n  x\n  y\n\n  z\n",
        "a: |-\n  NO\n",
        "a: x\n  y\n  z\n",
        "a: 'x\n  y\n\n  z'\n",
        'a: "x\\\n  y"\n',
        "a: 1\na: 2\n",
        "a: &x [1]\nb: *x\n",
        "base: &b {x: 1}\nc:\n  <<: *b\n",
        "? a\n: b\n",
        "a: b\n---\nc: d\n",
        "a: b\n...\n",
        "%YAML 1.1\n---\na: b\n",
        "a: !!binary aGk=\n",
        "a:\tb\n",
        "a: \u2028x\n",
        "a: b # NO\n",
        "[" * 200 + "]" * 200,
        "",
        "# nothing\n",
        "a: it's 1e5\n",
    ],
)
def test_syntax_that_differs_or_could(text: str) -> None:
    same(text)


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False)
        | st.text(max_size=20)
        | st.sampled_from(TRAPS)
        | st.dates()
        | st.from_regex(r"[-+]?[0-9_]{1,4}[.:eExob]?[-+]?[0-9_]{0,4}", fullmatch=True),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.text(max_size=6) | st.sampled_from(TRAPS), inner, max_size=4)
        ),
        max_leaves=12,
    ),
    st.sampled_from([None, "'", '"', "|", ">"]),
    st.booleans(),
)
@settings(max_examples=400, deadline=None)
def test_generated_documents(document: object, style: str | None, flow: bool) -> None:
    same(yaml.dump(document, Dumper=yaml.SafeDumper, default_style=style, default_flow_style=flow, allow_unicode=True))


@given(st.from_regex(r"[-+]?[0-9._:xobeEtT_TZ+-]{1,12}", fullmatch=True))
@settings(max_examples=1500, deadline=None)
def test_plain_scalars_that_look_like_numbers(scalar: str) -> None:
    text = f"a: {scalar}\n"
    try:
        expected = yaml.load(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, OverflowError):
        assert not load(text)[0], "PyYAML refuses it, and so must we"
        return
    certain, document = load(text)
    if certain:
        assert repr(document) == repr(expected)


@pytest.mark.needs_shared
def test_real_records_take_the_quick_way_and_agree(shared: Path) -> None:
    quick = 0
    paths = sorted((shared / "pfocr" / "records" / "_figures").glob("*.md"))
    for path in paths:
        text = path.read_text("utf-8").split("---\n")[1]
        quick += load(text)[0]
        assert front_matter(path.read_bytes(), file=str(path)).mapping == yaml.load(text, Loader=yaml.SafeLoader)
    assert quick >= len(paths) / 2, "the native parser is hardly used: the build is slower than it need be"


odd = st.text(
    st.sampled_from(" \n\t-[{,:'\"a1e.é°β\u2003\u2028\u2029\u0085\xa0\x7f\ufeff\ufffe\uffff&*!?%@`_+0\x00"), max_size=12
)


@settings(max_examples=3000)
@given(odd)
def test_a_first_look_at_the_bytes_misses_nothing(text: str) -> None:
    """What is not looked at closely has none of the syntax that could differ."""
    data = text.encode()
    if not quickyaml._may_have_indicators(data):
        assert not quickyaml._INDICATORS.search(text)
    if not quickyaml._may_have_exponents(data):
        assert not quickyaml._EXPONENTS.search(text)
