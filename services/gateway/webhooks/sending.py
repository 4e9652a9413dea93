"""Sends one request to a webhook, and says what came of it. The answer's body is not read."""

import asyncio
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass

import httpcore
from httpcore import SOCKET_OPTION, AsyncNetworkBackend, AsyncNetworkStream

from services.gateway.webhooks.signing import sign
from services.gateway.webhooks.tables import DueDelivery
from services.gateway.webhooks.targets import ForbiddenTarget, Target, Targets, UnknownHost

ANSWER_S = 10.0
"""For everything: the name, the connection, TLS, and the answer's status."""
GONE = 410


@dataclass(frozen=True)
class ReceiverAnswer:
    """What came of a request: a status, or a problem, or both."""

    status: int | None
    problem: str = ""

    @property
    def is_taken(self) -> bool:
        """Whether the receiver has it."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """Whether the receiver wants no more."""
        return self.status == GONE


class CheckedAddresses(AsyncNetworkBackend):
    """Connects to the addresses of a target, whatever its name means by now."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,  # noqa: ARG002 - the name was looked up and checked before
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> AsyncNetworkStream:
        """Connect to the first address that answers."""
        for number, address in enumerate(self._target.addresses, 1):
            try:
                return await self._network.connect_tcp(str(address), port, timeout, local_address, socket_options)
            except httpcore.ConnectError:
                if number == len(self._target.addresses):
                    raise
        raise httpcore.ConnectError("no address")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await self._network.sleep(seconds)


class WebhookSender:
    """Sends deliveries to their webhooks. No redirect is followed, and no proxy of the environment is used."""

    def __init__(self, targets: Targets, tls: ssl.SSLContext | None = None) -> None:
        self._targets = targets
        self._tls = tls or ssl.create_default_context()

    async def send(self, delivery: DueDelivery) -> ReceiverAnswer:
        """Make one attempt."""
        try:
            async with asyncio.timeout(ANSWER_S):
                target = await self._targets.find(delivery.url)
                status = await self._post(target, delivery)
        except (ForbiddenTarget, UnknownHost) as error:
            return ReceiverAnswer(None, str(error))
        except (TimeoutError, httpcore.TimeoutException):
            return ReceiverAnswer(None, f"no answer within {ANSWER_S:g} s")
        except (httpcore.NetworkError, OSError) as error:
            failed_tls = isinstance(error.__cause__ or error.__context__, ssl.SSLError) or "CERTIFICATE" in str(error)
            return ReceiverAnswer(None, "its certificate does not hold" if failed_tls else "no connection")
        except (httpcore.ProtocolError, httpcore.UnsupportedProtocol):
            return ReceiverAnswer(None, "what answers there does not speak HTTP")
        if 200 <= status < 300:
            return ReceiverAnswer(status)
        return ReceiverAnswer(
            status, "redirects are not followed" if 300 <= status < 400 else "expected a status of 2xx"
        )

    async def _post(self, target: Target, delivery: DueDelivery) -> int:
        body = delivery.body.encode()
        headers = {
            "host": target.host_header,
            "content-type": "application/json",
            "content-length": str(len(body)),
            "user-agent": "Arena",
            **sign(delivery.secret, delivery.id, int(time.time()), body),
        }
        url = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
        backend = CheckedAddresses(target)
        async with (
            httpcore.AsyncConnectionPool(self._tls, network_backend=backend) as pool,
            pool.stream("POST", url, headers=list(headers.items()), content=body) as response,
        ):
            return response.status
