"""The check every address stands behind: default deny, from ``permissions.yaml``."""

from fastapi import Request

from shared.access.actor import ANYONE, current, limit
from shared.access.permissions import Permissions
from shared.runtime.language import speaks_english
from shared.runtime.problem import Problem

NOT_PERMITTED_TYPE = "urn:bersinar:problem:not-permitted"


async def check(request: Request) -> None:
    """The dependency of every address: lets an actor through with nothing but the grants that count here.

    The app's ``state.permissions`` are the lines of its service.
    """
    permissions: Permissions = request.app.state.permissions
    admitted = permissions.admit(request.scope["endpoint"].__name__, current())
    if admitted is None:
        english = speaks_english(request.headers.get("accept-language", ""))
        raise not_signed_in(english=english) if current() == ANYONE else _refusal(english=english)
    limit(admitted)


def not_signed_in(*, english: bool) -> Problem:
    """The answer to whoever should have signed in."""
    headers = {"WWW-Authenticate": "Bearer"}
    if english:
        return Problem(
            401,
            "Not signed in",
            detail="This address wants the token of a session, or the node's own.",
            remedy="Sign in with POST /v1/account-sessions of the registry and send 'Authorization: Bearer <token>'; "
            "the node's token is in the file 'token' of the data folder.",
            headers=headers,
        )
    return Problem(
        401,
        "Belum masuk",
        detail="Alamat ini meminta token sesi, atau token simpul ini.",
        remedy="Masuklah dengan POST /v1/account-sessions di registry dan kirim 'Authorization: Bearer <token>'; "
        "token simpul ada di berkas 'token' di folder data.",
        headers=headers,
    )


def _refusal(*, english: bool) -> Problem:
    if english:
        return Problem(
            403,
            "Not allowed",
            detail="None of your roles may do this.",
            remedy="Ask an administrator of the office for a role that may, or sign in with another account.",
            type=NOT_PERMITTED_TYPE,
        )
    return Problem(
        403,
        "Tidak diizinkan",
        detail="Tidak satu pun peran Anda boleh melakukan ini.",
        remedy="Mintalah peran yang sesuai kepada administrator kantor, atau masuk dengan akun lain.",
        type=NOT_PERMITTED_TYPE,
    )
