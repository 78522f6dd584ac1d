"""Is a script fit to be followed? Every problem is found at once and said with its place."""

import re
from collections.abc import Container, Iterator

from markaz.kit.problems import Problem
from markaz.scripts.steps import VARIABLES, AnyStep, Ask, Choose, End, Say, Script, next_steps

STEPS_MAX = 500
OPTIONS_MAX = 50

_BRACED = re.compile(r"\{([^{}]*)\}")
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,39}")
_STEP = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")


def check_script(script: Script, *, dispositions: Container[str]) -> list[Problem]:
    """Everything that keeps `script` from being followed, in the order of its steps."""
    if len(script.steps) > STEPS_MAX:
        return [Problem("steps", f"more than {STEPS_MAX} steps")]
    problems: list[Problem] = []
    if script.start not in script.steps:
        problems.append(Problem("start", f'unknown step "{script.start}"'))
    asked = _asked_before(script)
    for name, step in script.steps.items():
        if not _STEP.fullmatch(name):
            problems.append(
                Problem(f"steps.{name}", "a step's name has up to 40 letters, digits, - and _, a letter or digit first")
            )
        found = [*_step_problems(step, script, dispositions), *_variable_problems(step, asked.get(name, set()))]
        problems += [problem.within(f"steps.{name}") for problem in found]
    return [*problems, *_way_problems(script)]


def variables(text: str) -> list[str]:
    """The names in braces, in their order."""
    return _BRACED.findall(text)


def _way_problems(script: Script) -> Iterator[Problem]:
    """Steps that nothing leads to, and steps from which no way leads to an end."""
    reachable = _closure({script.start}, _ways(script))
    back: dict[str, set[str]] = {}
    for name, targets in _ways(script).items():
        for target in targets:
            back.setdefault(target, set()).add(name)
    ends = {name for name, step in script.steps.items() if isinstance(step, End)}
    ending = _closure(ends, back)
    for name in script.steps:
        if name not in reachable:
            yield Problem(f"steps.{name}", "no way leads here: name it in another step, or remove it")
        elif name not in ending:
            yield Problem(f"steps.{name}", "no way leads from here to an end: the agent would go round for ever")


def _ways(script: Script) -> dict[str, set[str]]:
    return {
        name: {target for _, target in next_steps(step) if target in script.steps}
        for name, step in script.steps.items()
    }


def _closure(begin: set[str], ways: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    ahead = list(begin)
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += ways.get(name, set())
    return found


def _asked_before(script: Script) -> dict[str, set[str]]:
    """For each step the fields that some way to it has asked; steps within a loop come before themselves."""
    before: dict[str, set[str]] = {name: set() for name in script.steps}
    ahead = list(script.steps)
    while ahead:  # a step comes again only when it knows a field more: steps x fields at most
        name = ahead.pop()
        step = script.steps[name]
        known = before[name] | {step.field} if isinstance(step, Ask) else before[name]
        for _, target in next_steps(step):
            if target in before and not known <= before[target]:
                before[target] |= known
                ahead.append(target)
    return before


def _step_problems(step: AnyStep, script: Script, dispositions: Container[str]) -> Iterator[Problem]:
    for field, target in next_steps(step):
        if target not in script.steps:
            yield Problem(field, f'unknown step "{target}"')
    if step.text is not None and not step.text.strip():
        yield Problem("text", "there is nothing to say")
    match step:
        case Ask():
            yield from _ask_problems(step)
        case Choose():
            if not step.options:
                yield Problem("options", "there is nothing to choose from")
            if len(step.options) > OPTIONS_MAX:
                yield Problem("options", f"more than {OPTIONS_MAX} options")
            if any(not option.strip() for option in step.options):
                yield Problem("options", "an option has no words")
        case End():
            if step.disposition is not None and step.disposition not in dispositions:
                yield Problem("disposition", f'unknown disposition "{step.disposition}"')
        case Say():
            pass


def _ask_problems(step: Ask) -> Iterator[Problem]:
    if not _FIELD.fullmatch(step.field):
        yield Problem("field", f'"{step.field}" is no field: up to 40 small letters, digits and _, a letter first')
    elif step.field in VARIABLES:
        yield Problem("field", f'"{step.field}" is a variable already: choose another name')
    if step.kind == "one_of" and not step.options:
        yield Problem("options", "name the answers that there are")
    elif step.kind != "one_of" and step.options:
        yield Problem("options", 'only a question of the kind "one_of" has them')
    if len(set(step.options)) != len(step.options):
        yield Problem("options", "an answer is there twice")
    if len(step.options) > OPTIONS_MAX:
        yield Problem("options", f"more than {OPTIONS_MAX} options")


def _variable_problems(step: AnyStep, asked: set[str]) -> Iterator[Problem]:
    text = step.text or ""
    if any(brace in _BRACED.sub("", text) for brace in "{}"):
        yield Problem("text", "a brace has no partner: variables are written {customer}")
    for name in variables(text):
        if name not in VARIABLES and name not in asked:
            known = ", ".join(sorted(VARIABLES | asked))
            yield Problem("text", f'unknown variable "{name}": there are {known}, and fields asked before')
