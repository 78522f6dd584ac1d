"""axe finds nothing on any page of anybody's navigation, light and dark, nor on the desk; keyboard focus is seen."""

import asyncio

import pytest
from playwright.async_api import Locator, Page, expect

from axe import violations
from markaz.identity import ROLES, Role
from tests.browser.conftest import Arrive, Enter
from tests.browser.organisation import caller_of, number_of
from tests.browser.person import Person
from tests.telephony.peer import Peer

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(500)]

SETTLING_SECONDS = 0.05
END_MOVING = "(one) => one.effect?.getComputedTiming().endTime === Infinity ? one.cancel() : one.finish()"
# Focus by the keyboard changes how an element is drawn, or the field around it, or the first cell in it. Elements that
# are drawn by the same classes are tried once.
UNSEEN_FOCUS = """() => {
    const drawn = (one) => [one, one.parentElement, one.parentElement.parentElement, one.firstElementChild]
        .filter((at) => at !== null).map((at) => {
            const { outlineStyle, outlineWidth, outlineColor, borderColor, boxShadow, clipPath } = getComputedStyle(at);
            return [outlineStyle === "none" ? "" : outlineWidth + outlineColor, borderColor, boxShadow, clipPath];
        }).join();
    const settled = (one) => { document.getAnimations().forEach(END_MOVING); return drawn(one); };
    const kinds = new Map([...document.querySelectorAll("a[href], button, input, textarea, select, [tabindex='0']")]
        .filter((one) => !one.disabled && one.tabIndex >= 0 && one.checkVisibility())
        .map((one) => [one.tagName + one.className, one]));
    return [...kinds.values()].filter((one) => {
        one.blur();
        const before = settled(one);
        one.focus({ focusVisible: true, preventScroll: true });
        return document.activeElement === one && settled(one) === before;
    }).map((one) => one.outerHTML.slice(0, 120));
}""".replace("END_MOVING", END_MOVING)


async def problems(page: Page, where: str) -> list[str]:
    """What axe finds, light and (where only colours differ) dark, and what the keyboard reaches unseen."""
    found = []
    for theme in ("light", "dark"):
        await page.emulate_media(color_scheme=theme)
        await expect(page.locator(f"html[data-mantine-color-scheme={theme}]")).to_be_attached()
        await settled(page)
        only = "color-contrast" if theme == "dark" else None
        found += [f"{where}, {theme}: {one}" for one in await violations(page, only)]
    await page.keyboard.press("Tab")
    return found + [f"{where}: focus is not seen on {one}" for one in await page.evaluate(UNSEEN_FOCUS)]


async def settled(page: Page) -> None:
    """Nothing is being fetched or moves."""
    while await page.locator("[data-animate=true], .mantine-Loader-root").count():
        await asyncio.sleep(SETTLING_SECONDS)
    await page.evaluate(f"document.getAnimations().forEach({END_MOVING})")


async def addresses(links: Locator) -> list[str]:
    found = [await one.get_attribute("href") for one in await links.all()]
    return [one for one in found if one is not None]


async def every_page(person: Person, role: Role, looked_at: set[str]) -> list[str]:
    """The problems of each page that the navigation leads to, and of those inside them that nobody has `looked_at`."""
    page = person.page
    outer = page.get_by_role("navigation", name=person.say("shell.navigation"))
    await expect(outer).to_be_visible()
    inner = page.get_by_role("navigation", name=person.say("nav.administration"))
    found: list[str] = []
    for area in await addresses(outer.get_by_role("link")):
        await outer.locator(f"a[href='{area}']").click()
        await expect(outer.locator(f"a[href='{area}'][aria-current=page]")).to_be_attached()
        await expect(page.locator("main h1").first).to_be_attached()
        await settled(page)
        inside = await addresses(inner.get_by_role("link"))
        for place in [one for one in inside if one not in looked_at]:
            looked_at.add(place)
            await inner.locator(f"a[href='{place}']").click()
            await expect(inner.locator(f"a[href='{place}'][aria-current=page]")).to_be_attached()
            found += await problems(page, f"{role} at {place}")
        if not inside:
            found += await problems(page, f"{role} at {area}")
    return found


async def test_axe_finds_nothing_on_any_page_of_any_role(enter: Enter) -> None:
    found: list[str] = []
    looked_at: set[str] = set()
    for role in ROLES:
        seat = "dana13" if role in ("agent", "supervisor", "manager", "quality_analyst") else None
        found += await every_page(await enter(role, agent=seat), role, looked_at)
    assert len(looked_at) > 15
    assert found == [], "\n".join(found)


async def test_axe_finds_nothing_before_signing_in(enter: Enter) -> None:
    person = await enter(None, "/sign-in")
    assert await problems(person.page, "sign-in") == []


async def test_axe_finds_nothing_on_the_desk_in_any_of_its_states(arrive: Arrive, carrier: Peer) -> None:
    agent = await arrive("dana14")
    found = await problems(agent.page, "before the shift")
    await agent.start_shift()
    found += await problems(agent.page, "not ready")
    await agent.go_ready()
    found += await problems(agent.page, "idle")
    customer = await carrier.call(number_of(14), caller_of(14))
    await expect(agent.offer).to_be_visible()
    found += await problems(agent.page, "offered")
    await agent.accept()
    found += await problems(agent.page, "in call")
    await agent.button("call.transfer").click()
    found += await problems(agent.page, "transferring")
    await agent.page.keyboard.press("Escape")
    await agent.button("call.hold").click()
    await expect(agent.call).to_contain_text(agent.say("call.held"))
    found += await problems(agent.page, "on hold")
    await agent.hang_up()
    await carrier.until(lambda: customer.ended)
    found += await problems(agent.page, "wrap-up")
    await agent.finish("Solved")
    assert found == [], "\n".join(found)
