"""The demo: a bank's hotline with real calls, from a fresh machine to a proved report. The only door."""

from markaz.demo.options import DemoOptions, OptionsRefused
from markaz.demo.run import DemoStopped, run_demo

__all__ = ["DemoOptions", "DemoStopped", "OptionsRefused", "run_demo"]
