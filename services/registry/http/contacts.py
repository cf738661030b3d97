"""People in organisations, without the people: names, telephones and addresses go in and stay in."""

from typing import Annotated

from fastapi import Depends, Response
from sqlalchemy import select

from services.registry.commands import contacts
from services.registry.commands.contacts import ChangeContact, ContactDetails, ContactView, RecordContact, Reveal
from services.registry.http.documents import creates, lists, replaces, shows, tells
from services.registry.http.exchange import Posting, Replacing
from services.registry.http.listing import Listed, PageOf
from services.registry.http.reading import Listing, Reading
from services.registry.storage import tables
from shared.runtime.web import Routes

router = Routes(prefix=ContactView.PATH, tags=["organisations"])
CONTACTS = Listed(
    ContactView, tables.contacts, sorts=("region", "organisation_id"), statement=lambda: select(tables.contacts)
)


@router.post("", summary="Record a person to turn to in an organisation", **creates(ContactView))
async def record_contact(body: RecordContact, exchange: Posting) -> Response:
    return await exchange.write(contacts.record, body)


@router.get("", summary="Contacts", **lists())
async def list_contacts(page: Annotated[PageOf[ContactView], Depends(CONTACTS)]) -> Listing[ContactView]:
    return await page.read()


@router.get("/{contact_id}", summary="One contact", **shows(ContactView))
async def show_contact(contact_id: str, reading: Reading) -> Response:
    return await reading.one(tables.contacts, ContactView, contact_id)


@router.patch("/{contact_id}", summary="Change a contact", **replaces(ContactView))
async def change_contact(contact_id: str, body: ChangeContact, exchange: Replacing) -> Response:
    return await exchange.write(contacts.change, contact_id, body, exchange.match)


@router.post("/{contact_id}/reveal", summary="Show the person, and write down why", **tells(ContactDetails))
async def reveal_contact(contact_id: str, body: Reveal, exchange: Replacing) -> Response:
    # Not repeatable by a key: what a key is answered with is kept, and this must not be.
    return await exchange.write(contacts.reveal, contact_id, body)
