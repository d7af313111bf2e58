"""A DNS server on loopback that knows a few records."""

import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

#: By name and kind: "firm.example MX" -> ["10 mx.firm.example."].
Zone = Mapping[str, list[str]]


@contextmanager
def nameserver(zone: Zone) -> Iterator[str]:
    """Serve a zone until the block is left; gives "host:port". Whatever is not in it does not exist."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data, sock = self.request
            sock.sendto(answer(zone, data), self.client_address)

    with socketserver.UDPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def answer(zone: Zone, data: bytes) -> bytes:
    query: Any = dns.message.from_wire(data)
    reply: Any = dns.message.make_response(query)
    asked = query.question[0]
    name, kind = str(asked.name).rstrip("."), asked.rdtype.name
    if records := zone.get(f"{name} {kind}"):
        reply.answer.append(dns.rrset.from_text(asked.name, 60, "IN", kind, *records))
    elif not any(key.startswith(f"{name} ") for key in zone):
        reply.set_rcode(dns.rcode.NXDOMAIN)
    wire: bytes = reply.to_wire()
    return wire
