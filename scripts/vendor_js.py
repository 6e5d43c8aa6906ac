"""Fetch the JavaScript that the pages use from npm, and write down what it is: ``make vendor``.

The built files are kept in ``kg/web/static/vendor`` and go into the wheel, so that the pages need no other server.
``VENDORED.tsv`` there has package, version, licence, file and SHA-256 of each. To take another version: change it
here, run this, and run the tests of the pages.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "kg" / "web" / "static" / "vendor"
PACKAGES = {
    "@zazuko/yasgui@4.6.2": {"build/yasgui.min.js": "yasgui.min.js", "build/yasgui.min.css": "yasgui.min.css"},
    "cytoscape@3.35.0": {"dist/cytoscape.min.js": "cytoscape.min.js", "LICENSE": "cytoscape.LICENSE"},
}
"""npm package and version to the files that are taken, and their names here. Yasgui's package has no licence file: its
package.json says MIT."""


def fetch(package: str, files: dict[str, str], folder: Path) -> list[str]:
    """Take files from a package; gives a row of the table for each."""
    packed = subprocess.run(
        ["npm", "pack", "--json", package], cwd=folder, check=True, capture_output=True, text=True
    ).stdout
    with tarfile.open(folder / json.loads(packed)[0]["filename"]) as archive:

        def read(name: str) -> bytes:
            member = archive.extractfile(f"package/{name}")
            assert member is not None, name
            return member.read()

        about = json.loads(read("package.json"))
        rows = []
        for source, target in files.items():
            data = read(source)
            (VENDOR / target).write_bytes(data)
            digest = hashlib.sha256(data).hexdigest()
            rows.append("\t".join((about["name"], about["version"], about["license"], target, digest)))
    return rows


def main() -> None:
    VENDOR.mkdir(parents=True, exist_ok=True)
    for old in VENDOR.iterdir():
        old.unlink()
    rows = ["package\tversion\tlicence\tfile\tsha256"]
    with tempfile.TemporaryDirectory() as folder:
        for package, files in PACKAGES.items():
            rows += fetch(package, files, Path(folder))
    (VENDOR / "VENDORED.tsv").write_text("\n".join(rows) + "\n", "utf-8")


if __name__ == "__main__":
    main()
