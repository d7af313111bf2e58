"""What the scheduler does beside asking what is due: once when it begins, then daily, a piece at each tick."""

from datetime import datetime, timedelta

from sqlalchemy import select

from models.access import Outlet
from models.accounts import Secret
from models.organizations import Organization
from worker.app.logs import Logger
from worker.app.runtime import Runtime
from worker.app.secrets.key_rotation import reseal, reseal_outlets
from worker.app.secrets.vault import WrongKey
from worker.storage.retention import tidy
from worker.storage.transactions import reading, writing
from worker.wording.errors.sentence import sentence

EVERY = timedelta(days=1)

log = Logger(__name__)


class Maintenance:
    """Where this scheduler stands; a kill loses nothing but that, and whoever follows begins again."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.due_at: datetime | None = None
        self.after: int | None = 0  # the account whose sign-in was looked at last

    def step(self) -> None:
        """Do the next piece, if anything is to be done today."""
        now = self.runtime.clock()
        if self.due_at is not None and now < self.due_at:
            return
        self.after = self._reseal(self.after or 0)
        if self.after is None:
            self._tidy(now)
            self.due_at = now + EVERY

    def _tidy(self, now: datetime) -> None:
        with writing(self.runtime.engine) as connection:
            gone = tidy(connection, now)
        if gone:
            log.info("tidied", **gone)

    def _reseal(self, after: int) -> int | None:
        with reading(self.runtime.engine) as connection:
            sealed = [select(kept).limit(1) for kept in (Secret.account_id, Outlet.user_id, Organization.id)]
            if all(connection.scalar(one) is None for one in sealed):
                return None  # nothing is sealed, and no key shall be made for it
        try:
            if not after:
                reseal_outlets(self.runtime.engine, self.runtime.vault)
            return reseal(self.runtime.engine, self.runtime.vault, after=after)
        except WrongKey as error:
            log.warning("the keys cannot be used", reason=sentence(error))
            return None
