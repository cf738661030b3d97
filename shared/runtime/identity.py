"""The node's bearer token: until people sign in, whoever can read the data folder may use the API."""

import hmac
import os
import secrets
from pathlib import Path

TOKEN_FILE = "token"  # noqa: S105 - the name of the file


def create_secret_file(path: Path, content: bytes) -> bytes:
    """Writes a secret with mode 600 unless the file is there already; gives back what the file then holds."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        # A link fails when the name exists: of two processes starting at once, the second takes the first's secret.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_bytes()


def load_or_create_token(data_dir: Path) -> str:
    """The token of this node, made on first use: 256 random bits, URL-safe."""
    path = data_dir / TOKEN_FILE
    if not path.exists():
        create_secret_file(path, secrets.token_urlsafe(32).encode())
    return path.read_text().strip()


def valid_token(presented: str, expected: str) -> bool:
    """Compares in constant time."""
    return hmac.compare_digest(presented.encode(), expected.encode())
