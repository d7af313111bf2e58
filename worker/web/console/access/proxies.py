"""Sign-in by a proxy in front: the header in which a listed proxy names the user, believed from no one else."""

from sqlalchemy import select
from starlette.requests import Request

from models.accounts import User
from worker.app.runtime import Runtime
from worker.storage.transactions import reading
from worker.web.console.access.sessions import Session
from worker.web.console.origin import is_listed


def vouched_for(runtime: Runtime, request: Request) -> str:
    """Return the address a listed proxy names in KEEPWARM_PROXY_USER_HEADER, "" if none does."""
    settings = runtime.settings
    peer = request.client.host if request.client else ""
    if not settings.proxy_user_header or not is_listed(peer, settings.proxies):
        return ""
    named = request.headers.getlist(settings.proxy_user_header)
    return named[0].strip().lower()[:254] if len(named) == 1 else ""


def user_of(runtime: Runtime, address: str) -> int | None:
    """Find the user of an address; a proxy makes no one a user."""
    with reading(runtime.engine) as connection:
        return connection.scalar(select(User.id).where(User.address == address)) if address else None


def still_vouched_for(runtime: Runtime, request: Request, session: Session) -> bool:
    """Whether a session begun by a proxy still has its word: who signs out there is signed out here."""
    if session.way != "proxy":
        return True
    return session.user_id is not None and user_of(runtime, vouched_for(runtime, request)) == session.user_id
