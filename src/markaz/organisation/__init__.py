"""Centres and what they are made of: clients, projects, queues, agents, numbers, flows; kept and told to the floor."""

from markaz.organisation.tables import metadata

__all__ = ["metadata"]
