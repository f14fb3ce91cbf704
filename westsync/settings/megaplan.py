"""Settings of a Megaplan account: where it is, what its ids mean, how it behaves.

Everything that the contract calls UNKNOWN has a switch here; `westsync doctor megaplan` tells
which value an account needs.
"""

from typing import Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from westsync.settings.addresses import SiteUrl
from westsync.settings.kinds import (
    Count,
    CustomField,
    Flag,
    Id,
    Name,
    Names,
    Number,
    PathSecret,
    Seconds,
    Text,
    TimeOfDay,
    Unfit,
)
from westsync.settings.section import Section

Words = tuple[Text, ...]


class Webhook(Section):
    """Megaplan's events as hints; polling works without them (contract 5)."""

    path_secret_from: Literal["env"] = Field(
        default="env",
        description="The unguessable part of the path stands in the environment or in a "
        "credential file, never here.",
    )
    integration_uuid: Text | None = Field(
        default=None, description="Only events of this application are taken; null: of any."
    )
    path_secret: PathSecret | None = Field(default=None, description="Secret; never in YAML.")


class MegaplanSettings(Section):
    """Section ``accounts.<account>.megaplan``. Spans are whole seconds inside."""

    url: SiteUrl = Field(
        description="The account's address; prefer the permanent technical host (contract 1.1)."
    )
    login: Text | None = Field(
        default=None, description="Login of westsync's own employee account; not with a token."
    )
    password: SecretStr | None = Field(default=None, description="Secret; never in YAML.")
    token: SecretStr | None = Field(
        default=None, description="Application token (contract 1.4). Secret; never in YAML."
    )
    on_behalf_of: Id | None = Field(
        default=None,
        description="With an application token: employee in whose name requests are made "
        "(X-User-Id, contract 1.4).",
    )
    ca_file: Text | None = Field(
        default=None,
        description="Certificates (PEM) of the company's own authority, for a box installation.",
    )
    me: Id | None = Field(
        default=None,
        description="Employee id of westsync's own account; null: asked by GET /currentUser.",
    )

    requests_per_second: Number = Field(
        default=2, gt=0, le=20, description="Pace of all requests together (contract 6)."
    )
    requests_per_second_max: Number | None = Field(
        default=None,
        gt=0,
        le=20,
        description="The pace may be learnt up to this; null: never above the given one.",
    )
    poll_every: Seconds = Field(
        default=60, ge=10, le=3600, description="How often changed deals and tasks are asked for."
    )
    clients_every: Seconds = Field(
        default=300, ge=10, le=86400, description="How often changed clients are asked for."
    )
    recheck_every: Seconds = Field(
        default=300,
        ge=30,
        le=86400,
        description="Age at which a deal's details (todos, history) are read again before acting.",
    )
    full_sweep_at: TimeOfDay = Field(
        default="03:30", description="Nightly full reconciliation, in the settings' time zone."
    )
    settle: Seconds = Field(
        default=180,
        ge=10,
        le=3600,
        description="How long a doubtful write is left alone before it is looked for (contract 7).",
    )

    first_page: Count = Field(
        default=20, ge=1, le=100, description="Length of a poll's first page (performance 3)."
    )
    page_limit: Count = Field(
        default=100, ge=1, le=100, description="Length of further pages; over 100 is unproven."
    )
    use_bulk: Flag = Field(
        default=True, description="Read details through POST /bulk, 20 in one request."
    )
    task_deadline: Literal["datetime", "date"] = Field(
        default="datetime", description="Type in which a task's deadline is sent (contract 4.3)."
    )
    notify_form: Literal["participants", "mention"] = Field(
        default="participants", description="How a comment tells a person of itself."
    )
    link_fallback: Literal["comment", "none"] = Field(
        default="comment",
        description="When a task cannot be linked with its deal: write its address as a comment, "
        "or leave it at the address in the task (contract 4.3.3).",
    )
    state_transition_form: Literal["raml", "short"] = Field(
        default="raml",
        description="Body of applyTransition: a ProgramTransition, or {transition: id} "
        "(contract 4.1).",
    )
    marker_field: CustomField | None = Field(
        default=None,
        description="Custom text field of tasks for the marker; null: last line of the text.",
    )

    programs: dict[Name, Id] = Field(
        min_length=1, description="Names that rules use for deal programs (pipelines) -> their ids."
    )
    stages: dict[Name, dict[Name, Id]] = Field(
        description="Program -> names that rules use for stages -> state ids of that program."
    )
    roles: dict[Name, Names] = Field(
        default_factory=dict,
        description="Stages with a meaning for facts, e.g. delivered and waiting_client.",
    )
    fields: dict[Name, CustomField] = Field(
        default_factory=dict, description="Facts of a deal -> its custom fields (contract 4.11)."
    )
    client_city_field: CustomField | None = Field(
        default=None,
        description="Custom field of clients that holds the city; null: there is none.",
    )
    product_supplier_fields: tuple[CustomField, ...] = Field(
        default=(),
        description="Custom fields of products that name the supplier (P3.1), one per category of "
        "products; empty: the brand decides, else all suppliers are searched.",
    )
    required: dict[Name, dict[Name, tuple[Name, ...]]] = Field(
        default_factory=dict,
        description="Program -> stage -> facts that must be filled from that stage on.",
    )
    attachment_kinds: dict[Name, Words] = Field(
        default_factory=dict,
        description="Kind of a file -> patterns of file names (* and ?), letter case ignored.",
    )
    contact_words: Words = Field(
        default=(), description="A comment with one of these counts as contact with the client."
    )
    urgent_words: Words = Field(
        default=(), description="A comment with one of these asks for an urgent call-back (P1.5)."
    )
    letter_words: Words = Field(
        default=(), description="A comment with one of these says the letter was sent (P2.4)."
    )
    letter_confirmed_words: Words = Field(
        default=(), description="A comment with one of these says the client has the letter (P2.5)."
    )
    refusal_words: Words = Field(
        default=(), description="A comment with one of these counts as a refusal (P2.7)."
    )
    negation_words: Words = Field(
        default=(), description="One of these right before a word takes its sense away (не срочно)."
    )
    negation_words_after: Words = Field(
        default=(),
        description="One of these right behind a word takes its sense away (претензий нет).",
    )
    data_request_words: Words = Field(
        default=(),
        description="A comment with one of these says the client was asked for his data (P4.1).",
    )
    data_received_words: Words = Field(
        default=(),
        description="A comment with one of these says he was told that they came (P4.1).",
    )
    invoice_letter_words: Words = Field(
        default=(),
        description="A comment with one of these says the letter with contract and bill went to "
        "the client and the directors (P4.3).",
    )
    invoice_confirmed_words: Words = Field(
        default=(), description="A comment with one of these says the client has the bill (P4.5)."
    )
    quality_words: Words = Field(
        default=(),
        description="A comment with one of these, after the delivery, is a quality call (P7.1).",
    )
    claim_words: Words = Field(
        default=(), description="A comment with one of these is a claim of the client (P7.2)."
    )
    webhook: Webhook | None = Field(
        default=None,
        description="Events as hints, taken at /webhook/ACCOUNT/SECRET if `http.listen` is set; "
        "null: polling alone.",
    )

    @field_validator("attachment_kinds")
    @classmethod
    def _patterns_say_something(cls, value: dict[str, Words]) -> dict[str, Words]:
        for kind, patterns in value.items():
            if not all(pattern.strip("*? ") for pattern in patterns):
                raise Unfit(f"a pattern of '{kind}' fits every file", "name a part of the name")
        return value

    @field_validator("requests_per_second_max")
    @classmethod
    def _learn_upwards(cls, value: float | None, info: ValidationInfo) -> float | None:
        given = info.data.get("requests_per_second")
        if value is not None and given is not None and value < given:
            raise Unfit("is below requests_per_second", "raise it, or leave it out")
        return value
