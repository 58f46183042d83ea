"""Where a server under judgement listens."""

import socket
from dataclasses import dataclass


@dataclass(frozen=True)
class Address:
    """A host and a port on loopback."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> "Address":
        host, _, port = text.rpartition(":")
        return cls(host, int(port))

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def free_ports(count: int, host: str = "127.0.0.1") -> list[int]:
    """Ports that nobody uses at the moment, all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind((host, 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def host_where_free(ports: list[int]) -> str:
    """An address of loopback on which all these ports are free, for programs that cannot be told a port."""
    for last in range(2, 255):
        host = f"127.0.7.{last}"
        if all(_is_free(host, port) for port in ports):
            return host
    raise SystemExit(f"ports {ports} are taken on every address of loopback")


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((host, port))
        except OSError:
            return False
        return True
