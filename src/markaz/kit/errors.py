"""The one root of errors that a person may read: a `code`, typed fields, and a docstring that is the message."""

from inspect import cleandoc
from typing import ClassVar


class MarkazError(Exception):
    """Something went wrong in Markaz.

    Subclasses are `@dataclass(eq=False)` (not frozen: Python sets tracebacks on them); their docstring is the
    message, a `str.format` template over the fields, one sentence that says what happened and what to do.
    """

    code: ClassVar[str] = "markaz_error"

    def __str__(self) -> str:
        template = cleandoc(type(self).__doc__ or self.code).replace("\n", " ")
        return template.format_map(vars(self))
