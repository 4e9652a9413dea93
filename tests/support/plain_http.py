"""HTTP without TLS, as all that tests talk to on loopback speaks it."""

import ssl

TRUSTS_NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For a client's `verify`: reading the machine's certificate authorities costs each client 25 ms of CPU."""
