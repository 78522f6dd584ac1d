"""What a request can be refused for."""

from dataclasses import dataclass
from typing import ClassVar

from markaz.kit.errors import MarkazError


@dataclass(eq=False)
class NotSignedIn(MarkazError):
    """Nobody is signed in: sign in, or send an API key as "Authorization: Bearer mk_..."."""

    code: ClassVar[str] = "not_signed_in"


@dataclass(eq=False)
class NotPermitted(MarkazError):
    """The permission {permission} is needed, and not yours: ask an administrator of your centre for it."""

    code: ClassVar[str] = "not_permitted"
    permission: str


@dataclass(eq=False)
class NotYourAgent(MarkazError):
    """You may act only as the agent that you are, not as "{agent}": sign in as that agent, or ask a supervisor."""

    code: ClassVar[str] = "not_permitted"
    agent: str


@dataclass(eq=False)
class NotPermittedThere(MarkazError):
    """What this would change is not yours to change, or would give more than you may give."""

    code: ClassVar[str] = "not_permitted"


@dataclass(eq=False)
class OriginRefused(MarkazError):
    """The request came from a page of another site: use Markaz' own pages, or an API key."""

    code: ClassVar[str] = "origin_refused"


@dataclass(eq=False)
class AgentUnknown(MarkazError):
    """There is no agent "{agent}" in the organisation: check the id, or add the agent with `markaz apply`."""

    code: ClassVar[str] = "agent_unknown"
    agent: str


@dataclass(eq=False)
class AgentNotSignedIn(MarkazError):
    """Agent "{agent}" is not signed in: sign in first."""

    code: ClassVar[str] = "agent_not_signed_in"
    agent: str


@dataclass(eq=False)
class ProjectUnknown(MarkazError):
    """There is no project "{project}" in the organisation: check the id, or add the project with `markaz apply`."""

    code: ClassVar[str] = "project_unknown"
    project: str


@dataclass(eq=False)
class QueueUnknown(MarkazError):
    """There is no queue "{queue}" in the organisation: check the id, or add the queue with `markaz apply`."""

    code: ClassVar[str] = "queue_unknown"
    queue: str


@dataclass(eq=False)
class PromptUnknown(MarkazError):
    """There is no prompt "{prompt}" in the organisation: choose one of those that are there."""

    code: ClassVar[str] = "prompt_unknown"
    prompt: str


@dataclass(eq=False)
class BackupMissing(MarkazError):
    """No other centre is named in the settings of "{project}": choose another way, or let an administrator name one."""

    code: ClassVar[str] = "backup_missing"
    project: str


@dataclass(eq=False)
class ClientNeeded(MarkazError):
    """Nobody is named of whom this is asked: name a client, or one of its projects."""

    code: ClassVar[str] = "client_needed"


@dataclass(eq=False)
class WordsNeeded(MarkazError):
    """To {move} takes words: send some."""

    code: ClassVar[str] = "words_needed"
    move: str


@dataclass(eq=False)
class RequestTooLarge(MarkazError):
    """A request's body may have {bytes_max} bytes at most: send less."""

    code: ClassVar[str] = "request_too_large"
    bytes_max: int


@dataclass(eq=False)
class RequestInvalid(MarkazError):
    """The request is malformed: correct what `problems` names."""

    code: ClassVar[str] = "request_invalid"


@dataclass(eq=False)
class DatabaseAway(MarkazError):
    """The database does not answer: nothing was stored; try again in a moment."""

    code: ClassVar[str] = "database_away"


@dataclass(eq=False)
class FloorSilent(MarkazError):
    """Floor "{floor}" has never reported: start it with `markaz serve`."""

    code: ClassVar[str] = "floor_silent"
    floor: str


@dataclass(eq=False)
class PhonesUnavailable(MarkazError):
    """Telephony is not up, so there is nowhere to register a phone: try again in a moment."""

    code: ClassVar[str] = "phones_unavailable"


@dataclass(eq=False)
class UserUnknown(MarkazError):
    """There is no user "{user}" whom you may see."""

    code: ClassVar[str] = "user_unknown"
    user: str


@dataclass(eq=False)
class ClientUnknown(MarkazError):
    """There is no client "{client}" in the organisation: check the id, or add it."""

    code: ClassVar[str] = "client_unknown"
    client: str


@dataclass(eq=False)
class InvitationUnknown(MarkazError):
    """There is no open invitation "{invitation}" that you may see."""

    code: ClassVar[str] = "invitation_unknown"
    invitation: str


@dataclass(eq=False)
class KeyUnknown(MarkazError):
    """There is no API key "{key}" that you may see."""

    code: ClassVar[str] = "key_unknown"
    key: str


@dataclass(eq=False)
class SessionUnknown(MarkazError):
    """You have no session "{session}": it may have ended."""

    code: ClassVar[str] = "session_unknown"
    session: str


@dataclass(eq=False)
class ProviderUnknown(MarkazError):
    """No provider "{provider}" may vouch for people here: markaz.toml names those that may."""

    code: ClassVar[str] = "provider_unknown"
    provider: str


@dataclass(eq=False)
class LastAdministrator(MarkazError):
    """A centre keeps one administrator: give somebody else that role first."""

    code: ClassVar[str] = "last_administrator"


@dataclass(eq=False)
class RolesRefused(MarkazError):
    """These roles do not go together: people of a client have the client's roles alone, and need a client."""

    code: ClassVar[str] = "roles_refused"


@dataclass(eq=False)
class RequestUnreadable(MarkazError):
    """The request's body can't be read: {problem}."""

    code: ClassVar[str] = "request_unreadable"
    problem: str


@dataclass(eq=False)
class BodyTooSlow(MarkazError):
    """The request's body did not come within {seconds_max} seconds: send it again."""

    code: ClassVar[str] = "body_too_slow"
    seconds_max: int


@dataclass(eq=False)
class VersionNeeded(MarkazError):
    """Say from which version the entry was taken: send its ETag as If-Match, or * to change it whatever it is."""

    code: ClassVar[str] = "version_needed"


@dataclass(eq=False)
class CursorUnknown(MarkazError):
    """The cursor is not one that this list gave out: begin without one."""

    code: ClassVar[str] = "cursor_unknown"


@dataclass(eq=False)
class ContactUnknown(MarkazError):
    """There is no contact "{contact}" that you may see: check the id."""

    code: ClassVar[str] = "contact_unknown"
    contact: str


@dataclass(eq=False)
class OfferUnknown(MarkazError):
    """The agent has had no offer "{offer}": look in the live state, under `contacts`."""

    code: ClassVar[str] = "offer_unknown"
    offer: str


@dataclass(eq=False)
class ChangedMeanwhile(MarkazError):
    """It was changed meanwhile: read it again, put in what you changed, and send that with its version."""

    code: ClassVar[str] = "changed_meanwhile"


@dataclass(eq=False)
class WrapUpOver(MarkazError):
    """The wrap-up of contact "{contact}" is over, and what was entered counts: add a note to the contact instead."""

    code: ClassVar[str] = "wrap_up_over"
    contact: str


@dataclass(eq=False)
class CallbackNotPossible(MarkazError):
    """The call back can't be promised: {why}."""

    code: ClassVar[str] = "callback_not_possible"
    why: str


@dataclass(eq=False)
class WebhookUnknown(MarkazError):
    """There is no webhook "{webhook}": check the id."""

    code: ClassVar[str] = "webhook_unknown"
    webhook: str


@dataclass(eq=False)
class DeliveryUnknown(MarkazError):
    """Delivery {delivery} is none of the webhook's: check the number."""

    code: ClassVar[str] = "delivery_unknown"
    delivery: int


@dataclass(eq=False)
class WebhookDestination(MarkazError):
    """The subscription is not possible: {why}."""

    code: ClassVar[str] = "webhook_destination"
    why: str


@dataclass(eq=False)
class TooManyWebhooks(MarkazError):
    """There are {webhooks_max} webhooks already: remove one first."""

    code: ClassVar[str] = "too_many_webhooks"
    webhooks_max: int


@dataclass(eq=False)
class KeyReused(MarkazError):
    """The Idempotency-Key was used for another request: use a new key for each thing that is to be done."""

    code: ClassVar[str] = "idempotency_key_reused"


@dataclass(eq=False)
class AnswerUnreadable(MarkazError):
    """It has been done, once; its answer can be read by the session that asked for it alone."""

    code: ClassVar[str] = "idempotency_answer_unreadable"


@dataclass(eq=False)
class KeyMalformed(MarkazError):
    """An Idempotency-Key has 1 to 200 printable ASCII characters, and comes once: send such a one."""

    code: ClassVar[str] = "idempotency_key_malformed"


@dataclass(eq=False)
class EmbedRefused(MarkazError):
    """The token is unknown, has ended, or is for pages of another origin: open the page from the desk again."""

    code: ClassVar[str] = "embed_refused"


@dataclass(eq=False)
class ScreenPopMissing(MarkazError):
    """Project "{project}" has no screen-pop address: set one in the organisation."""

    code: ClassVar[str] = "screen_pop_missing"
    project: str


@dataclass(eq=False)
class ReportUnknown(MarkazError):
    """There is no report "{report}" with that version or delivery: check the address."""

    code: ClassVar[str] = "report_unknown"
    report: str


@dataclass(eq=False)
class ProjectsOfOneClient(MarkazError):
    """A report is agreed on with one client: name projects of one alone, and only such as you may see."""

    code: ClassVar[str] = "projects_of_one_client"


@dataclass(eq=False)
class TooManyReports(MarkazError):
    """A client has at most {reports_max} reports with the centre: end one first."""

    code: ClassVar[str] = "too_many_reports"
    reports_max: int


@dataclass(eq=False)
class CorrectionRefused(MarkazError):
    """A correction needs a reason, which both sides read, and somebody of the centre who signs reports: say why."""

    code: ClassVar[str] = "correction_refused"


@dataclass(eq=False)
class RecordingUnknown(MarkazError):
    """There is no recording "{recording}" that you may see: check the id."""

    code: ClassVar[str] = "recording_unknown"
    recording: str


@dataclass(eq=False)
class RecordingNotSampled(MarkazError):
    """Recording "{recording}" is not in a sample that was drawn: the contract lets you hear those that are."""

    code: ClassVar[str] = "recording_not_sampled"
    recording: str


@dataclass(eq=False)
class RecordingNotReady(MarkazError):
    """The recording is still being checked: try again in a minute after the conversation has ended."""

    code: ClassVar[str] = "recording_not_ready"


@dataclass(eq=False)
class RecordingMissing(MarkazError):
    """The recording can't be heard, {problem}: the ledger keeps that it should be there."""

    code: ClassVar[str] = "recording_missing"
    problem: str


@dataclass(eq=False)
class RecordingErased(MarkazError):
    """The recording was erased: what is known of the conversation is in its contact."""

    code: ClassVar[str] = "recording_erased"


@dataclass(eq=False)
class RecordingElsewhere(MarkazError):
    """The recordings are not on the machine that serves these pages: mount the folder of recordings there."""

    code: ClassVar[str] = "recording_elsewhere"


@dataclass(eq=False)
class PlayNeeded(MarkazError):
    """A sound is sent to whoever has begun to play it, for some hours: POST .../plays first, and name that play."""

    code: ClassVar[str] = "play_needed"


@dataclass(eq=False)
class RangeRefused(MarkazError):
    """The recording has {size} bytes: ask for one range of bytes within them, or for all of it."""

    code: ClassVar[str] = "range_refused"
    size: int


@dataclass(eq=False)
class CommentUnknown(MarkazError):
    """There is no comment "{comment}" of yours on this recording: its author alone removes one."""

    code: ClassVar[str] = "comment_unknown"
    comment: str


@dataclass(eq=False)
class CommentsFull(MarkazError):
    """The recording has {comments_max} comments, the most it may have: write a note to its contact instead."""

    code: ClassVar[str] = "comments_full"
    comments_max: int


@dataclass(eq=False)
class SampleUnknown(MarkazError):
    """There is no sample of that day: its terms have to be agreed before the day begins."""

    code: ClassVar[str] = "sample_unknown"


@dataclass(eq=False)
class SampleNotOpen(MarkazError):
    """The client's half can't be given now, {why}."""

    code: ClassVar[str] = "sample_not_open"
    why: str


@dataclass(eq=False)
class ZoneRefused(MarkazError):
    """The zone can't be "{zone}": {why}."""

    code: ClassVar[str] = "zone_refused"
    zone: str
    why: str
