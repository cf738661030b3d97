"""Signing in elsewhere, against a real provider: the npm package oidc-provider, run by node."""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

from services.registry.app import MIGRATIONS, build
from services.registry.commands.oidc import Provider
from services.registry.domain.refusal import Refusal
from services.registry.settings import RegistrySettings
from services.registry.storage import rows, tables
from shared.runtime import clock, identity
from tests.integration.registry.conftest import Api
from tests.support import oidc, schema

BACK = "http://127.0.0.1:8000/masuk/sso/kembali"


@pytest.fixture(scope="session")
def issuer() -> Iterator[str]:
    """The running provider's address."""
    with oidc.provider(BACK) as address:
        yield address


@dataclass
class Signing:
    """The registry's API and its provider."""

    api: Api
    provider: Provider

    async def begin(self) -> tuple[str, str]:
        begun = (await self.api.post("/v1/oidc/authorizations", {"redirect_uri": BACK})).json()
        return begun["url"], begun["state"]

    async def finish(self, code: str, state: str) -> httpx.Response:
        return await self.api.post("/v1/oidc/sessions", {"code": code, "state": state})


@pytest.fixture
async def signing(issuer: str, database_url: str, tmp_path: Path) -> AsyncIterator[Signing]:
    claims = tmp_path / "claims.yaml"
    claims.write_text(oidc.CLAIMS)
    settings = RegistrySettings(
        data_dir=tmp_path, database_url=database_url, oidc_issuer=issuer, oidc_client_secret=oidc.SECRET,
        oidc_claims_file=claims,
    )  # fmt: skip
    await schema.migrate(database_url, MIGRATIONS)
    registry = build(settings)
    city = {"code": "32.76", "name": "Depok", "search_name": "depok", "level": "city", "parent": "32"}
    async with registry.office.database.transaction() as connection:
        await rows.add(connection, tables.regions, city)
    headers = {"Authorization": f"Bearer {identity.load_or_create_token(tmp_path)}", "Accept-Language": "en"}
    transport = httpx.ASGITransport(registry.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://registry", headers=headers) as client:
        yield Signing(Api(client, registry), registry.app.state.oidc)
    assert registry.streams.publisher is not None
    await registry.streams.publisher.close()
    await registry.office.database.dispose()


async def _at_the_provider(url: str, login: str) -> dict[str, str]:
    """What a person does there: type a name, agree, be sent back."""
    async with httpx.AsyncClient(trust_env=False, follow_redirects=False) as browser:
        answer = await browser.get(url)
        for _ in range(12):
            if answer.is_redirect:
                target = str(answer.next_request.url) if answer.next_request else ""
                if target.startswith(BACK):
                    return {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
                answer = await browser.get(target)
                continue
            action = re.search(r'action="([^"]+)"', answer.text)
            prompt = re.search(r'name="prompt" value="([^"]+)"', answer.text)
            assert action is not None, answer.text[:500]
            assert prompt is not None, answer.text[:500]
            form = {"prompt": prompt[1]} | ({"login": login, "password": "x"} if prompt[1] == "login" else {})
            answer = await browser.post(str(answer.url.join(action[1])), data=form)
    raise AssertionError("the provider sent nobody back")


async def test_somebody_signs_in_elsewhere_and_has_the_roles_of_their_claims(signing: Signing) -> None:
    url, state = await signing.begin()
    asked = parse_qs(urlsplit(url).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge"} <= set(asked)
    back = await _at_the_provider(url, "petugas.depok")
    assert back["state"] == state
    opened = await signing.finish(back["code"], state)
    assert opened.status_code == 201, opened.text
    account = opened.json()["account"]
    assert (account["login"], account["signs_in_with"]) == ("petugas.depok", "oidc")
    assert account["grants"] == [{"role": "p2m_officer", "scope": "32.76", "organisation_id": None}]
    headers = {"Authorization": f"Bearer {opened.json()['token']}"}
    assert (await signing.api.client.get("/v1/participants", headers=headers)).status_code == 200
    assert (await signing.finish(back["code"], state)).status_code == 403
    url, state = await signing.begin()
    again = await signing.finish((await _at_the_provider(url, "petugas.depok"))["code"], state)
    assert again.json()["account"]["id"] == account["id"]


async def test_somebody_without_a_role_is_not_let_in(signing: Signing) -> None:
    url, state = await signing.begin()
    refused = await signing.finish((await _at_the_provider(url, "orang.luar"))["code"], state)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:bersinar:problem:no-account")


async def test_a_code_of_another_sign_in_is_refused(signing: Signing) -> None:
    """PKCE and the nonce bind a code to the sign-in it was asked for."""
    url, _state = await signing.begin()
    _other, other_state = await signing.begin()
    back = await _at_the_provider(url, "petugas.depok")
    assert (await signing.finish(back["code"], other_state)).status_code == 403
    assert (await signing.finish("made-up", "made-up")).status_code == 403


async def test_only_tokens_of_the_provider_for_us_and_now_count(signing: Signing) -> None:
    """Forged ones with the key set swapped for ours, so that each claim is judged by itself."""
    provider, key = signing.provider, RSAKey.generate_key(2048, {"kid": "k", "use": "sig"})
    await provider._discovered()
    now = int(clock.now().timestamp())
    right: dict[str, Any] = {
        "iss": provider.settings.issuer, "aud": "bersinar", "sub": "a", "iat": now, "exp": now + 300, "nonce": "n",
    }  # fmt: skip

    async def keys(*, fresh: bool) -> KeySet:
        return KeySet([key])

    provider._key_set = keys  # type: ignore[method-assign]
    signed = lambda claims, by=key, alg="RS256": jwt.encode({"alg": alg, "kid": "k"}, claims, by, algorithms=[alg])  # noqa: E731
    assert (await provider._proven(signed(right), "n"))["sub"] == "a"
    stranger = RSAKey.generate_key(2048, {"kid": "k"})
    wrong = [
        signed(right | {"iss": "http://elsewhere.test"}),
        signed(right | {"aud": "another"}),
        signed(right | {"exp": now - 300}),
        signed(right | {"nonce": "m"}),
        signed({name: value for name, value in right.items() if name != "nonce"}),
        signed({name: value for name, value in right.items() if name != "exp"}),
        signed(right, stranger),
        signed(right, OctKey.import_key("a secret of the tests" * 2), "HS256"),
        "eyJhbGciOiJub25lIn0." + signed(right).split(".")[1] + ".",
        "not a token",
    ]
    for token in wrong:
        with pytest.raises(Refusal, match="sso_refused"):
            await provider._proven(token, "n")
