"""The only place that builds real things: settings in, running processes out."""

from markaz.bootstrap.addresses import Addresses, NothingRuns, database_url, open_database, read_addresses
from markaz.bootstrap.serve import Supervisor, read_state, running, serve, until_told
from markaz.bootstrap.settings import Settings, SettingsUnreadable, load_settings, secret

__all__ = [
    "Addresses",
    "NothingRuns",
    "Settings",
    "SettingsUnreadable",
    "Supervisor",
    "database_url",
    "load_settings",
    "open_database",
    "read_addresses",
    "read_state",
    "running",
    "secret",
    "serve",
    "until_told",
]
