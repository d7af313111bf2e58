"""Microsoft connected in a real browser: to its page and back under another name of this machine, and a refusal."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from models.records import Mailbox
from tests.sandbox.microsoft.entra import PUBLIC_CLIENT
from tests.sandbox.microsoft.server import MicrosoftSandbox
from tests.worker.homes import NOW
from tests.worker.web.console.browser import House, chromium, house

ADDRESS = "mira@contoso.example"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@contextmanager
def at_microsoft(
    place: Path, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[MicrosoftSandbox, House, Page]]:
    """A house that knows the sandbox, and the first page of a new user."""
    with MicrosoftSandbox(place, address=ADDRESS) as microsoft:
        for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
            monkeypatch.setenv(name, str(microsoft.certificates.ca_file))
        settings = {"microsoft_client_id": PUBLIC_CLIENT, "microsoft_authority": microsoft.authority}
        with house(place / "home", browser, graph_root=microsoft.graph_root, **settings) as found:
            yield microsoft, found, found.sign_in(found.page(ignore_https_errors=True), None)


def accounts(found: House) -> int:
    with found.runtime.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM accounts").scalar_one())


def test_microsoft_is_connected_on_its_own_page(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with at_microsoft(tmp_path, browser, monkeypatch) as (microsoft, found, page):
        mail, me, friend = microsoft.mailbox.mail, Mailbox(ADDRESS), Mailbox("ada@friend.example", "Ada Friend")
        for day in range(3, 33, 3):
            mail.send([friend], at=NOW - timedelta(days=day), me=me, subject="Plans")
            mail.deliver(friend, [me], at=NOW - timedelta(days=day - 1), subject="Re: Plans")
        page.get_by_role("button", name="Connect Microsoft").click()
        expect(page.get_by_role("heading", name="Outlook says yes")).to_be_visible()
        assert page.url.startswith(found.address)  # Microsoft came back to localhost, and was sent on
        assert accounts(found) == 0
        page.get_by_role("button", name="Finish").click()
        expect(page.get_by_role("status")).to_contain_text(f"Connected {ADDRESS}")
        for reader in found.readers:
            reader.join()
        page.goto(f"{found.address}/people")
        expect(page.get_by_role("link", name="Ada Friend").first).to_be_visible()
        (asked,) = [one for one in microsoft.entra.asked if one["endpoint"] == "authorize"]
        assert asked["code_challenge_method"] == "S256"
        assert "write" not in asked["scope"].lower()
        assert found.complaints == []


@pytest.mark.parametrize(("consent", "said"), [("deny", "Outlook didn't agree"), ("admin", "Outlook didn't agree")])
def test_a_refusal_at_microsoft_connects_nothing(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, consent: str, said: str
) -> None:
    with at_microsoft(tmp_path, browser, monkeypatch) as (microsoft, found, page):
        microsoft.entra.consent = consent
        page.get_by_role("button", name="Connect Microsoft").click()
        expect(page.get_by_role("heading", name=said)).to_be_visible()
        page.get_by_role("button", name="Go back").click()
        expect(page.get_by_role("alert")).to_be_visible()
        assert accounts(found) == 0
