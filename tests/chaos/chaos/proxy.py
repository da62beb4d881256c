"""A TCP proxy that can cut the network between two processes.

A cut swallows nothing: bytes wait, and go on when it ends (as packets that a network held back and
sent again), or the connections are reset at its end (`Ending`)."""

import asyncio
import enum
import threading


class Ending(enum.Enum):
    """What becomes of the connections that were open when a cut ends."""

    LATE = "what was held back arrives late"
    RESET = "connections are reset"


class Network:
    """The event loop of all proxies, in a thread of its own."""

    def __init__(self):
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def run(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)


class Proxy:
    """Listens on `port` and forwards to `target`, both on 127.0.0.1."""

    def __init__(self, network: Network, port: int, target: int):
        self._network, self._target = network, target
        self._writers: set[asyncio.StreamWriter] = set()
        self._open: asyncio.Event | None = None
        network.run(self._listen(port))

    async def _listen(self, port: int) -> None:
        self._open = asyncio.Event()
        self._open.set()
        await asyncio.start_server(self._serve, "127.0.0.1", port)

    def cut(self) -> None:
        self._network.run(self._cut())

    def restore(self, ending: Ending) -> None:
        self._network.run(self._restore(ending))

    async def _cut(self) -> None:
        self._open.clear()

    async def _restore(self, ending: Ending) -> None:
        if ending is Ending.RESET:
            for writer in self._writers:
                writer.transport.abort()
        self._open.set()

    async def _serve(self, reader, writer) -> None:
        await self._open.wait()
        try:
            onward = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, onward[1]}
        try:
            await asyncio.gather(self._copy(reader, onward[1]), self._copy(onward[0], writer))
        finally:
            for end in (writer, onward[1]):
                self._writers.discard(end)
                end.transport.abort()

    async def _copy(self, reader, writer) -> None:
        try:
            while data := await reader.read(65536):
                await self._open.wait()
                writer.write(data)
                await writer.drain()
            writer.write_eof()
        except (OSError, RuntimeError):
            writer.transport.abort()
