# expect: 405
# because: a blob is read, and never written, removed or asked about
async def attack(target):
    path = f"/api/v1/blobs/{target.sha256}"
    methods = ("HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND")
    return [
        await target.client(whose).request(method, path, content=b"x" if method == "PUT" else None)
        for whose in ("runner", "attacker")
        for method in methods
    ]
