"""How many e-mails requests from one network may cause."""

import asyncio

from limits import parse
from starlette.requests import HTTPConnection

from arena.words.problems import ProblemCode
from services.gateway.anonymous_rate import AnonymousRate
from services.gateway.problems import Problem
from services.gateway.request_guard import network_of


class EmailRate:
    """Counts the e-mails that each network causes, in this gateway."""

    def __init__(self, rate: str) -> None:
        self._rate = AnonymousRate(parse(rate))

    def count(self, connection: HTTPConnection) -> None:
        """Count an e-mail. Raises Problem 429 if its network has caused too many."""
        network = network_of(connection.client.host if connection.client else "")
        retry_after_s = self._rate.hit(network, asyncio.get_running_loop().time())
        if retry_after_s is not None:
            raise Problem(
                ProblemCode.RATE_LIMITED,
                f"At most {self._rate.rate} e-mails are sent for one network; wait, and try again.",
                retry_after_s=retry_after_s,
            )
