"""Writes the OpenAPI document of the web process to standard output, without a server or a database.

`make docs` makes `ui/src/api/schema.ts` of it; `make check` says when that file is out of date.
"""

import json
import sys

from markaz.web import create_app


def main() -> None:
    """Print the document, keys in their order, so that equal interfaces give equal bytes."""
    app = create_app("", floor_name="main", token="", sip_address=lambda: None)
    json.dump(app.openapi(), sys.stdout, indent=1, sort_keys=True)


if __name__ == "__main__":
    main()
