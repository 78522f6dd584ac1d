"""Alembic's entry: runs the migrations on the connection that `markaz.runtime.database.migrate` opened.

A new migration is a file in `versions/`, written by hand with the next number; `make check` says what it still lacks.
"""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
