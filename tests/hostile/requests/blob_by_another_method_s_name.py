# expect: 403 404 405
# because: a request is what its first line says, and no header makes another of it
async def attack(target):
    headers = {
        "X-HTTP-Method-Override": "DELETE",
        "X-Original-URL": "/api/v1/admin/tokens",
        "X-Rewrite-URL": "/api/v1/admin/tokens",
        "X-Forwarded-Prefix": "/api/v1/admin",
        "X-Forwarded-For": "127.0.0.1",
        "X-Forwarded-User": "organizer",
    }
    attacker = target.client("attacker", **headers)
    blob = f"/api/v1/blobs/{target.sha256}"
    return [
        await attacker.get(blob),
        await attacker.post(blob),
        await attacker.get(blob + "?_method=DELETE"),
        await attacker.get("/api/v1/admin/tokens"),
    ]
