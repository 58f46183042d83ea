"""Messages, fragments and closes of a WebSocket library by others, against /dev/echo."""

import asyncio

import websockets
from server import running
from websockets.exceptions import ConnectionClosed
from websockets.frames import Close, Frame, Opcode

SIZES = [0, 1, 125, 126, 127, 128, 65535, 65536, 200_000]


async def check_sizes(url: str) -> None:
    async with websockets.connect(url, compression=None, max_size=None) as socket:
        for size in SIZES:
            for message in ("ä" * (size // 2), bytes(size)):
                await socket.send(message)
                assert await socket.recv() == message, size


async def check_fragments(url: str) -> None:
    async with websockets.connect(url, compression=None) as socket:
        for parts in (["a", "b", "c"], ["", "x", ""], ["€" * 10, "", "€"], [b"a", b"", b"b"]):
            await socket.send(iter(parts))
            assert await socket.recv() == parts[0][:0].join(parts), parts
        for _ in range(1_000):
            await socket.send("x")
        for _ in range(1_000):
            assert await socket.recv() == "x"


async def check_pings_between_fragments(url: str) -> None:
    async with websockets.connect(url, compression=None) as socket:

        async def slowly():
            for part in ("one ", "two ", "three"):
                await (await socket.ping(part))
                yield part

        await socket.send(slowly())
        assert await socket.recv() == "one two three"


async def check_closes(url: str) -> None:
    for code, reason in [(1000, ""), (1000, "bye"), (1001, "going"), (3000, "x" * 100), (4999, "ä")]:
        socket = await websockets.connect(url, compression=None)
        await socket.close(code, reason)
        assert (socket.close_code, socket.protocol.close_rcvd.code) == (code, code), (code, reason)


async def check_compression_is_not_agreed_to(url: str) -> None:
    async with websockets.connect(url) as socket:
        assert socket.protocol.extensions == []


async def check_broken(url: str) -> None:
    """Frames that are wrong end the connection; nothing comes back."""
    broken = [
        Frame(Opcode.TEXT, b"\xff"),
        Frame(Opcode.CONT, b"x"),
        Frame(Opcode.PING, bytes(126)),
        Frame(Opcode.PING, b"", fin=False),
        Frame(Opcode.TEXT, b"x", rsv1=True),
        Frame(Opcode.CLOSE, b"\x03"),
        Frame(Opcode.CLOSE, Close(1000, "").serialize() + b"\xff"),
    ]
    for frame in broken:
        socket = await websockets.connect(url, compression=None)
        # The library sends no such frame by itself.
        head = bytes([(0x80 if frame.fin else 0) | (0x40 if frame.rsv1 else 0) | frame.opcode])
        length = len(frame.data)
        size = bytes([0x80 | length]) if length < 126 else bytes([0x80 | 126]) + length.to_bytes(2, "big")
        socket.transport.write(head + size + bytes(4) + frame.data)
        try:
            answer = await asyncio.wait_for(socket.recv(), 10)
            raise SystemExit(f"{frame} was answered with {answer!r}")
        except ConnectionClosed:
            pass


async def main(origin: str) -> None:
    url = origin.replace("http", "ws") + "/dev/echo"
    for check in (
        check_sizes,
        check_fragments,
        check_pings_between_fragments,
        check_closes,
        check_compression_is_not_agreed_to,
        check_broken,
    ):
        await asyncio.wait_for(check(url), 60)


with running() as server:
    asyncio.run(main(server.origin))
    server.check_is_well()
