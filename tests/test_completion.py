"""What a shell offers while one types: asked as bash, zsh and fish ask, through click's protocol, in processes of their own."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from question_records import SEED, environment, fixture_store, seeded_store

from kg.catalogue import catalogue


def completed(line: str, shell: str = "bash", *, store: Path | None = None, **extra: str) -> list[str]:
    """The lines that a shell gets for a line typed so far; its last word is the one being typed."""
    words = re.split(r"(?<!\\) ", line)
    asked = {
        "_KG_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": line if shell != "fish" else " ".join(words[:-1]),
        "COMP_CWORD": words[-1] if shell == "fish" else str(len(words) - 1),
    }
    if store is not None:
        asked["KG_STORE"] = str(store)
    ran = subprocess.run(
        [sys.executable, "-m", "kg"],
        env=environment(**asked, **extra),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (ran.returncode, ran.stderr) == (0, ""), "what a shell gets to read stands in the line that is being typed"
    return ran.stdout.splitlines()


def offered(line: str, *, store: Path | None = None, **extra: str) -> list[str]:
    """What bash offers."""
    return [said.removeprefix("plain,") for said in completed(line, store=store, **extra) if said]


def test_commands_and_questions() -> None:
    assert offered("kg que") == ["query"]
    assert offered("kg query figures-mentioning-") == [
        "figures-mentioning-any-gene",
        "figures-mentioning-genes",
        "figures-mentioning-some-genes",
    ]
    assert offered("kg query ") == list(catalogue())


def test_symbols_of_genes_come_from_the_store() -> None:
    store = fixture_store()
    assert offered("kg query figures-mentioning-genes JA", store=store) == ["JAK1", "JAK2", "JAK3", "Jak2"]
    assert offered("kg query figures-mentioning-genes JAK2 stat3", store=store) == ["STAT3", "Stat3"]
    assert offered("kg show TP", store=store) == ["TP53"]
    # An earlier symbol is understood, but what is offered is today's.
    assert offered("kg query genes-seen-with-gene CCN", store=store) == ["CCN1"]
    # --store, said before or after the question, goes before the environment's.
    other = seeded_store()
    for line in ("kg query --store {} genes-of-figure PMC105", "kg query genes-of-figure --store {} PMC105"):
        assert offered(line.format(other), store=store) == [SEED]
    assert offered("kg query genes-of-figure PMC105", store=store) == []


def test_the_kind_of_thing_that_comes_next() -> None:
    store = seeded_store()
    assert offered("kg query genes-of-figure PMC9", store=store) == ["PMC9__f1", "PMC9__f2"]
    assert offered("kg query figures-of-paper PMC9", store=store) == ["PMC9"]
    assert offered("kg query figures-by-chemical at", store=store) == ["ATP"]
    assert offered("kg query why-gene-in-figure PMC9__f1 TP", store=store) == ["TP53"]
    # One paper, one figure: nothing comes after it. A number is not to be offered.
    assert offered("kg query figures-of-paper PMC9 P", store=store) == []
    assert offered("kg query figures-mentioning-some-genes ", store=store) == []
    assert offered("kg query figures-mentioning-some-genes 2 JAK2 TP", store=store) == ["TP53"]
    assert offered("kg show PMC9", store=store) == ["PMC9__f1", "PMC9__f2"]


def test_a_name_of_two_words_is_one_argument_in_bash() -> None:
    store = seeded_store()
    assert offered("kg query figures-by-disease diab", store=store) == [r"Diabetes\ Mellitus"]
    assert offered(r"kg query figures-by-disease Diabetes\ M", store=store) == [r"Diabetes\ Mellitus"]
    said = completed("kg query figures-by-disease diab", "zsh", store=store)  # zsh quotes it itself
    assert said[:2] == ["plain", "Diabetes Mellitus"]


def test_options_and_their_values() -> None:
    assert offered("kg query figures-mentioning-genes --ti") == ["--tier", "--timeout"]
    assert offered("kg query figures-mentioning-genes --tier s") == ["symbol", "synonym"]
    assert "--min-score" not in offered("kg query ambiguous-words --")


def test_zsh_and_fish_tell_what_a_symbol_is() -> None:
    store = fixture_store()
    line = "kg query figures-mentioning-genes JAK2 Stat"
    said = completed(line, "zsh", store=store)
    assert said[said.index("stat4") + 1] == "Danio rerio"
    assert said[said.index("STAT3") + 1] == "Homo sapiens"
    assert len(said) % 3 == 0  # type, value, help of each
    assert "plain,stat4\tDanio rerio" in completed(line, "fish", store=store)


def test_nothing_is_offered_where_there_is_nothing(tmp_path: Path) -> None:
    assert offered("kg query figures-mentioning-genes JA", store=tmp_path / "nowhere") == []
    assert offered("kg query no-such-question JA") == []
    assert offered(f"kg query --queries {tmp_path / 'nowhere'} fig") == []
    assert offered("kg query figures-mentioning-genes '\"}", store=fixture_store()) == []


def test_questions_of_ones_own_are_offered(tmp_path: Path) -> None:
    (tmp_path / "my-own.rq").write_text("SELECT ?x WHERE { ?x ?p ?o }")
    assert offered("kg query my", KG_QUERIES=str(tmp_path)) == ["my-own"]
    assert offered(f"kg query --queries {tmp_path} my") == ["my-own"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_what_switches_it_on(shell: str) -> None:
    """As docs/cli.md says; bash, which is there wherever these tests run, takes it and asks."""
    ran = subprocess.run(
        [sys.executable, "-m", "kg"],
        env=environment(_KG_COMPLETE=f"{shell}_source"),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == 0
    assert f"_KG_COMPLETE={shell}_complete" in ran.stdout
    if shell != "bash":
        return
    script = f"""
kg() {{ {sys.executable} -m kg "$@"; }}
{ran.stdout.replace("_KG_COMPLETE=bash_complete $1", f"_KG_COMPLETE=bash_complete {sys.executable} -m kg")}
COMP_WORDS=(kg query figures-mentioning-genes JAK2 STAT) COMP_CWORD=4
_kg_completion kg
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    asked = subprocess.run(
        ["bash", "-c", script],
        env=environment(KG_STORE=str(fixture_store())),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert asked.stderr == ""
    assert asked.stdout.split() == ["STAT1", "STAT3", "STAT4", "Stat3", "stat4", "stat1b"]


def test_symbols_for_plots() -> None:
    store = fixture_store()
    assert offered("kg plot network TP", store=store) == ["TP53"]
    assert offered("kg plot years JAK2 TP", store=store) == ["TP53"]
    assert offered("kg plot ") == ["network", "overlap", "years"]
