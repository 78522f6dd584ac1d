"""Markaz: the operating system of an outsourced contact centre."""

from pathlib import Path

from markaz.kit.compiled import check_compiled

check_compiled(Path(__file__).parent)  # before Python can take an old compiled module for its changed source
