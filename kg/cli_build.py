"""The commands that take records in, ``kg build`` and ``kg check``, and how they report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.errors import UsageError
from kg.terminal import progress_bar, say, store_option

if TYPE_CHECKING:
    from kg.checking import Report
    from kg.tally import BuildResult

_SHOWN_REJECTS = 20


@click.command()
@click.argument("sources", nargs=-1, metavar="SOURCE...", type=click.Path(path_type=Path))
@store_option
@click.option(
    "--dump",
    type=click.Path(path_type=Path),
    help="Also write an RDF file: .ttl, .jsonld, .nt, .nq, .trig (.gz, .zst).",
)
@click.option("--no-store", is_flag=True, help="Make no store (with --dump or --dask).")
@click.option("--no-check", is_flag=True, help="Do not hold records against the SHACL shapes.")
@click.option(
    "--engine", type=click.Choice(["shacl", "pyshacl"]), default="shacl", show_default=True, help="SHACL engine."
)
@click.option("--jobs", type=click.IntRange(min=1), help="Worker processes [default: one for each core].")
@click.option(
    "--reject-file",
    type=click.Path(path_type=Path),
    default=Path("kg.rejects.jsonl"),
    show_default=True,
    help="Report of rejected records (JSON Lines).",
)
@click.option("--full", is_flag=True, help="Read every record, also where the store has it from an earlier build.")
@click.option("--fail-on-reject", is_flag=True, help="Exit with 1 if a record is rejected.")
@click.option(
    "--lexicon",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="GENE_INFO",
    help="NCBI gene_info file (.gz too) for more organisms or newer symbols; may be repeated.",
)
@click.option(
    "--noise", type=click.Path(path_type=Path), help="Word list in place of the shipped one (word, tab, flag)."
)
@click.option(
    "--dask",
    metavar="ADDRESS",
    help="Build on the Dask cluster whose scheduler is there (tcp://HOST:8786), with --shards. Its workers must see "
    "sources and shards under the same paths as this machine. Reads all records.",
)
@click.option(
    "--shards",
    metavar="URL",
    help="Where the cluster's workers write the graph, as gzipped N-Quads with a manifest.json: a folder, s3://…, "
    "gs://… or whatever fsspec knows. The store is loaded from there (unless --no-store); they stay.",
)
def build(sources: tuple[Path, ...], fail_on_reject: bool, no_check: bool, jobs: int | None, **options: Any) -> int:
    """Build the graph of PFOCR records.

    SOURCE is a record file, a folder of records, or a checkout of the PFOCR repository, also as an archive (.zip,
    .tar, .tar.gz); tables (<figid>-genes.tsv, -chemicals.tsv, -diseases.tsv) are taken from _data or from beside the
    records. It can be a BioThings release of PFOCR (.ndjson, .ndjson.gz), too, whose mentions have no words.
    A record that is broken or does not pass the shapes is left out and reported; the rest goes on.

    Into a store that is there, only what is new, changed or gone since its build is read, as long as that is little and
    version, lexicon, shapes and options are the same. The triples are those of a full build.
    """
    from kg.pipeline import build as run

    if not sources:
        raise UsageError(
            "which records? kg build SOURCE... (a file, a folder, a checkout or an archive of the PFOCR repository)"
        )
    with progress_bar("records") as progress:
        result = run(sources, check=not no_check, jobs=jobs, progress=progress, **options)
    _print_build(result)
    return 1 if fail_on_reject and result.rejected else 0


def _print_build(result: BuildResult) -> None:
    for reject in result.rejects[:_SHOWN_REJECTS]:
        say(f"  rejected {reject}")
    more = result.rejected - min(_SHOWN_REJECTS, len(result.rejects))
    if more:
        say(f"  … and {more:,} more rejected")
    for key, count in result.unknown_keys.items():
        say(f"  unknown key {key!r} in {count:,} {_s(count, 'record')}: not in the graph")
    for key, count in result.repeated_keys.items():
        say(f"  key {key!r} stands twice in {count:,} {_s(count, 'record')}; the last one counts")
    if result.orphan_tables:
        n = len(result.orphan_tables)
        say(f"  {n:,} {_s(n, 'table')} without a record, left out (first: {result.orphan_tables[0]})")
    for warning in result.warnings[:5]:
        say(f"  warning: {warning}")
    if len(result.warnings) > 5:
        say(f"  … and {len(result.warnings) - 5:,} more warnings: kg check")
    if result.changes:
        new, changed, gone, same = result.changes
        say(f"  since the last build: {new:,} new, {changed:,} changed, {gone:,} gone, {same:,} as before")
    report = f" ({result.reject_file})" if result.reject_file else ""
    repeats = f", {result.repeats:,} the same as another" if result.repeats else ""
    places = ", ".join(place for place in (result.shards, result.store, result.dump) if place)
    say(
        f"  {result.records:,} {_s(result.records, 'record')}: {result.figures:,} {_s(result.figures, 'figure')} in "
        f"the graph, {result.rejected:,} rejected{report}{repeats} · {result.triples:,} triples · "
        f"{_duration(result.seconds)} → {places}"
    )
    if result.rejected > 1:
        reason, count = next(iter(result.reasons.items()))
        say(f"  most common reason: {reason} ({count:,})")


def _s(n: int, word: str) -> str:
    return word if n == 1 else word + "s"


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60} s"


@click.command()
@click.argument("sources", nargs=-1, metavar="[FILE...]", type=click.Path(path_type=Path))
@store_option
@click.option("--format", "format", type=click.Choice(["text", "json", "turtle"]), default="text", show_default=True)
@click.option(
    "--engine", type=click.Choice(["shacl", "pyshacl"]), default="shacl", show_default=True, help="SHACL engine."
)
@click.option("--lexicon", multiple=True, type=click.Path(path_type=Path), metavar="GENE_INFO", help="As for kg build.")
def check(sources: tuple[Path, ...], store: Path | None, format: str, engine: Any, lexicon: tuple[Path, ...]) -> int:
    """Hold records, RDF files or the store against the SHACL shapes.

    FILE is a record (.md), a folder or an archive of records, a BioThings release, or an RDF file (.ttl, .nt, .jsonld,
    .nq, .trig); without one, the store is checked. Exits with 1 if anything is violated.
    """
    from kg.checking import check as run

    report = run(sources, store=store, engine=engine, lexicon=lexicon)
    if format == "json":
        _print_check_json(report)
    elif format == "turtle":
        from kg.shapes import report_graph

        click.echo(report_graph(report.results).serialize(format="turtle"), nl=False)
    else:
        _print_check(report)
    warnings = len(report.findings) - report.violations
    counts = ((report.records, "record"), (report.violations, "violation"), (warnings, "warning"))
    say(", ".join(f"{n:,} {_s(n, word)}" for n, word in counts))
    return 0 if report.conforms else 1


def _print_check(report: Report) -> None:
    before = None
    for finding in report.findings:
        if finding.record != before:
            click.echo(finding.record)
            before = finding.record
        value = repr(finding.value[:80]) if finding.value else ""
        where = f"  [{finding.file}, {finding.shape.rpartition('#')[2]}]" if finding.shape else ""
        kind = "warning: " if finding.severity == "warning" else ""
        click.echo(f"  {finding.field or 'record'}  {value}{'  ' if value else ''}{kind}{finding.message}{where}")
        if finding.advice:
            click.echo(f"      {finding.advice}")


def _print_check_json(report: Report) -> None:
    import json

    document = {
        "conforms": report.conforms,
        "records": report.records,
        "findings": [finding._asdict() for finding in report.findings],
    }
    click.echo(json.dumps(document, indent=1, ensure_ascii=False))
