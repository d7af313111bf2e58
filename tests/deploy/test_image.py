"""The image is built from deploy/Dockerfile on a Debian base made here, and run as it will be: locked down."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.services import leave_out
from tests.worker.queue.processes import until

DEPLOY = Path(__file__).parents[2] / "deploy"
#: As compose.yaml and kubernetes/ have it. runc, because crun wants cgroups that are not of the old and the new kind
#: at once; no healthchecks by podman, which has systemd do them; limits, because raising them is a right of its own.
LOCKED = [
    "--cgroup-manager=cgroupfs", "--runtime=runc", "run", "--rm", "--read-only", "--tmpfs=/tmp", "--cap-drop=ALL",
    "--security-opt=no-new-privileges", "--network=none", "--no-healthcheck", "--ulimit=nofile=1024:1024",
    "--ulimit=nproc=1024:1024", "--pull=never",
]  # fmt: skip


def podman(*words: str) -> str:
    done = subprocess.run(["podman", *words], capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def image() -> Iterator[str]:
    leave_out()  # containers have the machine's clock
    for program in ("buildah", "podman", "debootstrap", "runc"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    if os.geteuid() != 0:
        pytest.skip("only root can make a Debian base")
    if given := os.environ.get("KEEPWARM_IMAGE"):
        yield given
        return
    name = f"localhost/keepwarm-test:{uuid4().hex[:12]}"
    done = subprocess.run([DEPLOY / "image.sh", name], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    size = re.search(rf"image: {name}, (\d+) MB", done.stdout)
    assert size is not None, done.stdout
    assert int(size[1]) < 330
    yield name
    podman("rmi", "--force", name)


@pytest.mark.timeout(1200)
def test_the_image_is_all_that_is_needed(image: str) -> None:
    a_locked_down_container_is_enough(image)  # one test, so that the image is built in one process only
    it_holds_the_program_and_nothing_of_this_machine(image)
    it_starts_by_itself_and_says_that_it_is_well(image)


def a_locked_down_container_is_enough(image: str) -> None:
    assert podman(*LOCKED, image, "keepwarm", "--version").startswith("keepwarm ")
    doctor = podman(*LOCKED, "--tmpfs=/var/lib/keepwarm:mode=0700,U", image, "keepwarm", "doctor")
    assert "No other package uses keepwarm's names." in doctor
    assert "The queue runs inside this process." in doctor
    who = "import os, worker.service.worker_process; print(os.getuid(), open('/proc/self/status').read().split('CapBnd:')[1].split()[0])"
    line = ["--env=KEEPWARM_DATABASE_URL=sqlite:////tmp/keepwarm.db", image, "python3", "-c", who]
    assert podman(*LOCKED, *line).split() == ["10001", "0000000000000000"]
    with pytest.raises(AssertionError, match="Read-only file system"):
        podman(*LOCKED, image, "touch", "/opt/keepwarm/x")


def it_holds_the_program_and_nothing_of_this_machine(image: str) -> None:
    look = (
        "find / -xdev -name pip.conf -o -name .git -o -path '/source/*' -o -path '*/worker/*.pyc' 2>/dev/null || true"
    )
    found = podman(*LOCKED, image, "sh", "-c", look).split()
    assert not [path for path in found if not path.endswith(".pyc")]
    assert found  # compiled when it was built: the root cannot be written to later
    certificates = podman(*LOCKED, image, "cat", "/etc/ssl/certs/ca-certificates.crt")
    own = [path.read_text().strip() for path in Path("/usr/local/share/ca-certificates").glob("*.crt")]
    assert not [one for one in own if one in certificates]


def it_starts_by_itself_and_says_that_it_is_well(image: str) -> None:
    command = ["podman", *LOCKED]
    name = f"keepwarm-{uuid4().hex[:12]}"
    with subprocess.Popen([*command, f"--name={name}", image], cwd="/", stderr=subprocess.PIPE, text=True) as started:
        ask = "import urllib.request as u; print(u.urlopen('http://127.0.0.1:9464/healthz', timeout=5).read())"
        line = ["podman", *LOCKED[:2], "exec", name, "python3", "-c", ask]
        try:
            until(lambda: "well" in subprocess.run(line, capture_output=True, text=True, check=False, cwd="/").stdout)
        finally:
            subprocess.run(["podman", *LOCKED[:2], "stop", "--time=60", name], check=False, cwd="/")
            _, log = started.communicate(timeout=60)
    assert started.returncode == 0, log
    assert '"event": "tick"' in log
