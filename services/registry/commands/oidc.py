"""Signing in elsewhere: any OpenID Connect provider, by authorization code with PKCE, state and nonce."""

import re
import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ConfigDict

from services.registry.commands import accounts, audit, signing
from services.registry.commands.accounts import GrantInput
from services.registry.commands.signing import Doors, OpenedSession
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, tables
from services.registry.storage import signing as stored
from services.registry.storage.rows import Row
from shared.access import NODE
from shared.contracts.registry import AccountCreated, AccountGranted
from shared.journal import Unit
from shared.runtime import clock, plain_yaml
from shared.runtime.tls import trusted

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures by a key pair only: with a shared secret, whoever can check a token could also make one."""

PENDING = timedelta(minutes=10)
KEYS_SECONDS = 3_600.0
KEYS_AGAIN_SECONDS = 60.0
LEEWAY_SECONDS = 60
TIMEOUT_SECONDS = 10.0
SCOPES = "openid profile email"
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")


class GrantWhen(BaseModel):
    """A grant for whoever's claims hold all these values; a claim that is a list holds each of its members."""

    model_config = ConfigDict(extra="forbid")

    when: dict[str, str | bool]
    role: str
    scope: str
    organisation_id: str | None = None


class ClaimsMap(BaseModel):
    """The file that says what a provider's claims are worth here."""

    model_config = ConfigDict(extra="forbid")

    login: str = "preferred_username"
    grants: tuple[GrantWhen, ...] = ()

    def granted(self, claims: dict[str, Any]) -> tuple[GrantInput, ...]:
        """The grants somebody with these claims has."""
        found = [g for g in self.grants if all(_holds(claims.get(name), value) for name, value in g.when.items())]
        return tuple(GrantInput(role=g.role, scope=g.scope, organisation_id=g.organisation_id) for g in found)

    def login_of(self, claims: dict[str, Any]) -> str | None:
        """What to call the account, when the claim can be used for it."""
        login = str(claims.get(self.login, "")).lower()
        return login if _LOGIN.fullmatch(login) else None


@dataclass(frozen=True)
class OidcSettings:
    """Where the provider is, and who we are there."""

    issuer: str
    client_id: str
    client_secret: str
    claims_file: Path


class Provider:
    """The provider: its addresses and keys, fetched when they are first needed and kept for an hour."""

    def __init__(self, settings: OidcSettings) -> None:
        self.settings = settings
        self.claims_map = ClaimsMap.model_validate(plain_yaml.read(settings.claims_file))
        self._document: dict[str, Any] | None = None
        self._keys: KeySet | None = None
        self._keys_at = 0.0

    async def address(self, redirect_uri: str, state: str, nonce: str, verifier: str) -> str:
        """Where to send a browser."""
        document = await self._discovered()
        async with self._client(redirect_uri) as client:
            url, _ = client.create_authorization_url(
                document["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
            )
        return str(url)

    async def claims(self, code: str, pending: Row) -> dict[str, Any]:
        """The proven claims of whoever the provider gave this code."""
        document = await self._discovered()
        try:
            async with self._client(pending["redirect_uri"]) as client:
                token = await client.fetch_token(
                    document["token_endpoint"],
                    code=code,
                    code_verifier=pending["verifier"],
                    grant_type="authorization_code",
                )
        except httpx.TransportError:
            raise Refusal("sso_away") from None
        except (AuthlibBaseError, httpx.HTTPError, ValueError):
            raise Refusal("sso_refused") from None
        return await self._proven(str(token.get("id_token", "")), pending["nonce"])

    async def _proven(self, id_token: str, nonce: str) -> dict[str, Any]:
        """Signature by a key of the provider, issuer, audience, expiry and nonce; anything else is refused."""
        settings = self.settings
        registry = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": settings.issuer},
            aud={"essential": True, "value": settings.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        for fresh in (False, True):
            try:
                token = jwt.decode(id_token, await self._key_set(fresh=fresh), algorithms=ALGORITHMS)
                registry.validate(token.claims)
            except (JoseError, ValueError):
                continue  # perhaps the provider has new keys; they are asked for once
            return dict(token.claims)
        raise Refusal("sso_refused")

    def _client(self, redirect_uri: str) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            self.settings.client_id,
            self.settings.client_secret,
            scope=SCOPES,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            timeout=TIMEOUT_SECONDS,
            trust_env=False,
            verify=trusted(),
        )

    async def _discovered(self) -> dict[str, Any]:
        if self._document is None:
            document = await _fetched(f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration")
            if document.get("issuer") != self.settings.issuer:
                raise Refusal("sso_away")
            self._document = document
        return self._document

    async def _key_set(self, *, fresh: bool) -> KeySet:
        age = time.monotonic() - self._keys_at
        if self._keys is None or age > (KEYS_AGAIN_SECONDS if fresh else KEYS_SECONDS):
            document = await self._discovered()
            self._keys = KeySet.import_key_set(await _fetched(document["jwks_uri"]))  # type: ignore[arg-type]
            self._keys_at = time.monotonic()
        return self._keys


async def begin(doors: Doors, provider: Provider, redirect_uri: str) -> tuple[str, str]:
    """The provider's address for one sign-in, and its state; what it is checked with is kept for ten minutes."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    url = await provider.address(redirect_uri, state, nonce, verifier)
    row = {"state_hash": signing.hash_of(state), "nonce": nonce, "verifier": verifier, "redirect_uri": redirect_uri}
    async with doors.office.database.transaction() as connection:
        await rows.add(connection, tables.oidc_pending, row | {"expires_at": clock.now() + PENDING})
    return url, state


async def finish(doors: Doors, provider: Provider, code: str, state: str) -> OpenedSession:
    """A session for whoever comes back with this code and state. Each state counts once."""
    pending = await _take(doors, signing.hash_of(state), clock.now())
    claims = await provider.claims(code, pending)
    identity = doors.office.keyring.blind_index(f"{claims['iss']}\0{claims['sub']}", "account.identity")
    async with doors.office.journal.writing() as unit:
        account = await _account(unit, doors, provider.claims_map, claims, identity)
        return await signing.open_session(unit, doors, account, "oidc")


async def _take(doors: Doors, state_hash: str, now: datetime) -> Row:
    async with doors.office.database.transaction() as connection:
        pending = await stored.take_pending(connection, state_hash)
    if pending is None or pending["expires_at"] <= now:
        raise Refusal("sso_refused")
    return pending


async def _account(unit: Unit, doors: Doors, mapping: ClaimsMap, claims: dict[str, Any], identity: str) -> Row:
    """The account of an identity, with the grants its claims are worth today."""
    office = doors.office.for_actor(NODE)
    grants = await accounts.checked(unit, mapping.granted(claims))
    account = await stored.account_by_identity(unit.connection, identity)
    if account is not None and account["disabled"]:
        raise Refusal("account_disabled")
    if not grants:
        raise Refusal("no_account")
    if account is not None:
        if account["grants"] == grants:
            return account
        await audit.write(unit, office, "account.granted", account["id"], grants=accounts.words(grants), by="oidc")
        given, previous = accounts.facts(grants), accounts.facts(account["grants"])
        granted = AccountGranted(account_id=account["id"], grants=given, previous=previous, by="oidc")
        accounts.say(unit, office, granted)
        return await rows.change(unit.connection, tables.accounts, account, grants=grants)
    login = mapping.login_of(claims)
    if login is None or await stored.account_by_login(unit.connection, login) is not None:
        login = f"sso-{identity[:12]}"
    row = accounts.new_account(login, grants, identity_index=identity)
    await rows.add(unit.connection, tables.accounts, row)
    await audit.write(unit, office, "account.created", row["id"], grants=accounts.words(grants), by="oidc")
    accounts.say(unit, office, AccountCreated(account_id=row["id"], grants=accounts.facts(grants), by="oidc"))
    return row


async def _fetched(url: str) -> dict[str, Any]:
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False, verify=trusted()) as client:
            answer = await client.get(url)
            answer.raise_for_status()
            found: dict[str, Any] = answer.json()
    except (httpx.HTTPError, ValueError):
        raise Refusal("sso_away") from None
    return found


def _holds(claim: Any, value: str | bool) -> bool:
    return value in claim if isinstance(claim, list) else claim == value
