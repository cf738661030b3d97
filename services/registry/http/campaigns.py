"""Survey campaigns: planned, opened, closed, approved, locked; their progress and their reminders."""

from typing import Annotated

from fastapi import Depends, Response

from services.registry.commands import campaigns, survey_progress
from services.registry.commands.campaigns import (
    CampaignView,
    PlanCampaign,
    ReviseCampaign,
    TakeStep,
    TakeStepBecause,
)
from services.registry.commands.survey_progress import ProgressView, Remind, RemindersView
from services.registry.http.documents import changes, creates, lists, shows
from services.registry.http.exchange import Posting
from services.registry.http.listing import Listed, PageOf
from services.registry.http.reading import Listing, Reading
from services.registry.storage import tables
from shared.runtime.openapi import problems
from shared.runtime.web import Routes

router = Routes(prefix=CampaignView.PATH, tags=["survey campaigns"])
CAMPAIGNS = Listed(CampaignView, tables.campaigns, sorts=("year", "opens_on", "closes_on"), default="-year,id")


@router.post("", summary="Plan a survey campaign", **creates(CampaignView, 503))
async def plan_campaign(body: PlanCampaign, exchange: Posting) -> Response:
    campaigns.check_place(exchange.office, body)
    # Asked for before the transaction: scoring may take its time, and nothing is locked meanwhile.
    questionnaire = await exchange.office.questionnaires(body.instrument)
    return await exchange.write(campaigns.plan, body, questionnaire)


@router.get("", summary="Survey campaigns", **lists())
async def list_campaigns(
    page: Annotated[PageOf[CampaignView], Depends(CAMPAIGNS)],
) -> Listing[CampaignView]:
    return await page.read()


@router.get("/{campaign_id}", summary="One campaign", **shows(CampaignView))
async def show_campaign(campaign_id: str, reading: Reading) -> Response:
    return await reading.one(tables.campaigns, CampaignView, campaign_id)


@router.post("/{campaign_id}/open", summary="Open a campaign for answers", **changes(CampaignView))
async def open_campaign(campaign_id: str, body: TakeStep, exchange: Posting) -> Response:
    return await exchange.write(campaigns.step, campaign_id, "open", body, exchange.match)


@router.post("/{campaign_id}/close", summary="Close a campaign: no more answers", **changes(CampaignView))
async def close_campaign(campaign_id: str, body: TakeStep, exchange: Posting) -> Response:
    return await exchange.write(campaigns.step, campaign_id, "close", body, exchange.match)


@router.post("/{campaign_id}/reopen", summary="Open a closed campaign again", **changes(CampaignView))
async def reopen_campaign(campaign_id: str, body: TakeStepBecause, exchange: Posting) -> Response:
    return await exchange.write(campaigns.step, campaign_id, "reopen", body, exchange.match)


@router.post("/{campaign_id}/approve", summary="Approve the result, as head of the office", **changes(CampaignView))
async def approve_campaign(campaign_id: str, body: TakeStep, exchange: Posting) -> Response:
    return await exchange.write(campaigns.step, campaign_id, "approve", body, exchange.match)


@router.post("/{campaign_id}/send-back", summary="Send an approved result back", **changes(CampaignView))
async def send_back_campaign(campaign_id: str, body: TakeStepBecause, exchange: Posting) -> Response:
    return await exchange.write(campaigns.step, campaign_id, "send_back", body, exchange.match)


@router.post("/{campaign_id}/lock", summary="Lock the result: it is the official value", **changes(CampaignView))
async def lock_campaign(campaign_id: str, body: TakeStep, exchange: Posting) -> Response:
    return await exchange.write(campaigns.step, campaign_id, "lock", body, exchange.match)


@router.post("/{campaign_id}/revise", summary="Open a named revision of a locked result", **changes(CampaignView))
async def revise_campaign(campaign_id: str, body: ReviseCampaign, exchange: Posting) -> Response:
    return await exchange.write(campaigns.step, campaign_id, "revise", body, exchange.match)


@router.get(
    "/{campaign_id}/progress",
    summary="Answers by group against quota, days left, and whether it will be enough",
    responses=problems(401, 404),
)
async def show_campaign_progress(campaign_id: str, reading: Reading) -> ProgressView:
    return await survey_progress.progress(reading.office, campaign_id)


@router.post("/{campaign_id}/reminders", summary="Remind every group that is short now", **changes(RemindersView))
async def remind_campaign(campaign_id: str, body: Remind, exchange: Posting) -> Response:
    return await exchange.write(survey_progress.remind, campaign_id, body, exchange.match)
