"""Tokens for programs: made and revoked on the page of exports; each is shown once."""

from starlette.responses import Response

from worker.app.tokens import Right, add_token, revoke_token
from worker.storage.transactions import writing
from worker.web.console.access.audit import record
from worker.web.console.gate import Door
from worker.web.console.visit import Visit


def doors() -> list[Door]:
    """Say which addresses this module answers."""
    return [Door("POST", "/export/tokens", make), Door("POST", "/export/tokens/revoke", revoke)]


def make(visit: Visit) -> Response:
    """Make a token, and show it this once."""
    rights = frozenset(right for right in Right if visit.form.get(right.value) == "yes")
    with writing(visit.runtime.engine) as connection:
        token = add_token(connection, visit.user_id, visit.form.get("name", ""), rights, visit.now)
        record(connection, "made a token", visit.now, user_id=visit.user_id, place=visit.client)
    address = f"{visit.origin}/feeds/{token}/contacts.vcf" if rights == {Right.FEED} else ""
    return visit.page("token.html", token=token, address=address)


def revoke(visit: Visit) -> Response:
    """Revoke a token: whoever has it is refused from now on."""
    with writing(visit.runtime.engine) as connection:
        revoke_token(connection, visit.user_id, visit.form.get("id", "")[:100])
        record(connection, "revoked a token", visit.now, user_id=visit.user_id, place=visit.client)
    return visit.done("/export", "The token is revoked.")
