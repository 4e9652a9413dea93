"""A connection that a test may cut, slow down, stop, or leave half open."""

import asyncio


class Wire:
    """A connection to a port of the test stack that can be broken and restored.

    Bytes pass while `flows` is set, each piece after `delay_s` seconds.
    """

    def __init__(self, host: str, port: int) -> None:
        self._target = host, port
        self._server: asyncio.Server | None = None
        self._connections: set[_Connection] = set()
        self.port = 0
        self.delay_s = 0.0
        self.flows = asyncio.Event()
        self.flows.set()

    async def mend(self) -> None:
        """Let whoever connects reach the target again."""
        if self._server is None:
            self._server = await asyncio.start_server(self._connect, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """End every connection on both sides, and take no new one."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for connection in list(self._connections):
            connection.abort()

    def half_open(self) -> None:
        """End every connection on the target's side alone; whoever connected hears of it when it next sends something.

        That is how a connection looks whose state a router or the other machine has lost.
        """
        for connection in list(self._connections):
            connection.lose_target()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            target_reader, target_writer = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        connection = _Connection(self, writer, target_writer)
        self._connections.add(connection)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(connection.send_to_target(reader))
                tasks.create_task(connection.answer(target_reader))
        finally:
            self._connections.discard(connection)


class _Connection:
    """The two sides of one connection; `is_lost` once that of the target is gone and the other was not told."""

    def __init__(self, wire: Wire, client: asyncio.StreamWriter, target: asyncio.StreamWriter) -> None:
        self._wire = wire
        self._client = client
        self._target = target
        self._is_lost = False

    def abort(self) -> None:
        self._client.transport.abort()
        self._target.transport.abort()

    def lose_target(self) -> None:
        self._is_lost = True
        self._target.transport.abort()

    async def send_to_target(self, reader: asyncio.StreamReader) -> None:
        await self._pump(reader, self._target)
        self._target.close()
        if self._is_lost:
            self._client.transport.abort()

    async def answer(self, reader: asyncio.StreamReader) -> None:
        await self._pump(reader, self._client)
        if not self._is_lost:
            self._client.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                await self._wire.flows.wait()
                if self._wire.delay_s:
                    await asyncio.sleep(self._wire.delay_s)
                if self._is_lost:
                    return
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
