"""Signs what webhooks are sent, by the scheme of Standard Webhooks (https://www.standardwebhooks.com)."""

import base64
import hashlib
import hmac
import secrets
from uuid import UUID

SECRET_PREFIX = "whsec_"  # noqa: S105 - the scheme's own
SECRET_BYTES = 32


def make_secret() -> str:
    """Return a new secret."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def sign(secret: str, delivery_id: UUID, at: int, body: bytes) -> dict[str, str]:
    """Return the headers that say what is sent, when (in seconds since 1970), and that it comes from here."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = f"{delivery_id}.{at}.".encode() + body
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": str(delivery_id),
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{signature}",
    }
