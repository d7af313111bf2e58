"""The console in a real browser: from the first run to the first digest, and everything a person does with it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from models.console import ConsoleSession
from tests.connectors.imap.dovecot import PASSWORD, dovecot
from tests.sandbox.google import fill
from tests.sandbox.google.mailbox import GoogleMailbox
from tests.sandbox.google.server import GoogleSandbox
from tests.sandbox.world import World, held_by
from tests.worker.homes import ME, NOW, friendship, live
from tests.worker.web.console.browser import House, chromium, house
from worker.demo.cast import CAST, OWNER
from worker.demo.files import write_life
from worker.digest.compose import compose
from worker.digest.digest import Digest
from worker.digest.render.html import render
from worker.network.season.standing import Standing
from worker.storage.transactions import writing
from worker.web.console.access.links import INVITATION, make_link

#: Rules of WCAG 2.2 AA and of good practice.
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
#: Of these, what depends on width and colors.
SEEN = {"runOnly": ["color-contrast", "target-size", "scrollable-region-focusable"]}
WIDTHS, SCHEMES = (320, 390, 1280), ("light", "dark")
PAGES = (
    "/", "/weeks", "/people", "/people?search=nobody-at-all", "/connect", "/connect/imap", "/connect/calendar",
    "/connect/files", "/sources", "/sources/unread", "/export", "/roots", "/season", "/judgement", "/settings", "/settings/keys", "/admin",
    "/nowhere", f"/person?who={CAST[0].address}", f"/person/history?who={CAST[0].address}",
    f"/person/forget?who={CAST[0].address}", f"/sources/disconnect?account=archive:{OWNER[1]}",
)  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def lived(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house with the made-up life in it, brought there by the first-run pages themselves."""
    place = tmp_path_factory.mktemp("lived")
    files = write_life(place, NOW)
    with house(place / "home", browser) as found:
        page = found.sign_in(found.page(), None)
        expect(page.get_by_role("heading", name="Where does your email live?")).to_be_visible()
        page.get_by_role("link", name="Choose files").click()
        page.get_by_label("Drop files here, or choose them").set_input_files(files)
        page.get_by_label("Your email address").fill(OWNER[1])
        page.get_by_role("button", name="Upload and connect").click()
        expect(page.get_by_role("status")).to_contain_text(f"Connected {OWNER[1]}")
        for reader in found.readers:
            reader.join()
        yield found
        assert found.complaints == [], "what the browser complained of: a strict policy, a missing file, a script"


def axe_finds(page: Page, options: dict[str, Any]) -> list[str]:
    """What axe finds on a page; its script is brought there once."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_FILE_PATH.read_text(encoding="utf-8"))
    found = page.evaluate("options => axe.run(document, options).then(found => found.violations)", options)
    return [f"{one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"]]


def test_the_first_run_ends_in_the_first_digest(lived: House) -> None:
    page = lived.sign_in(lived.page(), None)
    expect(page.get_by_role("heading", name="Your network at a glance")).to_be_visible()
    assert page.locator("li.line").count() > 0
    page.get_by_role("link", name="Sources").first.click()
    expect(page.get_by_text("Complete until")).to_be_visible()


def test_a_line_is_acted_on_and_undone(lived: House) -> None:
    page = lived.sign_in(lived.page(), None)
    first = page.locator("li.line").first
    name = first.get_by_role("heading").inner_text()
    first.get_by_role("button", name=f"Snooze: {name}", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text(f"{name} is snoozed until")
    expect(page.get_by_role("heading", name=name)).to_have_count(0)
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    page.locator("li.line").first.get_by_role("button", name=f"We talked: {name}", exact=True).click()
    expect(page.get_by_role("heading", name=name)).to_have_count(0)
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def test_people_are_found_merged_split_and_forgotten(lived: House) -> None:
    page = lived.sign_in(lived.page(), None)
    one, other, gone = CAST[3], CAST[9], CAST[17]
    page.goto(f"{lived.address}/people")
    page.get_by_label("Name or address").type("Tanaka")
    expect(page.locator("#results tbody tr")).to_have_count(1)
    page.get_by_role("link", name=one.name).click()
    expect(page.get_by_role("heading", name=one.name)).to_be_visible()
    page.get_by_text("As a table").click()
    expect(page.get_by_role("columnheader", name="Emails and meetings")).to_be_visible()
    page.get_by_label("Also the same person as").fill(other.address)
    page.get_by_role("button", name="Merge").click()
    expect(page.get_by_role("status")).to_contain_text("one person now")
    expect(page.get_by_role("listitem").filter(has_text=other.address).first).to_be_visible()
    page.get_by_role("button", name=f"Not theirs: {other.address}").click()
    expect(page.get_by_role("status")).to_contain_text("someone else from now on")
    page.goto(f"{lived.address}/person?who={gone.address}")
    page.get_by_role("link", name="Forget this person").click()
    page.get_by_label("I know that this can't be undone").check()
    page.get_by_role("button", name="Forget them").click()
    expect(page.get_by_role("status")).to_contain_text("Erased")
    page.goto(f"{lived.address}/people?search={gone.address}")
    expect(page.get_by_role("heading", name="No one fits")).to_be_visible()


def test_exports_are_downloaded(lived: House) -> None:
    page = lived.sign_in(lived.page(), None)
    page.goto(f"{lived.address}/export")
    page.get_by_label("Format").select_option("jsonl")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download", exact=True).click()
    rows = [json.loads(line) for line in waiting.value.path().read_text().splitlines()]
    assert len(rows) > 500
    assert waiting.value.suggested_filename == f"keepwarm-interactions-{NOW:%Y-%m-%d}.jsonl"
    page.get_by_label("Format").select_option("ics")
    page.get_by_label("What", exact=True).select_option("people")
    page.get_by_role("button", name="Download", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("ics can't hold people")
    lived.complaints.clear()  # the browser logs an answer of 400


def test_without_javascript_everything_works(lived: House) -> None:
    page = lived.sign_in(lived.page(java_script_enabled=False), None)
    name = page.locator("li.line").first.get_by_role("heading").inner_text()
    page.locator("li.line").first.get_by_role("button", name=f"Snooze: {name}", exact=True).click()
    page.get_by_role("button", name="Undo", exact=True).click()
    page.goto(f"{lived.address}/people")
    page.get_by_label("Name or address").fill("Okonkwo")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Amara Okonkwo").click()
    expect(page.get_by_role("heading", name="Amara Okonkwo")).to_be_visible()


def test_an_ended_session_says_so_and_changes_nothing(lived: House) -> None:
    page = lived.sign_in(lived.page(), None)
    with writing(lived.runtime.engine) as connection:
        connection.execute(update(ConsoleSession).values(used_at=NOW - timedelta(days=8)))
    page.get_by_role("button", name="Done for this week").click()
    expect(page.get_by_role("alert")).to_contain_text("Your session has ended, so nothing was changed")
    page.goto(f"{lived.address}/people")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    lived.complaints.clear()  # the browser logs an answer of 401


def test_with_the_keyboard_alone(lived: House) -> None:
    page = lived.sign_in(lived.page(), None)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    focused = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert focused == "solid"
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.fixture(scope="module")
def reader(lived: House) -> Page:
    return lived.sign_in(lived.page(reduced_motion="reduce"), None)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_a_barrier_at_any_width_by_day_and_night(lived: House, reader: Page, path: str) -> None:
    reader.emulate_media(color_scheme="light")
    reader.set_viewport_size({"width": 1280, "height": 900})
    reader.goto(f"{lived.address}{path}")
    found = axe_finds(reader, AXE)
    for width in WIDTHS:
        reader.set_viewport_size({"width": width, "height": 900})
        over = reader.evaluate("document.documentElement.scrollWidth") - width
        found += [f"{width}: {over} px too wide"] if over > 0 else []
        for scheme in SCHEMES:
            reader.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of SCHEMES
            found += [f"{width}, {scheme}: {one}" for one in axe_finds(reader, SEEN)]
    if path == "/nowhere":
        lived.complaints.clear()  # the browser logs an answer of 404
    assert found == []


def test_the_letter_has_enough_contrast_by_day_and_night(lived: House) -> None:
    page = lived.page(reduced_motion="reduce")
    with lived.runtime.engine.connect() as connection:
        user = connection.exec_driver_sql("SELECT id FROM users").scalar_one()
    years = (Standing("2025-Q3", 30, 4, 5, 6, 7), Standing("2026-Q3", 30, 4, 5, 6, 9))
    season = Digest("Mira", NOW, "UTC", "2026-Q3", season=("Your season", "It went deep with Ann."), years=years)
    for letter in (compose(lived.runtime, user, NOW), season):
        page.set_content(render(letter))
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of SCHEMES
            assert axe_finds(page, {"runOnly": ["color-contrast", "image-alt"]}) == []


def test_google_is_connected_on_its_own_page(browser: Browser, tmp_path: Path) -> None:
    world = World(11, until=NOW, mails=120)
    mailbox = GoogleMailbox("mira@gmail.example", "Mira", seed=11)
    fill.happen(mailbox, held_by(mailbox.address, world.mails)[:40], [], own={mailbox.address})
    with GoogleSandbox([mailbox], checked=False) as google:
        google.quota.limits["gmail"] = 600_000
        settings: dict[str, Any] = {
            "google_client_id": google.client_id, "google_client_secret": google.client_secret,
            "google_auth_uri": google.auth_uri, "google_token_uri": google.token_uri,
            "google_api_root": google.api_root, "google_units_per_minute": 600_000,
        }  # fmt: skip
        with house(tmp_path, browser, **settings) as found:
            page = found.sign_in(found.page(), None)
            page.get_by_role("button", name="Connect Google").click()
            page.wait_for_url(f"{google.api_root}/**")
            page.get_by_role("radio").first.check()
            for box in page.get_by_role("checkbox").all():
                box.check()
            page.get_by_role("button", name="Continue").click()
            expect(page.get_by_role("heading", name="Gmail says yes")).to_be_visible()
            with found.runtime.engine.connect() as connection:
                assert connection.exec_driver_sql("SELECT count(*) FROM accounts").scalar_one() == 0
            page.get_by_role("button", name="Finish").click()
            expect(page.get_by_role("status")).to_contain_text(f"Connected {mailbox.address}")


def test_a_mailbox_is_connected_by_imap_and_a_wrong_password_says_so(browser: Browser, tmp_path: Path) -> None:
    with dovecot() as server, house(tmp_path, browser) as found:
        access = server.access()
        page = found.sign_in(found.page(), None)
        page.goto(f"{found.address}/connect/imap")
        for password in ("wrong", PASSWORD):
            page.get_by_label("Your email address").fill(access.address)
            page.get_by_label("App password").fill(password)
            if not page.get_by_label("Server").is_visible():
                page.get_by_text("My provider isn't known to keepwarm").click()
            page.get_by_label("Server").fill("127.0.0.1")
            page.get_by_label("Port").fill(str(server.plain))
            page.get_by_label("Encryption").select_option("plain")
            page.get_by_role("button", name="Connect", exact=True).click()
            if password == "wrong":
                expect(page.get_by_role("alert")).to_be_visible()
                assert page.get_by_label("App password").input_value() == ""
        expect(page.get_by_role("status")).to_contain_text(f"Connected {access.address}")


def test_a_second_user_comes_by_invitation_and_passkey_and_sees_nothing_of_the_first(
    browser: Browser, tmp_path: Path
) -> None:
    with house(tmp_path, browser, host="localhost") as found:
        first = live(found.runtime, friendship())
        admin = found.sign_in(found.page(), first)
        admin.goto(f"{found.address}/admin")
        admin.get_by_label("Their email address").fill("second@home.example")
        admin.get_by_role("button", name="Invite").click()
        link = admin.get_by_role("status").get_by_text("/enter?word=").inner_text()
        page = found.page()
        device = page.context.new_cdp_session(page)
        device.send("WebAuthn.enable")
        options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
        options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
        device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        page.goto(link)
        page.get_by_role("button", name="Open keepwarm").click()
        page.get_by_role("button", name="Add a passkey").click()
        expect(page.get_by_role("status")).to_contain_text("Your passkey is ready")
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.get_by_role("link", name="This week")).to_be_visible()
        for path in ("/", "/people", "/sources", "/settings", "/person?who=anna.berg@north.example"):
            page.goto(f"{found.address}{path}")
            assert "Anna" not in page.content()
        expect(page.get_by_role("link", name="Admin")).to_have_count(0)
        assert ME not in page.content()
        page.goto(link)  # an invitation works once
        page.get_by_role("button", name="Open keepwarm").click()
        expect(page.get_by_role("alert")).to_contain_text("used already")


def test_an_old_invitation_is_refused(browser: Browser, tmp_path: Path) -> None:
    with house(tmp_path, browser) as found:
        first = live(found.runtime, friendship())
        with writing(found.runtime.engine) as connection:
            word = make_link(connection, first, INVITATION, NOW - timedelta(days=8))
        page = found.page()
        page.goto(f"{found.address}/enter?word={word}")
        page.get_by_role("button", name="Open keepwarm").click()
        expect(page.get_by_role("alert")).to_contain_text("too old")
