"""Who asks, what they may do, and how they prove who they are."""

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
from markaz.identity.tables import metadata
from markaz.identity.tokens import KEY_PREFIX, derived_key, new_key, new_token, token_hash

__all__ = [
    "CLIENT_ROLES",
    "INSTALLATION_SCOPES",
    "KEY_PREFIX",
    "PERMISSIONS",
    "ROLES",
    "SCOPES",
    "STAFF_ROLES",
    "TABLES",
    "Permission",
    "Principal",
    "Reach",
    "Role",
    "Visible",
    "derived_key",
    "ensure_key",
    "enter_key",
    "enter_session",
    "metadata",
    "new_key",
    "new_token",
    "permissions_of",
    "permissions_of_scopes",
    "token_hash",
    "write_permissions",
]
