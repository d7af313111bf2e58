"""Handing a mail over: to a mail server (KEEPWARM_SMTP_URL), or into a folder."""

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

TIMEOUT = 30.0


class NotSent(Exception):  # noqa: N818 - says what is wrong
    """The mail did not go out; `str(error)` is one sentence that says what to do."""


class Unsure(NotSent):
    """The connection broke while the server was deciding: it may have taken the mail."""


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
        raise NotSent(
            "KEEPWARM_SMTP_URL is not set. It says how digests are sent: smtp://user:password@host:587, or "
            "file:///folder to keep them as pages. Or send them through a connected account: "
            "keepwarm connect gmail|outlook --send-digest. Without either, read them with `keepwarm digest`."
        )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme == "file" and parts.path:
        return Post("file", unquote(parts.path), 0, sender=_from(parts.query))
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise NotSent(
            "KEEPWARM_SMTP_URL is not of the form smtp://user:password@host:587, smtps://user:password@host:465 or "
            "file:///folder. In a user name or password, write @ as %40, : as %3A and / as %2F."
        )
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
            with suppress(OSError):  # it has answered already: how it takes its leave changes nothing
                server.quit()
    except smtplib.SMTPServerDisconnected as error:
        raise NotSent(f"{post.host} ended the connection. This may pass: it is tried again.") from error
    except ssl.SSLCertVerificationError as error:
        raise NotSent(
            f"The certificate of {post.host} cannot be trusted ({error.verify_message}). Use the name it is made for, "
            "or name your own authority in SSL_CERT_FILE."
        ) from error
    except ssl.SSLError as error:
        raise NotSent(
            f"{post.host}:{post.port} does not speak TLS as expected. Port 465 wants smtps://, port 587 smtp://."
        ) from error
    except OSError as error:
        raise NotSent(
            f"{post.host}:{post.port} does not answer ({error.strerror or error}). Check KEEPWARM_SMTP_URL; "
            "it is tried again."
        ) from error
    if code != 250:
        raise NotSent(f"{post.host} refused the digest: {code} {_said(said)}")


def _server(post: Post) -> smtplib.SMTP:
    trust = ssl.create_default_context()
    if post.kind == "smtps":
        return smtplib.SMTP_SSL(post.host, post.port, timeout=TIMEOUT, context=trust)
    server = smtplib.SMTP(post.host, post.port, timeout=TIMEOUT)
    try:
        _encrypt(server, post, trust)
    except BaseException:
        server.close()
        raise
    return server


def _encrypt(server: smtplib.SMTP, post: Post, trust: ssl.SSLContext) -> None:
    server.ehlo()
    if server.has_extn("starttls"):
        server.starttls(context=trust)
        server.ehlo()
    elif not post.local:
        raise NotSent(
            f"{post.host} offers no encryption on port {post.port}, and a digest names people. "
            "Use smtps:// with port 465, or a server on this machine."
        )


def _login(server: smtplib.SMTP, post: Post) -> None:
    if not post.user:
        return
    try:
        server.login(post.user, post.password)
    except smtplib.SMTPAuthenticationError as error:
        raise NotSent(
            f"{post.host} does not accept the user name and password in KEEPWARM_SMTP_URL ({error.smtp_code}). "
            "Many providers want an app password there."
        ) from error
    except smtplib.SMTPNotSupportedError as error:
        raise NotSent(f"{post.host} wants no sign-in: leave user and password out of KEEPWARM_SMTP_URL.") from error


def _envelope(server: smtplib.SMTP, sender: str, to: str) -> None:
    for (code, said), what in ((server.mail(sender), sender), (server.rcpt(to), to)):
        if code not in {250, 251}:
            raise NotSent(f"The mail server refused {what}: {code} {_said(said)}")


def _data(server: smtplib.SMTP, mail: bytes) -> tuple[int, bytes]:
    try:
        return server.data(mail)
    except smtplib.SMTPDataError as error:  # it refused before the mail was sent
        said = error.smtp_error if isinstance(error.smtp_error, bytes) else str(error.smtp_error).encode()
        return error.smtp_code, said
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        raise Unsure(
            "The connection broke while the mail server was taking the digest. It is sent once more: "
            "should it come twice, it is the same mail."
        ) from error


def _said(reply: bytes) -> str:
    return " ".join(reply.decode("utf-8", "replace").split())[:200]


def _keep(folder: Path, mail: bytes, name: str) -> None:
    """Write the page a mail holds into a folder, whole or not at all."""
    page = message_from_bytes(mail, policy=default).get_body(("html",))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = folder / f".{name}.unfinished"
        unfinished.write_text(page.get_content() if page else "", encoding="utf-8")
        unfinished.replace(folder / f"{name}.html")
    except OSError as error:
        raise NotSent(f"{folder} cannot be written ({error.strerror}).") from error
