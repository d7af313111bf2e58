"""The ways to connect an address, each in a sentence with what it costs and what it opens (pure)."""

from collections.abc import Iterator

from connectors.services.known import Service, Way

TESTED = "it opens the whole mailbox, but keepwarm asks for header fields only, and its tests prove that"
FILES = "Files, any time: export your email and run `keepwarm connect archive PATH`. Nothing leaves this machine."


def ways_of(service: Service, *, registered: bool) -> Iterator[str]:
    """Say each way, the one that is taken now first; `registered`: a client of one's own is set up at the provider."""
    match service.way:
        case Way.GOOGLE if registered:
            yield "Your own Google project: sign in once in the browser. Google itself limits keepwarm to headers."
        case Way.GOOGLE:
            yield f"An app password and your calendar's secret address, about 3 minutes: {TESTED}."
            yield (
                "Your own Google project, about 20 minutes: Google itself limits keepwarm to headers. "
                "Run `keepwarm setup google`."
            )
        case Way.MICROSOFT:
            yield "Sign in once in the browser, or elsewhere with --device. Microsoft limits keepwarm to headers."
        case Way.PASSWORD:
            yield f"A password for email and calendar, about 3 minutes: {TESTED}."
        case Way.BRIDGE:
            yield f"{service.name}'s Bridge on this machine, with the password it shows: {TESTED}."
    yield FILES


def where_password(service: Service) -> str:
    """Say where the password is found."""
    return f"You find it here: {service.password}."
