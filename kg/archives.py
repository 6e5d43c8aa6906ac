"""Files inside archives: what an archive holds, and the bytes of one of its members.

    open_archive(path, scratch)  -> Archive     names and places only, of what may be a record or a table
    read_bytes(ref)              -> bytes       of a file, or of a part of one
    shown(ref)                   -> str         as people are told: ``pfocr.zip/pfocr-main/_figures/PMC1__x.md``

A member is a range of bytes in some file, so that any process can read any member at any time and holds nothing open:
in the archive itself (``.zip``, ``.tar``), or, where that is packed as one stream (``.tar.gz``), in a temporary file
with the members that matter. Nothing is ever written under a member's name.
"""

from __future__ import annotations

import gzip
import os
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple, cast

from kg.disk import Scratch
from kg.errors import RecordError, UsageError

ENDINGS = (".zip", ".tar", ".tar.gz", ".tgz")
LIMIT = 50_000_000
"""Most bytes of one record or table: those seen have under 1 MB. What says that it is larger is not read."""

_FEW = 1_000_000_000
_RATIO = 200
"""How many times its size a ``.tar.gz`` may unpack to, once that is more than `_FEW` bytes. Texts get to some 10."""

_STORED, _DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
_CHUNK = 1 << 20
_LOCAL = struct.Struct("<4s22xHH")
"""A zip member's local header: its signature, and how long the name and the extra field behind it are."""

Names = Callable[[str], bool]


class Packed(NamedTuple):
    """How a zip file holds a member: bytes it takes, method, and the checksum of its content."""

    size: int
    method: int
    crc: int


class Part(NamedTuple):
    """A part of a file: ``size`` bytes of content at ``offset`` of ``file`` (of a zip member: of its local header).

    ``shown`` is how people are told of it; ``trouble`` is why it is not read, if so.
    """

    shown: str
    file: str
    offset: int
    size: int
    packed: Packed | None = None
    trouble: str = ""


class Line(Part):
    """A line of a file of JSON documents, each of which is a record."""

    __slots__ = ()


Ref = str | Part
"""A file by its path, or a part of a file."""


def file_of(ref: Ref) -> str:
    """The file on disk."""
    return ref.file if isinstance(ref, Part) else ref


def in_file(ref: Ref, file: str) -> Ref:
    """The same, in a file of another name."""
    return ref._replace(file=file) if isinstance(ref, Part) else file


class Archive(NamedTuple):
    """Folder inside the archive to name to member; of a name that comes twice the last, as unpacking would leave."""

    folders: dict[PurePosixPath, dict[str, Part]]


def shown(ref: Ref) -> str:
    """How people are told of a file: its path, where bytes that are not UTF-8 are written as escapes."""
    return printable(ref.shown if isinstance(ref, Part) else ref)


def printable(path: str) -> str:
    """A path that can be written anywhere: Python stands for bytes that are not UTF-8 by halves of surrogate pairs."""
    return path if path.isascii() else os.fsencode(path).decode("utf-8", "backslashreplace")


def read_bytes(ref: Ref) -> bytes:
    """A file's bytes. Raises RecordError if it cannot be read, is larger than `LIMIT` or damaged in its archive."""
    try:
        return _content(ref) if isinstance(ref, Part) else Path(ref).read_bytes()
    except OSError as error:
        raise RecordError(f"cannot be read: {error.strerror}", file=shown(ref), summary="file cannot be read") from None


def _content(part: Part) -> bytes:
    if part.trouble:
        raise RecordError(part.trouble, file=shown(part))
    with Path(part.file).open("rb", buffering=0) as file:
        try:
            data = _unpacked(file, part, part.packed) if part.packed else _range(file, part.offset, part.size)
        except (zlib.error, struct.error):
            data = None
    if data is None or len(data) != part.size or (part.packed and zlib.crc32(data) != part.packed.crc):
        raise RecordError("is damaged, or changed while it was read: get the file again", file=shown(part))
    return data


def _range(file: IO[bytes], offset: int, size: int) -> bytes:
    file.seek(offset)
    return file.read(size)


def _unpacked(file: IO[bytes], part: Part, packed: Packed) -> bytes | None:
    signature, name, extra = _LOCAL.unpack(_range(file, part.offset, _LOCAL.size))
    if signature != b"PK\x03\x04":
        return None
    data = _range(file, part.offset + _LOCAL.size + name + extra, packed.size)
    # One byte more than there should be is enough to see that the archive lies.
    return data if packed.method == _STORED else zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, part.size + 1)


def is_archive(path: Path) -> bool:
    """Whether the name says that the file is an archive."""
    return path.name.lower().endswith(ENDINGS)


def open_archive(path: Path, wanted: Names, scratch: Scratch | None) -> Archive:
    """What an archive holds, of those members whose names are wanted.

    Raises UsageError for a file that is no archive, though its name says so, or is damaged, cut short or encrypted;
    CannotRun if there is no room for the temporary file that a packed tar needs.
    """
    members = _of_zip if path.name.lower().endswith(".zip") else _of_tar
    folders: dict[PurePosixPath, dict[str, Part]] = {}
    places: dict[str, dict[str, Part]] = {}
    try:
        for name, part in members(path, wanted, scratch):
            folder, _, last = name.rpartition("/")
            if folder not in places:
                places[folder] = folders.setdefault(PurePosixPath(folder.strip("/")), {})
            places[folder][last] = part
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from None
    return Archive(folders)


def _part(shown: str, file: str, offset: int, size: int, packed: Packed | None = None, trouble: str = "") -> Part:
    if size > LIMIT and not trouble:
        trouble = f"is {size / 1e6:,.0f} MB unpacked, more than any record or table: not read"
    return Part(shown, file, offset, size, packed, trouble)


# --- zip --------------------------------------------------------------------------------------------------


def _of_zip(path: Path, wanted: Names, scratch: Scratch | None) -> Iterator[tuple[str, Part]]:
    """Members by the archive's directory. It is read here alone: a worker process needs only places."""
    file = os.path.abspath(path)  # noqa: PTH100 - resolve() would follow links
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, UnicodeDecodeError, NotImplementedError, struct.error) as error:
        raise UsageError(
            f"{path}: not a zip file, or a damaged one ({error}): get it again, or unpack it and name the folder"
        ) from None
    for info in infos:
        name = info.filename.replace("\\", "/")  # as some programs of Windows write it
        if info.is_dir() or not wanted(name.rpartition("/")[2]):
            continue
        if info.flag_bits & 0x1:
            raise UsageError(
                f"{path}: is encrypted ({printable(name)}): unpack it with its password, and name the folder"
            )
        trouble = ""
        if (info.external_attr >> 16) & 0o170000 == 0o120000:
            trouble = _LINK
        elif info.compress_type not in (_STORED, _DEFLATED):
            trouble = f"is packed by a method that is not read here ({info.compress_type}): unpack the archive"
        packed = Packed(info.compress_size, info.compress_type, info.CRC)
        if not trouble and info.compress_size > LIMIT:
            trouble = "takes more of its archive than any record or table: not read"
        yield name, _part(f"{path}/{name}", file, info.header_offset, info.file_size, packed, trouble)


_LINK = "is a link, which is not followed in an archive: put the file in its place"


# --- tar --------------------------------------------------------------------------------------------------


def _of_tar(path: Path, wanted: Names, scratch: Scratch | None) -> Iterator[tuple[str, Part]]:
    """Members in the order of the archive; plain or gzipped, whichever its content is."""
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        if not packed:
            file = os.path.abspath(path)  # noqa: PTH100 - resolve() would follow links
            yield from _members(path, raw, wanted, lambda member: (file, member.offset_data))
            return
        if scratch is None:
            raise RuntimeError("a packed archive needs a place for a temporary file")
        spool = scratch.spool()
        most = max(_FEW, _RATIO * os.fstat(raw.fileno()).st_size)
        with gzip.GzipFile(fileobj=raw) as unpacked:
            stream = cast(IO[bytes], unpacked)

            def kept(member: tarfile.TarInfo) -> tuple[str, int]:
                offset, left = spool.size, member.size
                stream.seek(member.offset_data)
                while left > 0 and (data := stream.read(min(left, _CHUNK))):
                    spool.write(data)
                    left -= len(data)
                return str(spool.path), offset

            try:
                yield from _members(path, stream, wanted, kept, most)
                while stream.read(_CHUNK):  # to the end, where the checksum is
                    if stream.tell() > most:
                        raise _bomb(path)
            except (EOFError, zlib.error, gzip.BadGzipFile) as error:
                raise UsageError(f"{path}: cut short or damaged ({error}): get it again") from None
        spool.close()


def _members(
    path: Path, file: IO[bytes], wanted: Names, place: Callable[[tarfile.TarInfo], tuple[str, int]], most: int = 0
) -> Iterator[tuple[str, Part]]:
    """Members that are wanted, by one look from beginning to end. ``place`` gives the file and offset of one."""
    try:
        archive = tarfile.TarFile(fileobj=file, encoding="utf-8", errors="backslashreplace")
    except tarfile.TarError as error:
        raise UsageError(f"{path}: not a tar archive, plain or gzipped ({error}): get it again") from None
    found: dict[str, Part] = {}
    member = archive.next()
    while member is not None:
        name = member.name
        if not member.isdir() and wanted(name.rpartition("/")[2]):
            said = f"{path}/{name}"
            if member.islnk() and member.linkname in found:  # the same file under a second name
                part = found[member.linkname]._replace(shown=said)
            elif not member.isreg() or member.issparse():
                part = Part(said, "", 0, 0, trouble=_LINK if member.issym() or member.islnk() else "is no plain file")
            elif member.size > LIMIT:
                part = _part(said, "", 0, member.size)
            else:
                part = _part(said, *place(member), member.size)
            found[name] = part
            yield name, part
        if most and archive.offset > most:
            raise _bomb(path)
        # Not by archive.next(), which takes a damaged header for the end, and keeps every member.
        file.seek(archive.offset)
        try:
            member = tarfile.TarInfo.fromtarfile(archive)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]  # typeshed lacks it
            return
        except (tarfile.HeaderError, ValueError, RecursionError) as error:
            raise UsageError(f"{path}: cut short or damaged ({error}): get it again") from None


def _bomb(path: Path) -> UsageError:
    return UsageError(
        f"{path}: unpacks to more than {_RATIO} times its size: no archive of PFOCR records, and not read"
    )
