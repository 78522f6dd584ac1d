"""Reports that the centre and a client agree on: proposed, signed, delivered, recomputed and corrected."""

from markaz.web.agreed import definitions, deliveries

ROUTERS = (definitions.router, deliveries.router)
