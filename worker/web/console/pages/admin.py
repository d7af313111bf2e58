"""Admin: who uses this installation and whether their accounts are well, without a name of anyone they know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage

from sqlalchemy import Engine, func, select
from starlette.responses import Response

from models.accounts import Account, StreamState, User
from worker.app.users import add_user
from worker.digest.deliver.message import POLICY
from worker.digest.deliver.smtp import hand_over, post_of
from worker.storage.transactions import reading, writing
from worker.web.console.access.audit import record
from worker.web.console.access.links import INVITATION, make_link
from worker.web.console.gate import Door, Who
from worker.web.console.transfer.backup import back_up
from worker.web.console.visit import Visit


@dataclass(frozen=True, slots=True)
class Health:
    """One account of a user: nothing in it names anyone."""

    provider: str
    state: str
    streams: int
    failing: int
    synced_at: datetime | None


def doors() -> list[Door]:
    """Say which addresses this module answers."""
    return [
        Door("GET", "/admin", show, Who.ADMIN),
        Door("POST", "/admin/invite", invite, Who.ADMIN),
        Door("POST", "/admin/backup", backup, Who.ADMIN),
        Door("POST", "/admin/doctor", doctor, Who.ADMIN),
    ]


def show(visit: Visit, link: str = "", invited: str = "", checks: Sequence[object] = ()) -> Response:
    """Show the users and their accounts."""
    users, health = _users(visit.runtime.engine)
    return visit.page(
        "admin.html", users=users, health=health, link=link, invited=invited, checks=checks,
        public=visit.runtime.settings.public_url, sqlite=visit.runtime.engine.dialect.name == "sqlite",
        keys=visit.runtime.vault,
    )  # fmt: skip


def _users(engine: Engine) -> tuple[Sequence[object], dict[int, list[Health]]]:
    state = StreamState
    health: dict[int, list[Health]] = {}
    with reading(engine) as connection:
        users = connection.execute(select(User.id, User.address, User.admin, User.created_at).order_by(User.id)).all()
        for row in connection.execute(
            select(
                Account.user_id, Account.provider, Account.state, func.count(state.id).label("streams"),
                func.count(state.trouble).label("failing"), func.min(state.synced_at).label("synced_at"),
            )
            .outerjoin(state, (state.account_id == Account.id) & ~state.retired)
            .group_by(Account.id, Account.user_id, Account.provider, Account.state)
            .order_by(Account.id)
        ):  # fmt: skip
            health.setdefault(row.user_id, []).append(Health(*row[1:]))
    return users, health


def invite(visit: Visit) -> Response:
    """Invite someone: a link that works once, emailed where this installation can send, and shown here once."""
    address = visit.form.get("address", "").strip().lower()[:254]
    if "@" not in address.strip("@") or len(address.split()) != 1 or not address.isprintable():
        return visit.done("/admin", "That isn't an email address.")
    with writing(visit.runtime.engine) as connection:
        user_id = add_user(connection, address, visit.now)
        word = make_link(connection, user_id, INVITATION, visit.now)
        record(connection, "invited", visit.now, user_id=visit.signed_in.user_id, place=visit.client, detail=address)
    link = f"{visit.runtime.settings.public_url or visit.origin}/enter?word={word}"
    sent = _email(visit, address, link)
    return show(visit, link=link, invited=f"Emailed to {address}." if sent else f"Give this link to {address}.")


def _email(visit: Visit, address: str, link: str) -> bool:
    url = visit.runtime.settings.smtp_url.get_secret_value()
    post = post_of(url) if url else None
    if post is None or not post.sender:
        return False
    mail = EmailMessage(policy=POLICY)
    mail["From"], mail["To"] = Address("keepwarm", addr_spec=post.sender), Address(addr_spec=address)
    mail["Subject"] = "Your invitation to keepwarm"
    mail.set_content(
        "You're invited to keepwarm, which keeps your professional relationships warm without logging anything.\n\n"
        f"{link}\n\nThe link works once, for seven days. If you didn't expect it, ignore this email.\n"
    )
    hand_over(post, mail.as_bytes(), sender=post.sender, to=address, name=f"invitation-{visit.now:%Y%m%d%H%M%S}")
    return True


def backup(visit: Visit) -> Response:
    """Copy the database now."""
    path = back_up(visit.runtime.engine, visit.runtime.settings.home, visit.now)
    with writing(visit.runtime.engine) as connection:
        record(connection, "backed up", visit.now, user_id=visit.signed_in.user_id, place=visit.client)
    return visit.done("/admin", f"Saved to {path}. It needs the keys of today, which it doesn't contain.")


def doctor(visit: Visit) -> Response:
    """Run the checks of `keepwarm doctor`."""
    return show(visit, checks=visit.console.examine())
