# expect: 202
# because: a zip is stored under the hash of its bytes, whatever it is called
from tests.support.gateway.submitting import make_zip


async def attack(target):
    names = (target.sha256, f"../../{target.sha256}", f"/{target.sha256}\\..\\x", "\u202egpj.zip")
    attacker, own = target.client("attacker"), make_zip()
    return [
        await attacker.post("/api/v1/competitions/c/submissions", files={"file": (name, own, "application/zip")})
        for name in names[:2]
    ]
