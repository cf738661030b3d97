"""What a how-to tells its reader to type: the ```sh blocks of a page, in order."""

import re
from dataclasses import dataclass
from pathlib import Path

from deploy.processes import ROOT
from shared.runtime.settings import PORT_OFFSETS

FOLDER = ROOT / "docs" / "how-to"
DEFAULT_PORT = 8000
RUN = "sh"
SHOWN = {RUN, "csv", "http", "json", "text", "yaml"}
"""What a block may call itself: one that should run but is called otherwise would go untested."""

_FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_BEFORE = re.compile(r"^<!-- before: (.*?) -->$", re.MULTILINE | re.DOTALL)
_MARK = "=== block of line "


@dataclass(frozen=True)
class Block:
    """A block and the line its text begins at."""

    line: int
    language: str
    text: str


def pages() -> list[Path]:
    """Every how-to there is."""
    return sorted(FOLDER.glob("*.md"))


def blocks(page: Path) -> list[Block]:
    """All fenced blocks; also what ``<!-- before: … -->`` prepares without showing it, as blocks to run."""
    text = page.read_text()
    found = [_block(text, hit.start(2), hit[1].strip(), hit[2]) for hit in _FENCE.finditer(text)]
    found += [_block(text, hit.start(1), RUN, hit[1] + "\n") for hit in _BEFORE.finditer(text)]
    return sorted(found, key=lambda block: block.line)


def _block(text: str, start: int, language: str, words: str) -> Block:
    return Block(text.count("\n", 0, start) + 1, language, words)


def script(page: Path, port: int) -> str:
    """The page as one shell session, as its reader has one; each block announces itself.

    Addresses of a node on the default ports are those of the node at ``port``.
    """
    lines = ["set -euo pipefail"]
    for block in blocks(page):
        if block.language == RUN:
            lines += [f"printf '\\n{_MARK}%s\\n' {block.line}", block.text]
    return re.sub(r"127\.0\.0\.1:(\d{4})\b", lambda hit: f"127.0.0.1:{_moved(int(hit[1]), port)}", "\n".join(lines))


def _moved(port: int, base: int) -> int:
    offset = port - DEFAULT_PORT
    return base + offset if offset in PORT_OFFSETS.values() else port


def last_begun(printed: str) -> tuple[int, str]:
    """The line of the block that ran last, and what it printed."""
    _, _, rest = printed.rpartition(_MARK)
    line, _, output = rest.partition("\n")
    return int(line or 0), output


def all_begun(page: Path, printed: str) -> bool:
    """Whether every block was reached: an ``exit`` in one of them would hide the others."""
    wanted = [f"{_MARK}{block.line}" for block in blocks(page) if block.language == RUN]
    return [line for line in printed.splitlines() if line.startswith(_MARK)] == wanted
