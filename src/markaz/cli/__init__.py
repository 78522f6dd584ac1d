"""The command `markaz`: parse, call a service, print."""

from markaz.cli.group import main

__all__ = ["main"]
