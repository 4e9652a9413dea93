# expect: 401
# because: a runner whose token is revoked is refused from the next request on, on the connection that it has


async def attack(target):
    organizer = target.gateway.organizer
    made = (await organizer.post("/api/v1/admin/runner-tokens", json={"name": "stolen"})).json()
    async with target.gateway.client(made["token"]) as thief:
        path = f"/api/v1/blobs/{'0' * 64}"
        assert (await thief.get(path)).status_code == 404
        (await organizer.delete(f"/api/v1/admin/tokens/{made['id']}")).raise_for_status()
        return [await thief.get(path), await thief.get(f"/api/v1/blobs/{target.sha256}")]
