"""The web process: health, the floor as it is, and the commands of agents' desks."""

from markaz.web.app import WebSettings, create_app
from markaz.web.process import run_web

__all__ = ["WebSettings", "create_app", "run_web"]
