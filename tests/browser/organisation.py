"""Desks for the tests in a browser: each has a number, a queue and an agent of its own, and a colleague elsewhere."""

DESKS = 20
HURRIED = 17
"""The desk whose wrap-up ends by itself soon."""
HURRY_SECONDS = 40
CARE_NUMBER = "+49304200"
SCRIPT_ID = "sales"
GREETING = "Good day, this is {agent} of {project}. This call is recorded."
QUESTION = "What is your order's number?"
CHOICE = "What may I do about {order}?"
LATE = "It is late"
SORRY = "I am sorry that {order} is late."
GOODBYE = "Thank you for calling."
PROJECT = f"""
[[projects]]
id = "sales"
client = "shop"
name = "Sales"
script = "{SCRIPT_ID}"

[[scripts]]
id = "{SCRIPT_ID}"
name = "Sales"
language = "en"
start = "hello"

[scripts.steps]
hello = {{ type = "say", text = "{GREETING}", required = true, next = "order" }}
order = {{ type = "ask", text = "{QUESTION}", field = "order", required = true, next = "what" }}
what = {{ type = "choose", text = "{CHOICE}", options = {{ "{LATE}" = "sorry", "Nothing" = "bye" }} }}
sorry = {{ type = "say", text = "{SORRY}", next = "bye" }}
bye = {{ type = "end", text = "{GOODBYE}", disposition = "solved" }}

[[dispositions]]
id = "solved"
project = "sales"
label = "Solved"

[[dispositions]]
id = "promised"
project = "sales"
label = "Promised"
needs_note = true
"""
SURVEYED = f"""
[[prompts]]
id = "how"
text = "How was it?"

[[projects]]
id = "care"
client = "shop"
name = "Care"
survey = "asked"

[flows.asked]
start = "answer"
nodes.answer = {{ type = "answer", next = "how" }}
nodes.how = {{ type = "rate", prompt = "how", timeout_seconds = 10, attempts_max = 2, next = "end" }}
nodes.end = {{ type = "disconnect" }}

[[queues]]
id = "care"
project = "care"
name = "Care line"

[flows.care]
start = "answer"
nodes.answer = {{ type = "answer", next = "queue" }}
nodes.queue = {{ type = "queue", queue = "care" }}

[[numbers]]
number = "{CARE_NUMBER}"
project = "care"
flow = "care"

[[agents]]
id = "fay"
name = "Fay"
queues = {{ care = 1 }}
"""
"""A project whose customers are asked after the conversation."""
QUEUE = """
[[queues]]
id = "{queue}"
project = "sales"
name = "{name}"
wrap_up_seconds_max = {wrap_up}

[flows.{queue}]
start = "answer"
nodes.answer = {{ type = "answer", next = "queue" }}
nodes.queue = {{ type = "queue", queue = "{queue}" }}

[[numbers]]
number = "{number}"
project = "sales"
flow = "{queue}"
"""
AGENT = """
[[agents]]
id = "{agent}"
name = "{name}"
queues = {{ {queue} = 1 }}
"""


def number_of(desk: int) -> str:
    """What customers dial to reach `desk`."""
    return f"+493040{desk:02}"


def caller_of(desk: int) -> str:
    """Who calls `desk`."""
    return f"+4915140{desk:02}"


def desks() -> str:
    """The project, its script and its desks as TOML, to stand behind the centre of `tests.whole.organisation`."""
    parts = [PROJECT, SURVEYED]
    for n in range(DESKS):
        parts += [
            QUEUE.format(
                queue=f"desk{n}", name=f"Desk {n}", number=number_of(n), wrap_up=HURRY_SECONDS if n == HURRIED else 120
            ),
            QUEUE.format(queue=f"help{n}", name=f"Help {n}", number=f"+493041{n:02}", wrap_up=120),
            AGENT.format(agent=f"dana{n}", name=f"Dana {n}", queue=f"desk{n}"),
            AGENT.format(agent=f"eli{n}", name=f"Eli {n}", queue=f"help{n}"),
        ]
    return "".join(parts)
