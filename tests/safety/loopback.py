"""A carrier in a process of its own that takes everything, forgets to answer now and then, and keeps a journal.

python -m tests.safety.loopback LATENCY STALLS: seconds before an answer; the share of texts that it takes without answering.
`GET /journal` gives each of our keys with the instants (machine time, monotonic) at which it was taken, the phone and whether
it was advertising.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from urllib.parse import parse_qs, urlsplit
from zlib import crc32

journal: dict[str, tuple[list[float], str, bool]] = {}
PAUSE = 3.0  # seconds that a stalled call is left hanging


async def serve(latency: float, stalls: float) -> None:
    """Listen on a free port, say which, and answer until terminated."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                at = time.monotonic()
                target = urlsplit(head.split()[1].decode())
                if target.path == "/journal":
                    _answer(writer, json.dumps(journal))
                    continue
                said = {name: values[-1] for name, values in parse_qs(target.query).items()}
                key = parse_qs(urlsplit(said["dlr-url"]).query)["id"][0]
                journal.setdefault(key, ([], said["to"], "Thursday" in said["text"]))[0].append(at)
                if crc32(key.encode()) % 10_000 < stalls * 10_000:
                    await asyncio.sleep(PAUSE)
                    break
                await asyncio.sleep(latency)
                _answer(writer, "0: Accepted for delivery")
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, limit=1 << 20)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


def _answer(writer: asyncio.StreamWriter, body: str) -> None:
    writer.write(f"HTTP/1.1 202 Accepted\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1]), float(sys.argv[2])))
