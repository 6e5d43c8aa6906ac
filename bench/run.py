"""Run the benchmark: one command, everything in one run. What is compared and how: bench/README.md.

python bench/run.py                       # peers, scaling, increments
python bench/run.py --large --markdown    # 100,000 figures too; tables for the README
"""

from __future__ import annotations

import argparse
import compileall
import importlib.util
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import machine
import report
from corpora import Corpora, NoCorpus
from measure import Failed
from parts import PARTS, Bench, say

ROOT = Path(__file__).resolve().parent.parent


def parser() -> argparse.ArgumentParser:
    """The options."""
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--large", action="store_true", help="the part with the large corpus as well (an hour)")
    p.add_argument("--only", default="", metavar="PART,PART", help=f"these parts alone, of {', '.join(PARTS)}")
    p.add_argument("--skip", default="", metavar="PEER,PEER", help="leave out morph, handwritten, or both")
    p.add_argument("--runs", type=int, default=3, help="runs of each command [3]")
    p.add_argument("--large-runs", type=int, default=1, help="runs of each command on the large corpus [1]")
    p.add_argument("--json", type=Path, metavar="FILE", help="all samples and the facts of the machine")
    p.add_argument("--markdown", action="store_true", help="print Markdown tables")
    p.add_argument(
        "--corpus-maker",
        type=Path,
        default=ROOT.parent / "shared" / "make_corpus.py",
        metavar="PATH",
        help="script that writes a corpus: PATH FOLDER --figures N --layout sidecar [%(default)s]",
    )
    p.add_argument(
        "--corpus", type=Path, action="append", default=[], metavar="FOLDER",
        help="a ready-made corpus (_figures, _data), used where one of its size is needed; may be repeated",
    )  # fmt: skip
    p.add_argument("--figures", type=int, default=2659, help="size of the corpus for peers, 1x of scaling [2659]")
    p.add_argument("--scales", default="1,4,16", help="sizes of scaling, in times --figures [1,4,16]")
    p.add_argument("--large-figures", type=int, default=100_000, help="[100000]")
    p.add_argument("--increment-figures", type=int, default=20_000, help="[20000]")
    p.add_argument(
        "--work", type=Path, default=ROOT / ".bench", metavar="FOLDER",
        help="corpora are kept here, and all output is written here and removed [%(default)s]",
    )  # fmt: skip
    p.add_argument(
        "--morph-venv", type=Path, default=ROOT / ".venv-bench", metavar="FOLDER",
        help="environment with Morph-KGC, made if it is not there [%(default)s]",
    )  # fmt: skip
    return p


def parts_of(options: argparse.Namespace, p: argparse.ArgumentParser) -> list[str]:
    """The parts to run, in their order."""
    wanted = [name for name in options.only.split(",") if name]
    for name in wanted:
        if name not in PARTS:
            p.error(f"no part {name!r}: {', '.join(PARTS)}")
    return [
        name
        for name in PARTS
        if name in wanted or (not wanted and name != "large") or (options.large and name == "large")
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it. 0: all ran and wrote what they should; 1: something did not; 2: wrong usage or no corpus."""
    p = parser()
    options = p.parse_args(arguments)
    names = parts_of(options, p)
    kg = importlib.util.find_spec("kg")
    if kg is None or kg.submodule_search_locations is None:
        p.error("kg is not installed here: run `make bench`, or use the Python of an environment that has it")
    compileall.compile_dir(kg.submodule_search_locations[0], quiet=2)  # not to be timed
    facts = machine.facts()
    if facts["load"] > 0.5:
        say(f"the machine is busy (load {facts['load']:.1f}): that work will show in the times")
    options.work.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="run-", dir=options.work.resolve()))
    bench = Bench(
        corpora=Corpora(options.work.resolve() / "corpora", options.corpus_maker),
        work=work,
        runs=max(1, options.runs),
        large_runs=max(1, options.large_runs),
        figures=options.figures,
        scales=tuple(int(scale) for scale in options.scales.split(",")),
        large_figures=options.large_figures,
        increment_figures=options.increment_figures,
        morph_venv=options.morph_venv.resolve(),
        cores=facts["cores"],
        skip=frozenset(options.skip.split(",")),
        versions=facts["versions"],
    )
    sections: list[report.Section] = []
    try:
        bench.corpora.give(options.corpus)
        bench.need(names)
        for name in names:
            say(f"-- {name}")
            section = PARTS[name](bench)
            if not bench.standard(name):
                section.drop_goals()
            sections.append(section)
            if options.json:  # after each part, so that a long run that is broken off leaves something
                everything = {"machine": facts, "sections": [asdict(section) for section in sections]}
                options.json.write_text(json.dumps(everything, indent=1) + "\n", "utf-8")
    except NoCorpus as error:
        say(f"bench: {error}")
        return 2
    except Failed as error:
        say(f"bench: {error}")
        return 1
    except KeyboardInterrupt:
        say("bench: interrupted")
        return 130
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(machine.summary(facts), end="\n\n")
    print(report.markdown(sections) if options.markdown else report.text(sections))
    rows = [row for section in sections for row in section.rows]
    return int(any(row.error or row.counts not in ("", "right", "no truth.json") for row in rows))


if __name__ == "__main__":
    os.environ.pop("KG_STORE", None)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what runs is to end too
    sys.exit(main())
