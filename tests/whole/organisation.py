"""A centre in which each chain of the tests has a number, queues and agents of its own."""

CHAINS = 6
CENTRE = """
[centre]
id = "whole"
name = "A whole centre"

[[clients]]
id = "shop"
name = "The Shop"

[[projects]]
id = "orders"
client = "shop"
name = "Orders"

[[trunks]]
id = "carrier"
host = "127.0.0.1"
port = {carrier}
prefixes = ["+4930", "49"]
caller = "+4930123456"

[[trunks]]
id = "west"
host = "127.0.0.1"
port = {west}
prefixes = ["+4989"]
"""
QUEUE = """
[[queues]]
id = "{queue}"
project = "orders"
name = "{queue}"
{rules}

[flows.{queue}]
start = "answer"
nodes.answer = {{ type = "answer", next = "queue" }}
nodes.queue = {{ type = "queue", queue = "{queue}" }}

[[numbers]]
number = "{number}"
project = "orders"
flow = "{queue}"
"""
AGENT = """
[[agents]]
id = "{agent}"
name = "{agent}"
queues = {{ {queue} = 1 }}
"""
OVERFLOW = '{{ type = "number", number = "{number}", centre = "west" }}'


def document(carrier: int, west: int) -> str:
    """The centre as TOML; `carrier` and `west` are the SIP ports of the two trunks."""
    parts = [CENTRE.format(carrier=carrier, west=west)]
    for n in range(CHAINS):
        parts += [
            QUEUE.format(queue=f"first{n}", number=f"+4930100{n}", rules=""),
            QUEUE.format(queue=f"second{n}", number=f"+4930200{n}", rules=""),
            AGENT.format(agent=f"ann{n}", queue=f"first{n}"),
            AGENT.format(agent=f"ben{n}", queue=f"second{n}"),
            AGENT.format(agent=f"cyr{n}", queue=f"second{n}"),
        ]
    for queue, number, rules in (
        ("small", "+4930300", "waiting_max = 1\nwhen_full = {to}\noverflow = [{{ after_seconds = 3, to = {to} }}]"),
        ("north", "+4930301", "overflow = [{{ after_seconds = 3, to = {to} }}]"),
    ):
        to = OVERFLOW.format(number=f"+4989{number[-3:]}")
        parts += [
            QUEUE.format(queue=queue, number=number, rules=rules.format(to=to)),
            AGENT.format(agent=f"agent-{queue}", queue=queue),
        ]
    return "".join(parts)
