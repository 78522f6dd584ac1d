"""Writes the OpenAPI document of the web process to standard output, without a server or a database.

`make docs` makes `ui/src/api/schema.ts` of it; `make check` says when that file is out of date.
"""

import json
import sys
from datetime import UTC, datetime

from cryptography.fernet import Fernet

from markaz.web import WebSettings, create_app


def main() -> None:
    """Print the document, keys in their order, so that equal interfaces give equal bytes."""
    app = create_app(
        WebSettings(
            database_url="",
            floor="main",
            sip_address=lambda: None,
            sip_socket="",
            encryption_key=Fernet.generate_key(),
            clock=lambda: datetime.max.replace(tzinfo=UTC),
        )
    )
    json.dump(app.openapi(), sys.stdout, indent=1, sort_keys=True)


if __name__ == "__main__":
    main()
