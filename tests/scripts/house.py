"""A script that has every kind of step, and a way to write small ones."""

from markaz.scripts import AnyStep, Ask, Choose, End, Say, Script


def script(start: str = "hello", **steps: AnyStep) -> Script:
    return Script(id="s", name="A script", start=start, steps=steps)


ORDERS = script(
    hello=Say(text="Welcome, {customer_name}. This call is recorded.", required=True, next="order"),
    order=Ask(text="What is the number of your order?", field="order", kind="number", required=True, next="what"),
    what=Choose(text="What may I do about {order}?", options={"It is late": "late", "Something else": "note"}),
    late=Ask(text="When did you expect it?", field="expected_on", kind="date", next="sorry"),
    sorry=Say(text="I am sorry that it was not there on {expected_on}.", required=True, next="bye"),
    note=Ask(text="What is it?", field="matter", next="bye"),
    bye=End(text="Thank you for calling {client}.", disposition="solved"),
)
