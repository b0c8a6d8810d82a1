"""What the bot does outside, in words: for what it could not do, and for what it still has to do."""

from bot.domain.bridge import EndBridge, OpenBridge
from bot.domain.changing import CarryOut, LookAtMembers, PlanChange, RecordChange, ShowProof, TakeBack, VerifyChange
from bot.domain.config_backup import BackUpConfiguration
from bot.domain.deployment import RecordDeployment
from bot.domain.document import KeepReport, ShareFile
from bot.domain.effect import (
    AddBookmark,
    Delete,
    Edit,
    Effect,
    FindChannel,
    Invite,
    OpenDirect,
    OpenRoom,
    Pin,
    Post,
    SetTopic,
    Whisper,
)
from bot.domain.examine import Examine
from bot.domain.filing import FileReport
from bot.domain.handoff import GiveNotice, LookWhoHandsOver, SendTestAlert
from bot.domain.home import LookOnCall, PublishHome
from bot.domain.looking import LookAt, ShareChart, ShareSheet
from bot.domain.mail import SendMail
from bot.domain.maintenance_notice import MailNotice, PublishMaintenance
from bot.domain.maintenance_window import EndMaintenance, OpenMaintenance
from bot.domain.marked import ReadMessage
from bot.domain.owed import ListWhatIsDue
from bot.domain.paging import AcknowledgePage, FollowPage, PageOnCall, PageTarget, ResolvePage
from bot.domain.profile import SetProfile
from bot.domain.putting_away import ArchiveRoom, RemoveFiles, RemoveMember
from bot.domain.status_page import PublishNotice
from bot.organisation import Organisation
from playbooks.messages.wording import short


def doing(effect: Effect, organisation: Organisation) -> str:
    """What an effect does, as in "could not …" and "still to do: …"."""
    match effect:
        case Post() | Edit() | Delete() | Pin():
            return f"{_VERBS[type(effect)]} {_message(effect.slot)}"
        case AddBookmark():
            return f"add the bookmark {short(effect.title, 60)}"
        case FindChannel():
            return f"find {short(effect.name, 80)}; invite opsbot to it"
        case PageTarget():
            return f"page {organisation.title(effect.target)}"
        case _:
            return _DOINGS.get(type(effect), "carry something out")


_VERBS: dict[type[Effect], str] = {Post: "post", Edit: "bring up to date", Delete: "take away", Pin: "pin"}

_DOINGS: dict[type[Effect], str] = {
    OpenRoom: "open the war room",
    OpenDirect: "open a direct message",
    Whisper: "answer somebody",
    GiveNotice: "tell of the handoff that is near",
    LookWhoHandsOver: "look who hands over to whom",
    SendTestAlert: "send a test alert",
    ListWhatIsDue: "find out who owes what",
    BackUpConfiguration: "back up the configuration",
    PublishHome: "show somebody their Home",
    LookOnCall: "look who is on call",
    LookAt: "look at the platform",
    ShareChart: "share a chart",
    ShareSheet: "share charts",
    PlanChange: "look what a change would do",
    ShowProof: "send a test to whoever asked",
    CarryOut: "carry a change out",
    TakeBack: "take a change back whose time is over",
    VerifyChange: "look whether a change helped",
    RecordChange: "tell PagerDuty of a change",
    RecordDeployment: "tell GitHub of a deployment",
    LookAtMembers: "look who may agree to changes",
    Examine: "look at what opsbot depends on",
    SetTopic: "set the topic",
    Invite: "invite the responders",
    SetProfile: "look up a profile",
    ArchiveRoom: "archive the room",
    RemoveFiles: "delete its files in the former room",
    RemoveMember: "take somebody out of the room",
    PageOnCall: "page the on-call engineer",
    FollowPage: "follow the page in PagerDuty",
    AcknowledgePage: "acknowledge the page in PagerDuty",
    PublishNotice: "publish on the status page",
    PublishMaintenance: "publish a maintenance on the status page",
    MailNotice: "mail what is said of a maintenance",
    ReadMessage: "read a message for the timeline",
    KeepReport: "write the report on disk",
    FileReport: "bring the report to GitHub",
    ShareFile: "share a file",
    ResolvePage: "resolve the alert in PagerDuty",
    SendMail: "send mail",
    OpenBridge: "make a meeting in Zoom",
    EndBridge: "end a meeting in Zoom",
    OpenMaintenance: "open a maintenance window in PagerDuty",
    EndMaintenance: "end a maintenance window in PagerDuty",
}

_MESSAGES = {
    "card": "the card",
    "announcement": "the announcement",
    "phase": "the steps",
    "due": "what is due",
    "page": "how the page stands",
    "paged": "how a page stands",
    "inform": "a direct message",
    "post": "a message",
    "tasks": "the tasks",
    "report": "that the report is there",
}
"""Messages by the third part of their slot: incident/42/card."""


def _message(slot: str) -> str:
    parts = slot.split("/")
    return _MESSAGES.get(parts[2] if len(parts) > 2 else "", "a message")
