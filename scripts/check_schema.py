"""Fails when the migrations do not build exactly the tables that the code declares. A real PostgreSQL decides."""

import sys
import tempfile
from pathlib import Path

from markaz import alarms
from markaz.kit.postgres import PostgresServer
from markaz.runtime.database import migrate, schema_drift


def main() -> None:
    """Migrate an empty database and compare."""
    with tempfile.TemporaryDirectory(prefix="markaz-schema-") as folder:
        Path(folder).chmod(0o711)
        server = PostgresServer(Path(folder) / "postgres")
        try:
            url = server.start()
            migrate(url)
            drift = schema_drift(url, also=[alarms.metadata])
        finally:
            server.stop()
    for difference in drift:
        print(f"schema: {difference}")
    if drift:
        sys.exit(
            "The tables in the code and the migrations differ; write a migration in src/markaz/migrations/versions"
        )


if __name__ == "__main__":
    main()
