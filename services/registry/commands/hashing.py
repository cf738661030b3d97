"""Argon2id for passwords, off the event loop and a few at a time: each takes 64 MiB and some fifty milliseconds."""

import asyncio
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE_MAX = 2
_hasher = PasswordHasher()
_places = asyncio.Semaphore(AT_ONCE_MAX)


@cache
def _nobodys() -> str:
    """What an unknown account's password is compared with; made when first needed."""
    return _hasher.hash("nobody's password")


async def hash_password(password: str) -> str:
    """The hash to keep, with its own salt and parameters in it."""
    async with _places:
        return await asyncio.to_thread(_hasher.hash, password)


async def is_right(password_hash: str | None, password: str) -> bool:
    """Whether it is the password. Without a hash it takes as long and is never right."""
    async with _places:
        return await asyncio.to_thread(_verify, password_hash, password) and password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether the library's parameters have grown since the hash was made."""
    return _hasher.check_needs_rehash(password_hash)


def _verify(password_hash: str | None, password: str) -> bool:
    try:
        return _hasher.verify(password_hash or _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
