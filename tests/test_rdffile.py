"""Packed files are read whole, or said to be damaged."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import zstandard

from kg.errors import UsageError
from kg.rdffile import reading

NOISE = random.Random(1).randbytes(400_000)  # does not get smaller, so that it is more than one piece of a file
ZEROS = bytes(3_000_000)  # gets small, so that a piece of a file is many pieces of text


def read(path: Path, packed: bytes) -> bytes:
    path.write_bytes(packed)
    with reading(path) as file:
        return file.read()


@pytest.mark.parametrize("frames", [(), (b"",), (NOISE,), (ZEROS,), (b"a", ZEROS, b"", NOISE, b"z")])
def test_zst(tmp_path: Path, frames: tuple[bytes, ...]) -> None:
    """A file of several frames is what `cat a.zst b.zst` makes."""
    packed = b"".join(zstandard.compress(frame) for frame in frames)
    assert read(tmp_path / "x.nt.ZST", packed) == b"".join(frames)


@pytest.mark.parametrize("cut", [1, 3, 1000, 399_000])
def test_a_zst_that_is_cut_short(tmp_path: Path, cut: int) -> None:
    """Half of a dump is no dump: it must not be loaded as one."""
    with pytest.raises(UsageError, match=r"x\.nt\.zst: cannot be read: it is cut short"):
        read(tmp_path / "x.nt.zst", (zstandard.compress(ZEROS) + zstandard.compress(NOISE))[:-cut])
