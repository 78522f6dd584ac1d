"""Users, clients, keys and sessions of a centre."""

from dataclasses import dataclass
from typing import ClassVar

from markaz.kit.errors import MarkazError


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
