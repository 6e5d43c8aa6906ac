"""Archives as sources: the same graph as from the folder, and a word of advice for what is no such archive."""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
import tarfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from records import FAMILY, SYMBOL, gene, write

from kg import archives
from kg.archives import Part, read_bytes
from kg.checking import check
from kg.cli import main
from kg.disk import Scratch
from kg.errors import CannotRun, RecordError, UsageError
from kg.pipeline import build
from kg.read import Item, Listing, find_items, read_record
from kg.tally import BuildResult

JAK2 = gene("JAK", "JAK", "JAK2", 3717, FAMILY)
ATP = ("ATP", "mesh:D000255", "Adenosine Triphosphate", "ATP", "chebi:15422")
FORMS = (".zip", ".tar", ".tar.gz", ".tgz")


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Scratch]:
    with Scratch(tmp_path / "scratch") as scratch:
        yield scratch


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with two good records, a broken one, a table without a record, and pages that are no records."""
    top = tmp_path / "pfocr-main"
    write(top, "PMC2__b", genes=[gene("STAT3", "STAT3", "STAT3", 6774)], chemicals=[ATP])
    write(top, "PMC1__a", genes=[JAK2], keywords=["EGFR"])
    write(top, "PMC3__c", year="20233")
    (top / "_data" / "PMC9__z-genes.tsv").write_text("word\n")
    (top / "README.md").write_text("# PFOCR\n")
    (top / "_pages").mkdir()
    (top / "_pages" / "about.md").write_text("---\ntitle: About\n---\n")
    (top / ".github").mkdir()
    (top / ".github" / "x.md").write_text("x")
    return top


def pack(folder: Path, form: str, name: str = "pfocr") -> Path:
    """The folder as an archive beside it, its one top folder inside; members in no order."""
    path = folder.parent / f"{name}{form}"
    files = sorted(folder.rglob("*"), reverse=True)
    if form == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
            for file in files:
                out.write(file, file.relative_to(folder.parent))
    else:
        with tarfile.open(path, "w" if form == ".tar" else "w:gz", format=tarfile.PAX_FORMAT) as tar:
            tar.pax_headers = {"comment": "0123456789abcdef"}  # as git archive writes it
            for file in files:
                tar.add(file, file.relative_to(folder.parent), recursive=False)
    return path


def tar_of(path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(path, "w:gz" if path.suffix in (".gz", ".tgz") else "w") as tar:
        for info, data in members:
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


def zip_of(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in members.items():
            out.writestr(name, data)
    return path


def record_of(tmp_path: Path, figid: str = "PMC1__a") -> bytes:
    return write(tmp_path / "written", figid).read_bytes()


def figids(listing: Listing) -> list[str]:
    return [item.figid for item in listing.items]


def only(path: Path, scratch: Scratch) -> Item:
    (item,) = find_items([path], scratch).items
    return item


def built(tmp_path: Path, source: Path, **options: object) -> tuple[BuildResult, list[bytes]]:
    dump = tmp_path / "out" / f"{source.name}.nq"
    dump.parent.mkdir(exist_ok=True)
    result = build([source], no_store=True, dump=dump, **options)  # type: ignore[arg-type]
    return result, sorted(dump.read_bytes().splitlines())


# --- the same as the folder ---------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_an_archive_gives_the_very_triples_of_its_folder(tmp_path: Path, checkout: Path, form: str) -> None:
    folder, expected = built(tmp_path, checkout)
    packed, triples = built(tmp_path, pack(checkout, form))
    assert triples == expected
    assert (
        (packed.records, packed.figures, packed.rejected)
        == (3, 2, 1)
        == (
            folder.records,
            folder.figures,
            folder.rejected,
        )
    )


@pytest.mark.parametrize("form", [".zip", ".tar.gz"])
def test_several_processes_read_one_archive(tmp_path: Path, form: str) -> None:
    top = tmp_path / "many"
    for n in range(70):
        write(top, f"PMC{n}__x", genes=[JAK2])
    _, expected = built(tmp_path, top, jobs=1)
    result, triples = built(tmp_path, pack(top, form), jobs=2)
    assert result.figures == 70
    assert triples == expected


@pytest.mark.parametrize("form", FORMS)
def test_which_members_are_records_and_how_they_are_told(
    checkout: Path, scratch: Scratch, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    pack(checkout, form)
    monkeypatch.chdir(checkout.parent)
    listing = find_items([f"pfocr{form}"], scratch)
    assert figids(listing) == ["PMC1__a", "PMC2__b", "PMC3__c"]
    second = listing.items[1]
    assert second.file == f"pfocr{form}/pfocr-main/_figures/PMC2__b.md"
    assert isinstance(second.genes, Part)
    assert second.genes.shown == f"pfocr{form}/pfocr-main/_data/PMC2__b-genes.tsv"
    assert second.diseases is None
    assert listing.orphan_tables == [f"pfocr{form}/pfocr-main/_data/PMC9__z-genes.tsv"]
    record = read_record(second)
    assert record.origin == second.file
    assert [row.gene_id for row in record.genes] == ["6774"]


@pytest.mark.parametrize(
    "names",
    [
        ("PMC1__a.md", "PMC1__a-genes.tsv"),
        ("./_figures/PMC1__a.md", "./_data/PMC1__a-genes.tsv"),
        ("_figures/PMC1__a.md", "_data/PMC1__a-genes.tsv"),
        ("x/y/PMC1__a.md", "x/y/PMC1__a-genes.tsv"),
        ("x/PMC1__a.md", "x/_data/PMC1__a-genes.tsv"),
    ],
)
@pytest.mark.parametrize("form", [".zip", ".tar.gz"])
def test_layouts_are_those_of_folders(tmp_path: Path, scratch: Scratch, names: tuple[str, str], form: str) -> None:
    data = [record_of(tmp_path), b"table"]
    if form == ".zip":
        path = zip_of(tmp_path / "a.zip", dict(zip(names, data, strict=True)))
    else:
        members = zip(map(tarfile.TarInfo, names), data, strict=True)
        path = tar_of(tmp_path / "a.tar.gz", *members)
    item = only(path, scratch)
    assert item.figid == "PMC1__a"
    assert item.genes is not None
    assert read_bytes(item.genes) == b"table"


def test_a_build_from_the_zip_of_a_checkout_reads_nothing_anew(tmp_path: Path, checkout: Path) -> None:
    write(checkout, "PMC4__d")
    write(checkout, "PMC5__e")
    store, report = tmp_path / "kg.store", tmp_path / "rejects.jsonl"
    first = build([checkout], store=store)
    for form in FORMS:
        archive = pack(checkout, form)
        again = build([archive], store=store, reject_file=report)
        assert again.changes == (0, 0, 0, 5)
        assert again.triples == first.triples
        assert f"{archive}/pfocr-main/_figures/PMC3__c.md" in report.read_text()  # the reject is told where it is now
    write(checkout, "PMC4__d", figtitle="Another title")
    assert build([pack(checkout, ".tar.gz")], store=store).changes == (0, 1, 0, 4)


def test_check_takes_archives(tmp_path: Path, checkout: Path) -> None:
    for form in (".zip", ".tar.gz"):
        archive = pack(checkout, form)
        report = check([archive])
        assert report.records == 3
        (finding,) = [finding for finding in report.findings if finding.severity == "violation"]
        assert (finding.record, finding.field) == (f"{archive}/pfocr-main/_figures/PMC3__c.md", "year")


def test_a_reject_names_the_table_inside(tmp_path: Path, checkout: Path) -> None:
    (checkout / "_data" / "PMC1__a-genes.tsv").write_text("word\tmatch\n")
    archive = pack(checkout, ".zip")
    result, _ = built(tmp_path, archive)
    assert result.rejects[0].reasons[0].file == f"{archive}/pfocr-main/_data/PMC1__a-genes.tsv"


# --- doubles ------------------------------------------------------------------------------------------------


def test_two_archives_of_the_same_records(tmp_path: Path, checkout: Path) -> None:
    sources = [pack(checkout, form) for form in (".zip", ".tar.gz")]
    result = build([*sources, checkout], no_store=True, dump=tmp_path / "x.nq")
    assert (result.records, result.figures, result.rejected, result.repeats) == (9, 2, 1, 6)


def test_two_archives_that_differ(tmp_path: Path, checkout: Path) -> None:
    first = pack(checkout, ".zip", "a")
    write(checkout, "PMC1__a", figtitle="Another")
    second = pack(checkout, ".tar.gz", "b")
    result = build([second, first], no_store=True, dump=tmp_path / "x.nq")
    assert (result.figures, result.rejected, result.repeats) == (2, 2, 2)
    (double,) = [reject for reject in result.rejects if reject.figid == "PMC1__a"]
    assert str(first) in double.reasons[0].message
    assert double.file.startswith(str(second))


def test_the_same_archive_named_twice_counts_once(tmp_path: Path, checkout: Path, scratch: Scratch) -> None:
    archive = pack(checkout, ".tar.gz")
    link = tmp_path / "link.tar.gz"
    link.symlink_to(archive)
    assert len(find_items([archive, archive, link], scratch).items) == 3


def test_of_a_member_that_comes_twice_the_last_counts(tmp_path: Path, scratch: Scratch) -> None:
    first, second = record_of(tmp_path), record_of(tmp_path).replace(b"Signaling", b"Signals")
    path = tar_of(tmp_path / "a.tar", *((tarfile.TarInfo("_figures/PMC1__a.md"), data) for data in (first, second)))
    assert read_record(only(path, scratch)).title == "Signals in a cell"


# --- names --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["../../_figures/PMC1__a.md", "/etc/_figures/PMC1__a.md", "a/../_figures/PMC1__a.md"])
@pytest.mark.parametrize("form", [".zip", ".tar.gz"])
def test_names_that_lead_elsewhere_are_names_alone(
    tmp_path: Path, scratch: Scratch, monkeypatch: pytest.MonkeyPatch, name: str, form: str
) -> None:
    data = record_of(tmp_path)
    place = tmp_path / "deep" / "er"
    place.mkdir(parents=True)
    monkeypatch.chdir(place)
    path = Path(f"a{form}")
    if form == ".zip":
        zip_of(path, {name: data})
    else:
        tar_of(path, (tarfile.TarInfo(name), data))
    before = set(tmp_path.rglob("*"))
    item = only(path, scratch)
    assert item.file == f"a{form}/{name}"
    assert read_record(item).figid == "PMC1__a"
    new = set(tmp_path.rglob("*")) - before
    assert all(entry == tmp_path / "scratch" or entry.parent == tmp_path / "scratch" for entry in new)


def test_names_that_are_not_utf8(tmp_path: Path) -> None:
    data = record_of(tmp_path)
    info = tarfile.TarInfo("_figures/PMC1__\udce9.md")
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz", format=tarfile.GNU_FORMAT) as tar:
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / os.fsdecode(b"PMC1__\xe9.md")).write_bytes(data)
    for source in (tmp_path / "a.tar.gz", folder):
        result = build([source], store=tmp_path / "s", reject_file=tmp_path / "r.jsonl")
        assert result.rejected == 1
        assert r"PMC1__\xe9.md" in (tmp_path / "r.jsonl").read_text("utf-8").replace("\\\\", "\\")


def test_names_as_some_programs_of_windows_write_them(tmp_path: Path, scratch: Scratch) -> None:
    path = zip_of(
        tmp_path / "a.zip", {"pfocr\\_figures\\PMC1__a.md": record_of(tmp_path), "pfocr\\_data\\PMC1__a-genes.tsv": b""}
    )
    assert only(path, scratch).genes is not None


def test_what_macos_adds_is_no_record(tmp_path: Path, scratch: Scratch) -> None:
    path = zip_of(
        tmp_path / "a.zip",
        {"x/_figures/PMC1__a.md": record_of(tmp_path), "__MACOSX/x/_figures/._PMC1__a.md": b"\x00\x05\x16\x07"},
    )
    assert only(path, scratch).figid == "PMC1__a"
    plain = tar_of(
        tmp_path / "a.tar",
        (tarfile.TarInfo("x/_figures/PMC1__a.md"), record_of(tmp_path)),
        (tarfile.TarInfo("x/_figures/._PMC1__a.md"), b"\x00\x05\x16\x07"),
    )
    assert only(plain, scratch).figid == "PMC1__a"


# --- members that are not read ------------------------------------------------------------------------------


def rejected(tmp_path: Path, source: Path) -> str:
    """The reason why the one record of an archive is left out."""
    result = build([source], no_store=True, dump=tmp_path / "x.nq")
    assert (result.figures, result.rejected) == (0, 1)
    return result.rejects[0].reasons[0].message


def link(name: str, to: str, kind: bytes) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, to
    return info, b""


@pytest.mark.parametrize("form", [".tar", ".tar.gz"])
def test_a_link_in_a_tar_is_not_followed(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"a{form}"
    tar_of(path, link("_figures/PMC1__a.md", "/etc/passwd", tarfile.SYMTYPE))
    assert "link, which is not followed" in rejected(tmp_path, path)
    tar_of(path, link("_figures/PMC1__a.md", "elsewhere", tarfile.LNKTYPE))
    assert "link, which is not followed" in rejected(tmp_path, path)
    tar_of(path, link("_figures/PMC1__a.md", "", tarfile.FIFOTYPE))
    assert "no plain file" in rejected(tmp_path, path)


def test_a_second_name_of_a_file_in_a_tar_is_that_file(tmp_path: Path, scratch: Scratch) -> None:
    path = tar_of(
        tmp_path / "a.tar.gz",
        (tarfile.TarInfo("other/PMC1__a.md"), record_of(tmp_path)),
        link("x/_figures/PMC1__a.md", "other/PMC1__a.md", tarfile.LNKTYPE),
    )
    items = find_items([path], scratch).items
    assert [item.file.partition("gz/")[2] for item in items] == ["other/PMC1__a.md", "x/_figures/PMC1__a.md"]
    assert read_bytes(items[0].path) == read_bytes(items[1].path)


def test_a_link_in_a_zip_is_not_followed(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("_figures/PMC1__a.md")
    info.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as out:
        out.writestr(info, "/etc/passwd")
    assert "link, which is not followed" in rejected(tmp_path, tmp_path / "a.zip")


@pytest.mark.parametrize("form", [".zip", ".tar", ".tar.gz"])
def test_a_record_of_a_size_that_none_has_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    name, data = "_figures/PMC1__a.md", b"\0" * (archives.LIMIT + 1)
    if form == ".zip":
        path = zip_of(tmp_path / "a.zip", {name: data})
        assert path.stat().st_size < 100_000
    else:
        path = tar_of(tmp_path / f"a{form}", (tarfile.TarInfo(name), data))
    if form == ".zip":  # where the archive's directory tells
        monkeypatch.setattr(zlib, "decompressobj", lambda *_: pytest.fail("unpacked"))
    assert "50 MB unpacked" in rejected(tmp_path, path)


def test_a_zip_that_lies_about_a_size_is_damaged(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "a.zip", {"_figures/PMC1__a.md": b"\0" * 10_000_000})
    data = path.read_bytes()
    size = (10_000_000).to_bytes(4, "little")
    assert data.count(size) == 2
    path.write_bytes(data.replace(size, (5000).to_bytes(4, "little")))
    assert "is damaged" in rejected(tmp_path, path)


def test_a_zip_member_whose_bytes_have_changed_is_damaged(tmp_path: Path) -> None:
    data = record_of(tmp_path)
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        with zipfile.ZipFile(tmp_path / "a.zip", "w", method) as out:
            out.writestr("_figures/PMC1__a.md", data)
        packed = bytearray((tmp_path / "a.zip").read_bytes())
        packed[200] ^= 0xFF
        (tmp_path / "a.zip").write_bytes(packed)
        assert "is damaged" in rejected(tmp_path, tmp_path / "a.zip")


def test_a_method_of_packing_that_is_not_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_LZMA) as out:
        out.writestr("_figures/PMC1__a.md", record_of(tmp_path))
    assert "method that is not read" in rejected(tmp_path, tmp_path / "a.zip")


def test_an_archive_that_goes_away_while_reading(tmp_path: Path, scratch: Scratch) -> None:
    path = zip_of(tmp_path / "a.zip", {"PMC1__a.md": record_of(tmp_path)})
    item = only(path, scratch)
    path.unlink()
    with pytest.raises(RecordError, match="cannot be read"):
        read_record(item)


# --- archives that are none ---------------------------------------------------------------------------------


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def without_end(data: bytes) -> bytes:
    return data.rstrip(b"\0") + b"\0" * (-len(data.rstrip(b"\0")) % 512)


def in_the_middle(data: bytes) -> bytes:
    """The second header spoilt: tarfile alone would take that for the end."""
    place = data.index(b"ustar", 2000) - 257
    return data[:place] + b"\xff" * 512 + data[place + 512 :]


def last_byte(data: bytes) -> bytes:
    return data[:-6] + bytes([data[-6] ^ 0xFF]) + data[-5:]


NOT_ARCHIVES: list[tuple[str, Callable[[bytes], bytes], str]] = [
    (".zip", lambda data: b"# a page\n", "not a zip file"),
    (".zip", lambda data: b"", "not a zip file"),
    (".zip", cut, "not a zip file"),
    (".tar", lambda data: b"# a page\n", "not a tar archive"),
    (".tar", lambda data: b"# a page\n" * 1000, "not a tar archive"),
    (".tar", lambda data: b"", "not a tar archive"),
    (".tar", cut, "cut short or damaged"),
    (".tar", without_end, "cut short or damaged"),
    (".tar", in_the_middle, "cut short or damaged"),
    (".tar.gz", lambda data: b"# a page\n" * 1000, "not a tar archive"),
    (".tar.gz", lambda data: gzip.compress(b"# a page\n" * 1000), "not a tar archive"),
    (".tar.gz", cut, "cut short or damaged"),
    (".tar.gz", last_byte, "cut short or damaged"),
    (".tgz", lambda data: gzip.compress(in_the_middle(gzip.decompress(data))), "cut short or damaged"),
    (".tgz", lambda data: data[:5], "cut short or damaged"),
]


@pytest.mark.parametrize(("form", "spoil", "says"), NOT_ARCHIVES)
def test_what_is_no_whole_archive_is_told(
    tmp_path: Path, checkout: Path, form: str, spoil: Callable[[bytes], bytes], says: str
) -> None:
    archive = pack(checkout, form)
    archive.write_bytes(spoil(archive.read_bytes()))
    with pytest.raises(UsageError) as caught:
        build([archive], store=tmp_path / "out" / "s")
    assert str(caught.value).startswith(f"{archive}: {says}")
    assert "get it again" in str(caught.value)
    assert left_in(tmp_path / "out") == []


def test_an_encrypted_zip(tmp_path: Path, checkout: Path, scratch: Scratch) -> None:
    archive = pack(checkout, ".zip")
    data = bytearray(archive.read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := data.find(signature, start)) != -1:
            data[start + flags] |= 1
            start += 4
    archive.write_bytes(data)
    with pytest.raises(UsageError, match=r"is encrypted .* unpack it with its password"):
        find_items([archive], scratch)


@pytest.mark.parametrize("form", [".zip", ".tar", ".tar.gz"])
def test_an_archive_without_records(tmp_path: Path, scratch: Scratch, form: str) -> None:
    top = tmp_path / "top"
    top.mkdir()
    (top / "README.md").write_text("# Nothing\n")
    with pytest.raises(UsageError, match=r"pfocr.* no records in this archive"):
        find_items([pack(top, form)], scratch)


def test_an_archive_that_may_not_be_read(checkout: Path, scratch: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = pack(checkout, ".tar.gz")

    def refuse(*_: object, **__: object) -> object:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(UsageError, match=r"pfocr.tar.gz: cannot be read: Permission denied"):
        find_items([archive], scratch)


def test_a_tar_that_unpacks_to_no_end_is_not_read(
    tmp_path: Path, scratch: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "_FEW", 1_000_000)
    for name in ("PMC1__a.md", "film.bin"):
        bomb = tar_of(tmp_path / "a.tar.gz", (tarfile.TarInfo(name), b"\0" * 20_000_000))
        with pytest.raises(UsageError, match=r"a.tar.gz: unpacks to more than 200 times its size"):
            find_items([bomb], scratch)


def test_other_endings_are_told_what_there_is(tmp_path: Path) -> None:
    (tmp_path / "pfocr.rar").write_text("x")
    with pytest.raises(UsageError, match=r"archive of them \(.zip, .tar, .tar.gz\)"):
        find_items([tmp_path / "pfocr.rar"])


def test_on_the_command_line_it_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "pfocr.zip").write_text("not found")
    with pytest.raises(SystemExit) as caught:
        main(["build", str(tmp_path / "pfocr.zip"), "--store", str(tmp_path / "s")])
    assert caught.value.code == 2
    assert "pfocr.zip: not a zip file" in capsys.readouterr().err


# --- the temporary file -------------------------------------------------------------------------------------


def left_in(folder: Path) -> list[str]:
    return [entry.name for entry in folder.glob(".kg-unpacked-*")] if folder.is_dir() else []


def test_a_packed_tar_is_unpacked_beside_the_store_and_nothing_stays(tmp_path: Path, checkout: Path) -> None:
    archive = pack(checkout, ".tar.gz")
    seen: list[str] = []
    place = tmp_path / "new" / "folder"
    build([archive], store=place / "s", jobs=1, progress=lambda *_: seen.extend(left_in(place)))
    assert seen
    assert left_in(place) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, CannotRun])
def test_nothing_stays_after_an_error(tmp_path: Path, checkout: Path, error: type[BaseException]) -> None:
    def stop(done: int, total: int) -> None:
        raise error("stopped")

    with pytest.raises(error):
        build([pack(checkout, ".tar.gz")], store=tmp_path / "s", jobs=1, progress=stop)
    with pytest.raises(UsageError):
        build([pack(checkout, ".tar.gz"), tmp_path / "nowhere"], store=tmp_path / "s")
    assert left_in(tmp_path) == []


def test_only_what_may_be_read_is_unpacked(tmp_path: Path, scratch: Scratch) -> None:
    data = record_of(tmp_path)
    path = tar_of(
        tmp_path / "a.tar.gz",
        (tarfile.TarInfo("pfocr/film.mp4"), b"x" * 3_000_000),
        (tarfile.TarInfo("pfocr/_figures/PMC1__a.md"), data),
    )
    only(path, scratch)
    (file,) = (tmp_path / "scratch").iterdir()
    assert file.stat().st_size == len(data)


def test_what_a_killed_run_left_is_removed_and_what_another_uses_is_not(tmp_path: Path, checkout: Path) -> None:
    hold = "import sys\nfrom pathlib import Path\nfrom kg.disk import Scratch\nScratch(Path(sys.argv[1])).spool().close(); print(1, flush=True); sys.stdin.read()"
    holder = subprocess.Popen(
        [sys.executable, "-c", hold.replace("Scratch(", "s = Scratch(", 1), str(tmp_path)],
        cwd=Path(__file__).parent.parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    holder.stdout.readline()
    (theirs,) = left_in(tmp_path)
    build([pack(checkout, ".tar.gz")], store=tmp_path / "s")
    assert left_in(tmp_path) == [theirs]
    holder.kill()
    holder.wait()
    build([pack(checkout, ".tar.gz")], store=tmp_path / "s")
    assert left_in(tmp_path) == []


def test_a_disk_that_takes_no_more(tmp_path: Path) -> None:
    """As a file system does that is full, or a user's quota: no file may grow past 1 MB."""
    code = (
        "import resource, sys\n"
        "from kg.errors import CannotRun\n"
        "from kg.pipeline import build\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))\n"
        "try:\n"
        "    build(sys.argv[1], store=sys.argv[2])\n"
        "except CannotRun as error:\n"
        "    sys.exit(str(error))\n"
    )
    archive = tar_of(tmp_path / "a.tar.gz", (tarfile.TarInfo("PMC1__a.md"), os.urandom(3_000_000)))
    place = tmp_path / "o"
    place.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", code, str(archive), str(place / "s")],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "grew past what this system or user may write" in done.stderr
    assert "Traceback" not in done.stderr
    assert left_in(place) == []


def test_a_disk_that_lets_nothing_be_written(
    tmp_path: Path, checkout: Path, scratch: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: object, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    spool = scratch.spool()
    monkeypatch.setattr(spool, "_file", type("Full", (), {"write": full, "close": lambda self: None})())
    with pytest.raises(CannotRun, match="disk is full"):
        spool.write(b"x")


def test_ctrl_c_on_the_command_line(tmp_path: Path) -> None:
    import signal

    top = tmp_path / "many"
    for n in range(400):
        write(top, f"PMC{n}__x", genes=[gene("JAK2", "JAK2", "JAK2", 3717, SYMBOL)])
    archive = pack(top, ".tar.gz")
    (tmp_path / "o").mkdir()
    run = subprocess.Popen(
        [sys.executable, "-m", "kg", "build", str(archive), "--store", str(tmp_path / "o" / "s"), "--jobs", "2"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
        stderr=subprocess.PIPE,
    )
    until = time.monotonic() + 30
    while not left_in(tmp_path / "o") and time.monotonic() < until and run.poll() is None:
        time.sleep(0.005)
    run.send_signal(signal.SIGINT)
    run.wait(30)
    assert left_in(tmp_path / "o") == []
