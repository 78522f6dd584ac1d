"""Who asks, what they may do, and how they prove who they are; the only door, but for `markaz.identity.openid`."""

from markaz.identity.audit import audit
from markaz.identity.errors import (
    EmailTaken,
    LinkSpent,
    NotInvited,
    PasswordNeeded,
    PasswordRefused,
    ProviderRefused,
    SecondFactorNeeded,
    SignInsCrowded,
    TooManyAttempts,
    WrongCredentials,
)
from markaz.identity.links import make_link, needs_administrator
from markaz.identity.own_account import NewFactor, OwnAccount
from markaz.identity.passwords import Prover
from markaz.identity.permissions import (
    CLIENT_ROLES,
    INSTALLATION_SCOPES,
    PERMISSIONS,
    ROLES,
    SCOPES,
    STAFF_ROLES,
    TABLES,
    Permission,
    Reach,
    Role,
    Visible,
    permissions_of,
    permissions_of_scopes,
    write_permissions,
)
from markaz.identity.principal import Principal, ensure_key, enter_key, enter_session
from markaz.identity.second_factor import SecondFactors
from markaz.identity.sign_in import Invited, SignIn, Transactions, plain_email
from markaz.identity.tables import metadata
from markaz.identity.tokens import KEY_PREFIX, derived_key, new_key, new_token, token_hash
from markaz.identity.visitor import BROWSER_LENGTH_MAX, Opened, Visitor

__all__ = [
    "BROWSER_LENGTH_MAX",
    "CLIENT_ROLES",
    "INSTALLATION_SCOPES",
    "KEY_PREFIX",
    "PERMISSIONS",
    "ROLES",
    "SCOPES",
    "STAFF_ROLES",
    "TABLES",
    "EmailTaken",
    "Invited",
    "LinkSpent",
    "NewFactor",
    "NotInvited",
    "Opened",
    "OwnAccount",
    "PasswordNeeded",
    "PasswordRefused",
    "Permission",
    "Principal",
    "Prover",
    "ProviderRefused",
    "Reach",
    "Role",
    "SecondFactorNeeded",
    "SecondFactors",
    "SignIn",
    "SignInsCrowded",
    "TooManyAttempts",
    "Transactions",
    "Visible",
    "Visitor",
    "WrongCredentials",
    "audit",
    "derived_key",
    "ensure_key",
    "enter_key",
    "enter_session",
    "make_link",
    "metadata",
    "needs_administrator",
    "new_key",
    "new_token",
    "permissions_of",
    "permissions_of_scopes",
    "plain_email",
    "token_hash",
    "write_permissions",
]
