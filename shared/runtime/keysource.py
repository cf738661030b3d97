"""Where a node's own keys come from: a file, the environment, or a key management service. Never a database.

A key has a name (``node``, ``people-1f3c…``). Files lie in ``keys/`` of the data folder, readable by the node's user
alone. With a KMS the same folder holds each key wrapped; the KMS command gets ``wrap`` or ``unwrap`` and the key's name
as arguments, the key in base64 on standard input, and answers on standard output. It can be a script around any tool
or HTTP interface.
"""

import base64
import binascii
import os
import secrets
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from shared.runtime.identity import create_secret_file

KEY_BYTES = 32
KMS_TIMEOUT_SECONDS = 30


class KeyUnavailable(RuntimeError):
    """A key isn't where it should be, or can't be read; the message says which and what to do."""


class KeySource(Protocol):
    """A place keys are kept in."""

    def load(self, name: str) -> bytes | None:
        """The 32 bytes of a key; ``None`` when there is none of this name."""

    def keep(self, name: str, key: bytes) -> bytes:
        """Keeps a new key and gives back what is then kept: of two at once, the first."""

    def forget(self, name: str) -> None:
        """Destroys a key for good, as far as this place can."""


class FileKeys:
    """One file a key, mode 600. Copy them to a place apart from the data and from the backups of people's keys."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, name: str) -> bytes | None:
        """Reads ``keys/<name>.key``."""
        path = self._path(name)
        return decoded(path.read_text(), str(path)) if path.exists() else None

    def keep(self, name: str, key: bytes) -> bytes:
        """Writes the file unless it is there."""
        return decoded(create_secret_file(self._path(name), base64.urlsafe_b64encode(key)).decode(), name)

    def forget(self, name: str) -> None:
        """Overwrites the file, then deletes it."""
        shred(self._path(name))

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.key"


class GivenKeys:
    """Keys somebody else keeps and gives in the environment; they can be read only."""

    def __init__(self, keys: Mapping[str, bytes], setting: str) -> None:
        self._keys, self._setting = dict(keys), setting

    def load(self, name: str) -> bytes | None:
        """A key that was given."""
        return self._keys.get(name)

    def keep(self, name: str, key: bytes) -> bytes:
        """Whoever gives keys in the environment also makes them."""
        raise KeyUnavailable(f"{self._setting} doesn't hold the key {name}: add it there, in base64")

    def forget(self, name: str) -> None:
        """Nothing here to destroy: the key has to be taken out of the environment."""


class KmsKeys:
    """Keys wrapped by a key management service, in ``keys/<name>.wrapped``; the service's own key never leaves it."""

    def __init__(self, folder: Path, command: str) -> None:
        self._folder, self._command = folder, shlex.split(command)

    def load(self, name: str) -> bytes | None:
        """Has the wrapped key unwrapped by the service."""
        path = self._path(name)
        if not path.exists():
            return None
        return decoded(self._ask("unwrap", name, path.read_text()), name)

    def keep(self, name: str, key: bytes) -> bytes:
        """Has the key wrapped by the service, and keeps what comes back."""
        wrapped = self._ask("wrap", name, base64.urlsafe_b64encode(key).decode())
        kept = create_secret_file(self._path(name), wrapped.encode()).decode()
        return decoded(self._ask("unwrap", name, kept), name)

    def forget(self, name: str) -> None:
        """Overwrites and deletes the wrapped key."""
        shred(self._path(name))

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.wrapped"

    def _ask(self, verb: str, name: str, text: str) -> str:
        command = [*self._command, verb, name]
        try:
            done = subprocess.run(  # noqa: S603 - the operator's own command
                command, input=text.strip() + "\n", capture_output=True, text=True, timeout=KMS_TIMEOUT_SECONDS
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise KeyUnavailable(f"BERSINAR_KMS_COMMAND can't be run ({type(error).__name__})") from None
        if done.returncode != 0:
            raise KeyUnavailable(f"BERSINAR_KMS_COMMAND could not {verb} {name}: it ended with {done.returncode}")
        return done.stdout.strip()


def source(folder: Path, kms_command: str | None) -> KeySource:
    """Files, or the KMS where one is set."""
    return KmsKeys(folder, kms_command) if kms_command else FileKeys(folder)


def load_or_make(place: KeySource, name: str) -> bytes:
    """A key, made on first use."""
    found = place.load(name)
    return found if found is not None else place.keep(name, secrets.token_bytes(KEY_BYTES))


def decoded(text: str, where: str) -> bytes:
    """The 32 bytes of a key written in base64. The message of an error never holds the text."""
    try:
        key = base64.b64decode(text.strip().replace("-", "+").replace("_", "/"), validate=True)
    except (ValueError, binascii.Error):
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyUnavailable(f"{where} holds no key: it must be {KEY_BYTES} bytes in base64")
    return key


def shred(path: Path) -> None:
    """Overwrites a file before it goes, so that the bytes don't lie about on the disk."""
    if not path.exists():
        return
    with path.open("r+b") as file:
        file.write(os.urandom(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
