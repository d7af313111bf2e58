"""What the first visitor would wait for, done beside the start: pages made ready, rules loaded, sources counted."""

import threading
from contextlib import suppress

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from models.accounts import User
from models.errors import CodedError
from worker.app.logs import Logger
from worker.storage.transactions import reading
from worker.views.counted import Counted
from worker.web.console.look.templating import make_ready
from worker.web.console.visit import Console

#: Users whose sources are counted: an installation of many is not read through at every start.
FEW = 5

log = Logger(__name__)


def warm(console: Console) -> threading.Thread:
    """Begin to make everything ready, in a thread of its own that no one has to wait for; returns the thread."""
    thread = threading.Thread(target=_warm, args=(console,), name="warming", daemon=True)
    thread.start()
    return thread


def _warm(console: Console) -> None:
    make_ready()
    with suppress(CodedError, OSError):  # rules that can't be read are reported where they are needed
        console.rules()
    try:
        with reading(console.runtime.engine) as connection:
            users = connection.scalars(select(User.id).order_by(User.id).limit(FEW)).all()
        for user_id in users:
            console.runtime.shared(Counted).of(console.runtime, user_id)
    except DBAPIError as error:
        log.info("nothing was counted ahead", error=type(error.orig).__name__)
