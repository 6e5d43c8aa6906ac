"""Bytes of a record file to a mapping, or a clear refusal."""

from __future__ import annotations

import time

import pytest
import yaml

from kg import quickyaml
from kg.errors import RecordError
from kg.frontmatter import decode, front_matter

FILE = "PMC1__f1.md"


def read(text: str | bytes) -> dict[str, object]:
    return front_matter(text.encode() if isinstance(text, str) else text, file=FILE).mapping


def refused(text: str | bytes) -> str:
    with pytest.raises(RecordError) as caught:
        read(text)
    assert caught.value.file == FILE
    assert str(caught.value).startswith(FILE)
    return caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        "---\na: 1\nb: x\n---\n",
        "---\na: 1\nb: x\n---",
        "---\na: 1\nb: x\n---\n\nA page after it: with a colon\n",
        "\ufeff---\na: 1\nb: x\n---\n",
        "---\r\na: 1\r\nb: x\r\n---\r\n",
        "\ufeff---\r\na: 1\r\nb: x\r\n---",
        "---\ra: 1\rb: x\r---\r",
        "---\na: 1\nb: x\n--- \n",
    ],
    ids=["plain", "no last line end", "page", "BOM", "CRLF", "BOM and CRLF", "CR", "blank after dashes"],
)
def test_front_matter_is_read(text: str) -> None:
    assert read(text) == {"a": 1, "b": "x"}


def test_text_of_several_lines_has_no_carriage_returns() -> None:
    assert read("---\r\na: |-\r\n  one\r\n  two\r\n---\r\n") == {"a": "one\ntwo"}


def test_letters_of_all_scripts_stay() -> None:
    assert read("---\nword: İNOS β‐catenin 𝛼\n---\n") == {"word": "İNOS β‐catenin 𝛼"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("---\na: x --- y\n---\n", "x --- y"),
        ("---\na: '---'\n---\n", "---"),
        ("---\na: |-\n  one\n  ---\n  two\n---\n", "one\n---\ntwo"),
        ("---\na: 'x\n  ---\n  y'\n---\n", "x --- y"),
        ("---\na: |-\n  ----\n---\n", "----"),
    ],
    ids=["inside a line", "quoted", "block text", "folded text", "longer rule"],
)
def test_dashes_inside_a_value_do_not_end_the_front_matter(text: str, value: str) -> None:
    assert read(text) == {"a": value}


def test_a_line_that_only_begins_with_dashes_does_not_end_the_front_matter() -> None:
    # Were "---x" taken for the end, the record would lose all after it without a word.
    assert "does not parse" in refused("---\na: 1\n---x\nb: 2\n---\n")


@pytest.mark.parametrize(
    ("data", "line", "byte"),
    [
        (b"---\nfigid: x\ntitle: caf\xe9\n---\n", 3, "0xe9"),
        (b"\xff\xfe-\x00-\x00-\x00", 1, "0xff"),
        (b"---\r\na: b\r\nc: \x80\r\n---\r\n", 3, "0x80"),
        (b"---\na: \xed\xa0\x80\n---\n", 2, "0xed"),
    ],
    ids=["Latin-1", "UTF-16", "CRLF", "lone surrogate"],
)
def test_what_is_not_utf8_is_refused_with_its_place(data: bytes, line: int, byte: str) -> None:
    message = refused(data)
    assert "not UTF-8" in message
    assert f"line {line})" in message
    assert byte in message


@pytest.mark.parametrize(
    "data",
    [b"", b"\n", b"# A page\n", b"figid: x\n", b" ---\na: 1\n---\n", b"\n---\na: 1\n---\n", b"----\na: 1\n----\n"],
)
def test_no_front_matter_is_refused(data: bytes) -> None:
    assert "no front matter" in refused(data)


@pytest.mark.parametrize("text", ["---\n", "---", "---\nfigid: x\n", "---\na: 1\n----\n", "---\na: |\n  ---\n"])
def test_front_matter_without_an_end_is_refused(text: str) -> None:
    message = refused(text)
    assert "does not end" in message or "no front matter" in message


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        (["---", "a: 1", "b: [1, 2", "c: 3", "---"], 4),
        (["---", "a: 1", "b: 2", "  c: 3", "---"], 4),
        (["---", "a: 'x", "b: 2", "---"], 4),
        (["---", "caption: one: two", "---"], 2),
        (["---", "a: 1", "\tb: 2", "---"], 3),
        (["---", "a: *nowhere", "---"], 2),
        (["---", "a: 1", "b: @x", "---"], 3),
    ],
    ids=["open list", "indent", "open quote", "colon", "tab", "unknown alias", "reserved"],
)
def test_yaml_errors_name_the_line_of_the_file(lines: list[str], line: int) -> None:
    message = refused("\n".join(lines) + "\n")
    assert "does not parse" in message
    assert f"line {line}," in message


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("---\n---\n", "empty"),
        ("---\n\n# only a remark\n---\n", "empty"),
        ("---\n- a\n- b\n---\n", "list"),
        ("---\nfigid\n---\n", "str"),
        ("---\n42\n---\n", "int"),
    ],
)
def test_front_matter_that_is_no_mapping_is_refused(text: str, kind: str) -> None:
    message = refused(text)
    assert kind in message
    assert "not a mapping" in message


@pytest.mark.parametrize(
    "yaml",
    [
        "a: 2021-13-45",
        "a: !!int many",
        "a: !!python/object/apply:os.system [ls]",
        "a: !custom x",
        "[1, 2]: x\n? {a: b}\n: c",
        "a: \x07",
        "a: !!binary '%'",
        "a: 2001-01-01T25:00:00Z",
        "a: !!float x",
        "a: !!timestamp x",
        "a: !!bool x",
        "a: !!set [x]",
        "a: 1:99:99:99999999",
        "a: 1\n--- \nb: 2",
        "%YAML 3.0\n--- x",
        "a: !!null x",
    ],
)
def test_odd_yaml_is_refused_or_read_but_never_a_crash(yaml: str) -> None:
    try:
        assert isinstance(read(f"---\n{yaml}\n---\n"), dict)
    except RecordError as error:
        assert error.message


def test_nothing_is_executed() -> None:
    message = refused("---\na: !!python/object/apply:time.sleep [0]\n---\n")
    assert "python/object" in message


def laughs(levels: int) -> str:
    lines = ["---", "l0: &l0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, levels)]
    return "\n".join([*lines, "---", ""])


BOMBS = {
    "lists": laughs(9),
    "maps": "---\na0: &a0 {x: lol, y: lol}\n"
    + "".join(f"a{n}: &a{n} {{x: *a{n - 1}, y: *a{n - 1}}}\n" for n in range(1, 64))
    + "---\n",
    "in itself": "---\na: &a [*a]\n---\n",
    "in itself, mapping": "---\na: &a {b: *a}\n---\n",
    "in itself, deeper": "---\na: &a [x, {b: [*a]}]\n---\n",
    "in itself, whole record": "---\n&top\nfigid: x\nself: *top\n---\n",
    "deep lists": "---\na: " + "[" * 100_000 + "\n---\n",
    "deep lists, closed": "---\na: " + "[" * 20_000 + "]" * 20_000 + "\n---\n",
    "deep maps": "---\na: " + "{b: " * 20_000 + "\n---\n",
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS.keys())
def test_bombs_are_refused_quickly(text: str) -> None:
    start = time.perf_counter()
    assert refused(text)
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize("name", ["lists", "maps"])
def test_an_alias_bomb_is_called_by_its_name(name: str) -> None:
    assert "aliases" in refused(BOMBS[name])


def test_merge_keys_cannot_explode_either() -> None:
    keys = "".join(f"m{n}: &m{n} {{<<: [{', '.join([f'*m{n - 1}'] * 9)}]}}\n" for n in range(1, 12))
    start = time.perf_counter()
    assert "aliases" in refused(f"---\nm0: &m0 {{k: v}}\n{keys}---\n")
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    "yaml",
    [
        "organisms: &o [Homo sapiens]\norganisms_ner: *o",
        "organisms: &o\n- Homo sapiens\norganisms_ner: *o",
        "base: &b {organisms: [Homo sapiens], organisms_ner: [Homo sapiens]}\n<<: *b",
    ],
)
def test_harmless_aliases_are_read(yaml: str) -> None:
    document = read(f"---\n{yaml}\n---\n")
    assert document["organisms"] == document["organisms_ner"] == ["Homo sapiens"]


def test_an_ampersand_in_a_text_is_no_anchor() -> None:
    assert read("---\na: Cold Spring Harbor &amp; others\nb: R&D\n---\n")["b"] == "R&D"


def test_decode_leaves_text_alone() -> None:
    assert decode("a\tNA \nb\u2028c\x0bd\n".encode(), file=FILE) == "a\tNA \nb\u2028c\x0bd\n"


@pytest.mark.parametrize(
    ("text", "repeated"),
    [
        ("a: 1\nb: 2\n", ()),
        ("a: 1\nb: 2\na: 3\na: 4\n", ("a",)),
        ("b: {x: 1, y: 2, x: 3}\na: 1\na: 2\n", ("a", "b: x")),
        ("b:\n- x: 1\n- x: 2\n", ()),
        ("b:\n- x: 1\n  x: 2\n- x: 1\n  x: 2\n", ("b: x",)),
        ("b: &b {x: 1}\nc:\n  <<: *b\n  x: 2\nd: *b\n", ()),
        ("'a': 1\na: 2\n", ("a",)),
        ("1: a\n'1': b\n", ()),
    ],
)
def test_keys_that_stand_more_than_once(text: str, repeated: tuple[str, ...]) -> None:
    found = front_matter(f"---\n{text}---\n".encode(), file=FILE)
    assert found.repeated == repeated
    assert found.mapping == yaml.safe_load(text)


def test_a_key_that_stands_twice_is_not_taken_by_the_quick_parser() -> None:
    assert quickyaml.load("a: 1\na: 2\n") == (False, None)
    assert quickyaml.load("a: {b: [{c: 1, c: 2}]}\n") == (False, None)
