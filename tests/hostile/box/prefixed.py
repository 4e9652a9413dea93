# expect: scored
# because: what stands before a zip is not looked at
from tests.hostile.zips import HONEST, pack


def build() -> bytes:
    return b"#!/bin/sh\nreboot\n" + pack(HONEST)
