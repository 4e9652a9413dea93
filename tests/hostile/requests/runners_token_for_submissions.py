# expect: 403
# because: a runner neither submits, nor sees what teams do, nor stops it
from tests.support.gateway.submitting import submit


async def attack(target):
    runner, path = target.client("runner"), f"/api/v1/submissions/{target.submission}"
    return [
        await submit(runner),
        await runner.get("/api/v1/competitions/c/submissions"),
        *[await runner.get(path + part) for part in ("", "/logs", "/boxes", "/provenance")],
        *[await runner.post(path + part) for part in ("/cancel", "/choose")],
    ]
