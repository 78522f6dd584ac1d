"""What figures and delivered reports are called in five languages, and how these write numbers and days.

A folder per language: `figures.json` names what the catalogue has, `delivered.json` what mails and files say around it.
A word in braces is a placeholder; `str.format` and ICU MessageFormat read it alike. The pages are built with
`figures.json`: there is no second copy.
"""

from markaz.reports.words.scripts import LANGUAGES, Language, Script, script_of
from markaz.reports.words.speaking import Words, words_in

__all__ = ["LANGUAGES", "Language", "Script", "Words", "script_of", "words_in"]
