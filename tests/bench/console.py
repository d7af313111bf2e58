"""What each page of the console costs with 10,000 people and 200,000 interactions: CPU, and bytes.

python -m tests.bench.console [INTERACTIONS PEOPLE]
"""

import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from tests.bench.assessing import fill
from tests.sandbox.bulk import END
from tests.worker.web.console.visitor import Visitor
from worker.app.runtime import open_runtime
from worker.app.settings import Settings
from worker.judgement.keep.stored import current
from worker.storage.transactions import reading
from worker.sync.recompute import recompute

PATHS = ("/", "/people", "/people?search=ann", "/people?sort=name", "/weeks", "/sources", "/export", "/judgement",
         "/settings", "/admin", "/connect")  # fmt: skip


def main(count: int, people: int) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        runtime = open_runtime(Settings(home=Path(folder), _env_file=None), lambda: END + timedelta(hours=1))  # type: ignore[call-arg]  # pydantic-settings' own
        lease = fill(runtime, count, people)
        recompute(runtime, lease.user_id)
        with reading(runtime.engine) as connection:
            deepest = current(connection, lease.user_id, by_depth=True, limit=1)[0].person
        visitor = Visitor(runtime).sign_in(lease.user_id)
        begun = time.process_time()
        while "Looking at everyone" in visitor.get("/").text:
            time.sleep(0.2)
        print(f"this week, put together the first time: {time.process_time() - begun:.2f} s")
        for path in (*PATHS, f"/person?who={deepest}", f"/person/history?who={deepest}"):
            costs = []
            for _ in range(5):
                begun = time.process_time()
                answer = visitor.get(path)
                costs.append(time.process_time() - begun)
            assert answer.status_code == 200, path
            print(f"{path[:40]:40} {1000 * min(costs):7.1f} ms {len(answer.content) / 1024:6.1f} KB")


if __name__ == "__main__":
    main(*([int(word) for word in sys.argv[1:]] or [200_000, 10_000]))
