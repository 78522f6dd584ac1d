"""The only place that builds real things: settings in, running processes out."""

from markaz.bootstrap.addresses import Addresses, NothingRuns, database_url, open_database, read_addresses
from markaz.bootstrap.links import FloorUnclaimed, first_link, sign_in_link
from markaz.bootstrap.serve import Supervisor, read_state, running, serve, until_told
from markaz.bootstrap.settings import Settings, SettingsUnreadable, load_settings, secret
from markaz.bootstrap.web_access import (
    encryption_key,
    ensure_keys,
    ensure_web_role,
    installation_key,
    prepare_web_access,
    web_database_url,
)

__all__ = [
    "Addresses",
    "FloorUnclaimed",
    "NothingRuns",
    "Settings",
    "SettingsUnreadable",
    "Supervisor",
    "database_url",
    "encryption_key",
    "ensure_keys",
    "ensure_web_role",
    "first_link",
    "installation_key",
    "load_settings",
    "open_database",
    "prepare_web_access",
    "read_addresses",
    "read_state",
    "running",
    "secret",
    "serve",
    "sign_in_link",
    "until_told",
    "web_database_url",
]
