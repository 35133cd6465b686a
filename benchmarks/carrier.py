"""A carrier that accepts everything after a pause, in Kannel's words: python -m benchmarks.carrier SECONDS.

`GET /arrivals` tells when each phone's last text came in, by the machine's monotonic clock.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from urllib.parse import parse_qs, urlsplit

arrivals: dict[str, float] = {}


async def serve(latency: float) -> None:
    """Listen on a free port, say which, and answer until terminated."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                at = time.monotonic()
                target = urlsplit(head.split()[1].decode())
                if target.path == "/arrivals":
                    answer(writer, 200, json.dumps(arrivals))
                    continue
                arrivals[parse_qs(target.query)["to"][0]] = at
                await asyncio.sleep(latency)
                answer(writer, 202, "0: Accepted for delivery")
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, limit=1 << 20)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


def answer(writer: asyncio.StreamWriter, status: int, body: str) -> None:
    """Write one response and keep the connection."""
    writer.write(f"HTTP/1.1 {status} OK\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1])))
