"""The browser of tests and the demo: opens an authorization URL, decides on the consent page, follows it home.

python -m tests.sandbox.google.consent URL [--account ADDRESS] [--deny]
"""

import argparse
import urllib.error
import urllib.request
from collections.abc import Container
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin


class _Form(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.inputs: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = named.get("action", "")
        elif tag == "input":
            self.inputs.append((named["type"], named["name"], named["value"]))


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def decide(url: str, *, account: str | None = None, refuse: Container[str] = (), deny: bool = False) -> str:
    """Answer the consent page at `url` and give the address Google sends the browser to.

    Raises:
        HTTPError: there is no consent page.
    """
    with urllib.request.urlopen(url, timeout=10) as page:
        form = _Form()
        form.feed(page.read().decode())
    people = [value for kind, _, value in form.inputs if kind == "radio"]
    sent = [(name, value) for kind, name, value in form.inputs if kind == "hidden"]
    sent += [("granted", value) for kind, _, value in form.inputs if kind == "checkbox" and value not in refuse]
    sent += [("account", account or people[0]), ("decision", "deny" if deny else "allow")]
    try:
        urllib.request.build_opener(_Stay).open(urljoin(url, form.action), urlencode(sent).encode(), timeout=10)
    except urllib.error.HTTPError as redirect:
        with redirect:
            return str(redirect.headers["Location"])
    raise AssertionError("the consent page did not send the browser home")


def approve(url: str, *, account: str | None = None, refuse: Container[str] = (), deny: bool = False) -> str:
    """Decide, go where Google sends the browser, and give the text of the last page."""
    with urllib.request.urlopen(decide(url, account=account, refuse=refuse, deny=deny), timeout=30) as page:
        return str(page.read().decode())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("url")
    parser.add_argument("--account")
    parser.add_argument("--deny", action="store_true")
    asked = parser.parse_args()
    print(approve(asked.url, account=asked.account, deny=asked.deny))


if __name__ == "__main__":
    main()
