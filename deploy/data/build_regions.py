"""Builds shared/regions/regions.csv.gz from the npm package ``idn-area-data``.

    python -m deploy.data.build_regions [--package FILE.tgz] [--output FILE.csv.gz] [--check]

Without ``--package`` the script asks ``npm pack`` for exactly the pinned version, in a temporary directory and
without running any script of the package; npm's own configuration says where packages come from. ``--check``
builds and compares with the file that is there, and writes nothing.

The result is the same bytes for the same package: ``code,name`` rows, provinces first, then kab/kota, kecamatan and
villages, each by code, so that a reader who wants the upper levels can stop early.

Exit status: 0 built (or equal), 1 refused, with one line saying what is wrong.
"""

import argparse
import base64
import csv
import gzip
import hashlib
import io
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from deploy.data.region_names import common_name

PACKAGE = "idn-area-data"
VERSION = "4.0.1"
# The package's own checksum, in the form npm's lock files use.
SHA512_BASE64 = "PhNSIl5T7swVwwWxJOFMtCaeHAF9TUu0HLDf+36EIWZro9j7au83AFIJiBQGL+iRsBDA2OlpJ5fjiqxNYndzOQ=="

# Kepmendagri 300.2.2-2138/2025: 38 provinces, 416 + 98 kab/kota, 7,285 kecamatan, 8,496 + 75,266 villages.
EXPECTED_ROWS: Mapping[str, int] = {
    "provinces.csv": 38,
    "regencies.csv": 514,
    "districts.csv": 7_285,
    "villages.csv": 83_762,
}
CODE_FORMS: Mapping[str, str] = {
    "provinces.csv": r"\d{2}",
    "regencies.csv": r"\d{2}\.(0[1-9]|[1-6]\d|7[1-9]|[89]\d)",
    "districts.csv": r"\d{2}\.\d{2}\.\d{2}",
    "villages.csv": r"\d{2}\.\d{2}\.\d{2}\.[123]\d{3}",
}
REGIONS = Path(__file__).resolve().parents[2] / "shared" / "regions"
LICENCE_MEMBER = "package/data/LICENSE.md"
NPM_TIMEOUT_SECONDS = 300

Row = tuple[str, str]


class BuildRefused(Exception):
    """The source isn't what the project was built for; the message says what differs."""


def fetch_package(directory: Path) -> Path:
    """The path of the package file, fetched into ``directory`` with npm."""
    command = ["npm", "pack", f"{PACKAGE}@{VERSION}", "--ignore-scripts", "--silent"]
    try:
        subprocess.run(command, cwd=directory, check=True, timeout=NPM_TIMEOUT_SECONDS, capture_output=True, text=True)
    except FileNotFoundError:
        raise BuildRefused("npm isn't installed; install Node.js, or give the package file with --package") from None
    except subprocess.TimeoutExpired:
        raise BuildRefused(f"npm gave no answer in {NPM_TIMEOUT_SECONDS} seconds") from None
    except subprocess.CalledProcessError as refusal:
        raise BuildRefused(f"npm could not fetch {PACKAGE}@{VERSION}: {refusal.stderr.strip()}") from None
    return directory / f"{PACKAGE}-{VERSION}.tgz"


def check_package(package: Path) -> None:
    """Refuses a package file other than the pinned one."""
    try:
        found = base64.b64encode(hashlib.sha512(package.read_bytes()).digest()).decode()
    except FileNotFoundError:
        raise BuildRefused(f"there is no package file {package}") from None
    if found != SHA512_BASE64:
        raise BuildRefused(f"{package.name} isn't {PACKAGE} {VERSION}: SHA-512 {found} instead of {SHA512_BASE64}")


def read_member(package: Path, member: str) -> str:
    """The text of one file of the package."""
    with tarfile.open(package) as archive:
        content = archive.extractfile(member)
        if content is None:
            raise BuildRefused(f"{package.name} has no file {member}")
        return content.read().decode("utf-8")


def level_rows(text: str, file: str) -> list[Row]:
    """One level as sorted (code, name) rows; refuses a wrong count, a malformed code or an empty name."""
    rows = sorted((row["code"], common_name(row["name"])) for row in csv.DictReader(io.StringIO(text)))
    if len({code for code, _ in rows}) != EXPECTED_ROWS[file]:
        raise BuildRefused(f"{file}: {len(rows)} rows, expected {EXPECTED_ROWS[file]} different codes")
    for code, name in rows:
        if not re.fullmatch(CODE_FORMS[file], code) or not name:
            raise BuildRefused(f"{file}: code {code!r}, name {name!r} is malformed")
    return rows


def all_rows(package: Path) -> list[Row]:
    """All levels, upper levels first; refuses a region whose parent is missing."""
    rows = [row for file in EXPECTED_ROWS for row in level_rows(read_member(package, f"package/data/{file}"), file)]
    codes = {code for code, _ in rows}
    orphans = [code for code in codes if "." in code and code.rpartition(".")[0] not in codes]
    if orphans:
        raise BuildRefused(f"{len(orphans)} regions have no parent, for instance {min(orphans)}")
    return rows


def csv_lines(rows: Iterable[Row]) -> Iterator[str]:
    """The rows as CSV lines under the heading ``code,name``."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(("code", "name"))
    writer.writerows(rows)
    yield from buffer.getvalue().splitlines(keepends=True)


def compressed(rows: Iterable[Row]) -> tuple[bytes, str]:
    """The gzip file without a time in it, and the SHA-256 of what is inside."""
    content = "".join(csv_lines(rows)).encode("utf-8")
    return gzip.compress(content, compresslevel=9, mtime=0), hashlib.sha256(content).hexdigest()


def write_licence(package: Path, directory: Path) -> None:
    """Puts the licence text that the source ships beside the data."""
    text = read_member(package, LICENCE_MEMBER)
    (directory / "LICENSE-ODbL.txt").write_text(text.rstrip() + "\n", encoding="utf-8")


def build(package: Path, output: Path, *, check: bool) -> str:
    """Builds the file, or compares it when ``check`` is set. Returns a sentence about the result."""
    check_package(package)
    file, digest = compressed(all_rows(package))
    if check:
        return _compare(output, digest)
    output.write_bytes(file)
    write_licence(package, output.parent)
    return f"{output.name}: {sum(EXPECTED_ROWS.values())} regions, {len(file)} bytes, content SHA-256 {digest}"


def _compare(output: Path, digest: str) -> str:
    """Compares contents, not gzip bytes: those may differ between versions of the compressor."""
    found = hashlib.sha256(gzip.decompress(output.read_bytes())).hexdigest() if output.exists() else "none"
    if found != digest:
        raise BuildRefused(f"{output.name} differs from {PACKAGE} {VERSION}: SHA-256 {found} instead of {digest}")
    return f"{output.name} is what {PACKAGE} {VERSION} gives: content SHA-256 {digest}"


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="build_regions", description=f"Build the region file from {PACKAGE} {VERSION}."
    )
    parser.add_argument("--package", type=Path, help="a package file fetched earlier, instead of asking npm")
    parser.add_argument("--output", type=Path, default=REGIONS / "regions.csv.gz", help="default: %(default)s")
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Runs the script; returns its exit status."""
    options = parse_arguments(arguments)
    try:
        with tempfile.TemporaryDirectory() as directory:
            package = options.package or fetch_package(Path(directory))
            print(build(package, options.output, check=options.check))
    except BuildRefused as refusal:
        print(f"build_regions: {refusal}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
