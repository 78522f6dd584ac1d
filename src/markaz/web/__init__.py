"""The web process: health, the floor as it is, and the commands of agents' desks."""

from markaz.web.app import WebSettings, create_app
from markaz.web.endpoints import Endpoint, endpoints
from markaz.web.process import run_web

__all__ = ["Endpoint", "WebSettings", "create_app", "endpoints", "run_web"]
