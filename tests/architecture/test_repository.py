"""What must hold for the files themselves: fresh pages, no foreign hosts or machine paths, small pieces."""

import ast
import re
import statistics
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from pip._internal.models.index import PyPI

from deploy.docs import PAGES
from deploy.processes import ROOT

CODE = ("cli", "deploy", "services", "shared")
FUNCTION_LINES_MAX = 70
FUNCTION_LINES_MEDIAN = 6
FUNCTION_LINES_P90 = 20
FILE_LINES_MAX = 350
SHARED_SHARE_MAX = 0.18
BROAD_EXCEPTS_PER_1000 = 1.0
BINARY = {".png", ".gz", ".ico", ".woff2"}
# The hosts as pip itself knows them, so that this file needn't name them either.
INDEX_HOSTS = re.compile("|".join(map(re.escape, (PyPI.netloc, PyPI.file_storage_domain))), re.IGNORECASE)
LOCK_ADDRESS = re.compile(r"://|--(?:extra-)?index|--find-links")
MACHINE_PATHS = re.compile(r"(?<![\w.])(?:/root/|/home/\w+/|/Users/\w+/|/work/|/workspace/)")


@cache
def _files() -> tuple[Path, ...]:
    """Everything that is or could be committed."""
    command = ["git", "ls-files", "-co", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    return tuple(path for name in names if name and (path := ROOT / name).is_file())


def _code() -> Iterator[Path]:
    for path in _files():
        parts = path.relative_to(ROOT).parts
        if path.suffix == ".py" and parts[0] in CODE and "migrations" not in parts:
            yield path


def _texts() -> Iterator[tuple[Path, str]]:
    for path in _files():
        if path.suffix not in BINARY and path.stat().st_size < 2_000_000:
            yield path.relative_to(ROOT), path.read_text(errors="ignore")


@pytest.mark.parametrize("page", PAGES)
def test_generated_pages_are_fresh(page: str) -> None:
    path = ROOT / page
    assert path.exists(), "run `make docs`"
    assert path.read_text() == PAGES[page](), f"{page} lags the code: run `make docs`"


def test_no_package_index_is_named() -> None:
    """A lock names versions and hashes; where they come from is the machine's own setting."""
    assert not _found(INDEX_HOSTS)
    for lock in ROOT.glob("requirements*.lock"):
        assert not LOCK_ADDRESS.search(lock.read_text()), lock


def test_no_path_of_a_machine_is_named() -> None:
    assert not _found(MACHINE_PATHS)


def _found(pattern: re.Pattern[str]) -> list[str]:
    here = Path(__file__).name
    return [f"{path}: {hit.group()}" for path, text in _texts() if path.name != here for hit in pattern.finditer(text)]


def test_every_dependency_is_pinned_with_hashes() -> None:
    for lock in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / lock).read_text()
        names = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[\w,-]+\])?==", text, re.MULTILINE)
        assert len(names) > 20
        entries = re.split(r"^(?=[A-Za-z0-9._-]+(?:\[[\w,-]+\])?==)", text, flags=re.MULTILINE)[1:]
        assert all("--hash=sha256:" in entry for entry in entries)


def test_files_are_small() -> None:
    long = {str(path.relative_to(ROOT)): lines for path in _code() if (lines := _code_lines(path)) > FILE_LINES_MAX}
    assert not long


def test_functions_are_short() -> None:
    lengths = {f"{path.relative_to(ROOT)}:{name}": lines for path in _code() for name, lines in _functions(path)}
    assert not {name: lines for name, lines in lengths.items() if lines > FUNCTION_LINES_MAX}
    ordered = sorted(lengths.values())
    assert statistics.median(ordered) <= FUNCTION_LINES_MEDIAN
    assert ordered[int(len(ordered) * 0.9)] <= FUNCTION_LINES_P90


def test_shared_stays_small() -> None:
    """It holds the language, the pattern and the runtime; what only one service needs belongs to that service."""
    total = sum(_code_lines(path) for path in _code())
    shared = sum(_code_lines(path) for path in _code() if path.relative_to(ROOT).parts[0] == "shared")
    assert shared / total <= SHARED_SHARE_MAX


def test_nobody_catches_everything_lightly() -> None:
    handlers = [node for path in _code() for node in ast.walk(ast.parse(path.read_text())) if _is_broad(node)]
    total = sum(_code_lines(path) for path in _code())
    assert len(handlers) * 1000 / total <= BROAD_EXCEPTS_PER_1000


def test_no_module_is_called_utils() -> None:
    assert not [path for path in _code() if path.stem in {"utils", "util", "helpers", "misc", "common"}]


def _is_broad(node: ast.AST) -> bool:
    if not isinstance(node, ast.ExceptHandler):
        return False
    return node.type is None or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"})


def _code_lines(path: Path) -> int:
    return sum(1 for line in path.read_text().splitlines() if line.strip() and not line.strip().startswith("#"))


def test_what_runs_apart_lies_where_it_is_looked_for() -> None:
    """``make test`` looks for browser and serial tests in these folders only; elsewhere nothing would run them."""
    looked_in = re.search(r"tests/browser tests/\w+ tests/\w+", (ROOT / "Makefile").read_text())
    assert looked_in is not None
    folders = [ROOT / folder for folder in looked_in[0].split()]
    for path in _files():
        if path.match("test_*.py") and ("mark.serial" in path.read_text() or "browser" in path.parts):
            assert any(path.is_relative_to(folder) for folder in folders) or path == Path(__file__), path


def _functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = ast.get_docstring(node, clean=False)
            words = docstring.count("\n") + 1 if docstring else 0
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1 - words
