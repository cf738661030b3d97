"""Accounts: opened, entrusted and closed by administrators."""

from typing import Annotated

from fastapi import Depends, Response
from pydantic import BaseModel

from services.registry.commands import accounts, hashing
from services.registry.commands.accounts import AccountView, CreateAccount, ResetPassword, SetAccess, SetGrants
from services.registry.http.documents import changes, creates, lists, replaces, shows
from services.registry.http.exchange import Posting, Replacing
from services.registry.http.listing import Listed, PageOf
from services.registry.http.reading import Listing, Reading
from services.registry.storage import tables
from shared.access.permissions import roles
from shared.runtime.web import Routes

router = Routes(prefix=AccountView.PATH, tags=["accounts"])
roles_router = Routes(prefix="/v1/roles", tags=["accounts"])
ACCOUNTS = Listed(AccountView, tables.accounts, sorts=("login",))


class RoleView(BaseModel):
    """A role: its names, the levels its scope may have, and whether it is of one organisation."""

    role: str
    name_id: str
    name_en: str
    levels: tuple[str, ...]
    of_organisation: bool


class RoleList(BaseModel):
    """The roles that can be granted."""

    items: list[RoleView]


@router.post("", summary="Open an account", **creates(AccountView))
async def create_account(body: CreateAccount, exchange: Posting) -> Response:
    hashed = await hashing.hash_password(body.password.get_secret_value())
    return await exchange.write(accounts.create, body, hashed)


@router.get("", summary="Accounts", **lists())
async def list_accounts(page: Annotated[PageOf[AccountView], Depends(ACCOUNTS)]) -> Listing[AccountView]:
    return await page.read()


@router.get("/{account_id}", summary="One account", **shows(AccountView))
async def show_account(account_id: str, reading: Reading) -> Response:
    return await reading.one(tables.accounts, AccountView, account_id)


@router.put("/{account_id}/grants", summary="Replace what an account is entrusted with", **replaces(AccountView))
async def set_grants(account_id: str, body: SetGrants, exchange: Replacing) -> Response:
    return await exchange.write(accounts.set_grants, account_id, body, exchange.match)


@router.post("/{account_id}/access", summary="Disable an account or enable it again", **changes(AccountView))
async def set_access(account_id: str, body: SetAccess, exchange: Posting) -> Response:
    return await exchange.write(accounts.set_access, account_id, body, exchange.match)


@router.post("/{account_id}/password", summary="Give an account a new password", **changes(AccountView))
async def reset_password(account_id: str, body: ResetPassword, exchange: Posting) -> Response:
    hashed = await hashing.hash_password(body.password.get_secret_value())
    return await exchange.write(accounts.reset_password, account_id, body, hashed, exchange.match)


@roles_router.get("", summary="The roles there are", **lists())
async def list_roles() -> RoleList:
    found = [
        RoleView(role=r.key, name_id=r.name_id, name_en=r.name_en, levels=r.levels, of_organisation=r.of_organisation)
        for r in roles().values()
    ]
    return RoleList(items=found)
