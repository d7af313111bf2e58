"""Handing a mail over: to a mail server (KEEPWARM_SMTP_URL), or into a folder."""

import smtplib
import ssl
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from worker.app.secrets.private_files import private_file
from worker.digest.deliver.errors import NotSent, Unsure

TIMEOUT = 30.0


@dataclass(frozen=True, slots=True)
class Post:
    """Where mail is handed over. `kind`: smtp (STARTTLS where offered), smtps (TLS from the beginning) or file."""

    kind: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    sender: str = ""  # who the mail is from, unless it is the account's own address

    @property
    def local(self) -> bool:
        """Whether the server is on this machine, so that nothing crosses a network."""
        try:
            return self.host == "localhost" or ip_address(self.host).is_loopback
        except ValueError:
            return False


def post_of(url: str) -> Post:
    """Read smtp://user:password@host:587, smtps://... or file:///folder; `?from=ADDRESS` says who it is from.

    Raises:
        NotSent: the setting is not of this form.
    """
    if not url.strip():
        raise NotSent("digest.not_set_up")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme == "file" and parts.path:
        return Post("file", unquote(parts.path), 0, sender=_from(parts.query))
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise NotSent("digest.bad_url")
    user = unquote(parts.username or "")
    return Post(
        parts.scheme,
        parts.hostname,
        port or (465 if parts.scheme == "smtps" else 587),
        user,
        unquote(parts.password or ""),
        _from(parts.query) or (user if "@" in user else ""),
    )


def _from(query: str) -> str:
    return parse_qs(query).get("from", [""])[0]


def hand_over(post: Post, mail: bytes, *, sender: str, to: str, name: str) -> None:
    """Hand a mail over; when this returns, the server has taken it. `name` is that of the file, in a folder.

    Raises:
        Unsure: it may have been taken.
        NotSent: it was not taken.
    """
    if post.kind == "file":
        _keep(Path(post.host), mail, name)
        return
    try:
        server = _server(post)
        try:
            _login(server, post)
            _envelope(server, sender, to)
            code, said = _data(server, mail)
        finally:
            with suppress(OSError):  # it has answered already: how it closes the connection changes nothing
                server.quit()
    except smtplib.SMTPServerDisconnected as error:
        raise NotSent("digest.hung_up", host=post.host) from error
    except ssl.SSLCertVerificationError as error:
        raise NotSent("digest.untrusted", host=post.host, why=error.verify_message) from error
    except ssl.SSLError as error:
        raise NotSent("digest.no_tls", host=post.host, port=post.port) from error
    except OSError as error:
        raise NotSent("digest.no_answer", host=post.host, port=post.port, why=str(error.strerror or error)) from error
    if code != 250:
        raise NotSent("digest.refused", host=post.host, code=code, said=_said(said))


def _server(post: Post) -> smtplib.SMTP:
    if post.kind == "smtps":
        trust = ssl.create_default_context()
        return smtplib.SMTP_SSL(post.host, post.port, timeout=TIMEOUT, context=trust)
    server = smtplib.SMTP(post.host, post.port, timeout=TIMEOUT)
    try:
        _encrypt(server, post)
    except BaseException:
        server.close()
        raise
    return server


def _encrypt(server: smtplib.SMTP, post: Post) -> None:
    server.ehlo()
    if server.has_extn("starttls"):
        server.starttls(context=ssl.create_default_context())
        server.ehlo()
    elif not post.local:
        raise NotSent("digest.unencrypted", host=post.host, port=post.port)


def _login(server: smtplib.SMTP, post: Post) -> None:
    if not post.user:
        return
    try:
        server.login(post.user, post.password)
    except smtplib.SMTPAuthenticationError as error:
        raise NotSent("digest.wrong_password", host=post.host, code=error.smtp_code) from error
    except smtplib.SMTPNotSupportedError as error:
        raise NotSent("digest.no_sign_in", host=post.host) from error


def _envelope(server: smtplib.SMTP, sender: str, to: str) -> None:
    for (code, said), what in ((server.mail(sender), sender), (server.rcpt(to), to)):
        if code not in {250, 251}:
            raise NotSent("digest.address_refused", address=what, code=code, said=_said(said))


def _data(server: smtplib.SMTP, mail: bytes) -> tuple[int, bytes]:
    try:
        return server.data(mail)
    except smtplib.SMTPDataError as error:  # it refused before the mail was sent
        said = error.smtp_error if isinstance(error.smtp_error, bytes) else str(error.smtp_error).encode()
        return error.smtp_code, said
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        raise Unsure("digest.unsure") from error


def _said(reply: bytes) -> str:
    return " ".join(reply.decode("utf-8", "replace").split())[:200]


def _base64(part: EmailMessage) -> str:
    data = part.get_payload(decode=True)
    return b64encode(data).decode() if isinstance(data, bytes) else ""


def _keep(folder: Path, mail: bytes, name: str) -> None:
    """Write the page a mail holds into a folder, whole or not at all."""
    message = message_from_bytes(mail, policy=default)
    page = message.get_body(("html",))
    text = page.get_content() if page else ""
    for part in message.walk():  # a page in a file of its own contains its pictures
        if named := str(part["Content-ID"] or "").strip("<>"):
            text = text.replace(f"cid:{named}", f"data:{part.get_content_type()};base64,{_base64(part)}")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with private_file(folder / f"{name}.html") as file:
            file.write(text.encode())
    except OSError as error:
        raise NotSent("digest.folder", folder=folder, why=error.strerror) from error
