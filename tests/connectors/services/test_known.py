"""Where people find their app passwords, as a page lists it."""

from connectors.services.known import password_pages


def test_each_service_has_one_line_with_a_link_where_there_is_one() -> None:
    pages = password_pages()
    names = [page.name for page in pages]
    assert len(names) == len(set(names))
    assert pages[0].link == "https://myaccount.google.com/apppasswords"
    assert pages[0].note == "it needs 2-Step Verification"
    for page in pages:
        assert page.link.startswith("https://") or not page.link
        assert page.note.count("(") == page.note.count(")")
