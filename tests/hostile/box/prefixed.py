# expect: scored
# because: what stands before a zip is not looked at
from tests.support.zips import HONEST
from tests.support.zips import pack


def build() -> bytes:
    return b"#!/bin/sh\nreboot\n" + pack(HONEST)
