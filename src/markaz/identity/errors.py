"""What may go wrong when somebody signs in, or changes who may."""

from dataclasses import dataclass
from typing import ClassVar

from markaz.kit.errors import MarkazError


@dataclass(eq=False)
class WrongCredentials(MarkazError):
    """E-mail and password do not belong together, or the code is wrong or was used: try again."""

    code: ClassVar[str] = "wrong_credentials"


@dataclass(eq=False)
class SecondFactorNeeded(MarkazError):
    """The password is right: send the code of the second factor with the challenge, within five minutes."""

    code: ClassVar[str] = "second_factor_needed"
    challenge: str


@dataclass(eq=False)
class TooManyAttempts(MarkazError):
    """Too many attempts failed from here: wait a quarter of an hour, or use a browser that signed in before."""

    code: ClassVar[str] = "too_many_attempts"


@dataclass(eq=False)
class SignInsCrowded(MarkazError):
    """More people sign in at this moment than can be served: try again in some seconds."""

    code: ClassVar[str] = "sign_ins_crowded"


@dataclass(eq=False)
class PasswordRefused(MarkazError):
    """The password is too easily guessed: {problem}."""

    code: ClassVar[str] = "password_refused"
    problem: str


@dataclass(eq=False)
class PasswordNeeded(MarkazError):
    """The present password is needed and was not right."""

    code: ClassVar[str] = "password_needed"


@dataclass(eq=False)
class LinkSpent(MarkazError):
    """The link was used before, is too old or was withdrawn: ask for a new one."""

    code: ClassVar[str] = "link_spent"


@dataclass(eq=False)
class EmailTaken(MarkazError):
    """Somebody in this centre has the e-mail {email} already."""

    code: ClassVar[str] = "email_taken"
    email: str


@dataclass(eq=False)
class ProviderRefused(MarkazError):
    """The sign-in at the provider did not succeed ({problem}): begin it again."""

    code: ClassVar[str] = "provider_refused"
    problem: str


@dataclass(eq=False)
class NotInvited(MarkazError):
    """The provider knows you, but nobody here has invited that e-mail: ask an administrator for an invitation."""

    code: ClassVar[str] = "not_invited"
