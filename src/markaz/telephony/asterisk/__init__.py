"""Asterisk: our child process, its configuration, and the translation between its world and the floor's."""
