"""Files from the browser: streamed to a private folder and connected like any archive."""

import shutil
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from models.errors import CodedError
from worker.accounts.connect_archive import connect_archive
from worker.web.console.access.sessions import Session
from worker.web.console.gate import Door, approach, from_our_page, misdirected, pass_through, session_of
from worker.web.console.pages.connecting.consent import connected
from worker.web.console.transfer.uploads import Upload, UploadRefused, receive
from worker.web.console.visit import Console, Visit
from worker.web.request import Threads
from worker.wording.errors.sentence import sentence


def file_routes(console: Console) -> list[BaseRoute]:
    """Make the route that takes files; it reads its body itself, as it comes."""
    threads = Threads(2, waiting=10, seconds=600)

    async def take(request: Request) -> Response:
        here = approach(console, request)
        if here is None:
            return misdirected()
        session = await threads.run(partial(session_of, console, here))
        if session is None or not from_our_page(request, here.origin):
            door = Door("POST", "/connect/files", lambda _: Response(status_code=403))
            form: dict[str, str] | None = {} if from_our_page(request, here.origin) else None
            return await threads.run(partial(pass_through, console, door, here, form))
        try:
            upload = await receive(
                request, console.runtime.settings.home, lambda fields: session.signed(fields.get("csrf", ""))
            )
        except UploadRefused as error:
            door, fields = Door("POST", "/connect/files", partial(_refused, error)), {"csrf": session.csrf}
        else:
            door, fields = Door("POST", "/connect/files", partial(_connect, upload)), upload.fields
        return await threads.run(partial(pass_through, console, door, here, fields))

    return [Route("/connect/files", take, methods=["POST"])]


def _signed(session: Session, fields: dict[str, str]) -> bool:
    return session.signed(fields.get("csrf", ""))


def _refused(error: CodedError, visit: Visit) -> Response:
    return visit.page("connect_files.html", status=400, trouble=sentence(error))


def _connect(upload: Upload, visit: Visit) -> Response:
    """Connect what was sent; files that hold nothing are not kept."""
    me = [visit.form["me"].strip()] if "@" in visit.form.get("me", "") else []
    try:
        found = connect_archive(visit.runtime, upload.paths, me=me, user_id=visit.signed_in.user_id)
    except CodedError as error:
        shutil.rmtree(upload.folder, ignore_errors=True)
        return _refused(error, visit)
    return connected(visit, found)
