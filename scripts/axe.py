"""axe-core in a page: what it finds of WCAG 2.2 AA and of good practice."""

from pathlib import Path

from playwright.async_api import Page

AXE = Path(__file__).resolve().parent.parent / "ui/node_modules/axe-core/axe.min.js"

_VIOLATIONS = """(only) => axe.run({
    rules: {"target-size": {enabled: true}}, ...(only === null ? {} : {runOnly: [only]}),
}).then(found => found.violations.map(one =>
    `${one.id}: ${one.nodes.map(node => node.html.slice(0, 120)).slice(0, 3).join(" | ")}`))"""


async def violations(page: Page, only: str | None = None) -> list[str]:
    """What axe finds, by all rules or by one; its script is put in beside the page's own policy, once a document."""
    if not await page.evaluate("'axe' in globalThis"):
        session = await page.context.new_cdp_session(page)
        await session.send("Runtime.evaluate", {"expression": AXE.read_text()})
        await session.detach()
    return await page.evaluate(_VIOLATIONS, only)
