"""Who holds a lease or a lock: a thread of a process on a machine, and whether that process is still there."""

import os
import socket
import threading
from uuid import uuid4

#: Distinguishes this process from an earlier one with the same number: in a container both are often number 1.
BORN = uuid4().hex[:8]


def worker_id() -> str:
    """Name this thread in leases, locks and logs."""
    return f"{socket.gethostname()}:{os.getpid()}:{BORN}:{threading.get_ident()}"


def is_gone(holder: str) -> bool:
    """Whether a holder's process has certainly ended: only a process of this machine can be asked.

    Where two machines share a name, a living holder may be taken for dead: then the fence of its lease stops it.
    """
    parts = holder.rsplit(":", 3)
    if len(parts) != 4 or parts[0] != socket.gethostname() or not parts[1].isdecimal():
        return False
    number = int(parts[1])
    if number == os.getpid():
        return parts[2] != BORN
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    except PermissionError:  # it lives, under another user
        return False
    return False
