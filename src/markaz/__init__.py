"""Markaz: the operating system of an outsourced contact centre."""
