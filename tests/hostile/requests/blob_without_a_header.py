# expect: 401
# because: a token counts in the Authorization header alone
async def attack(target):
    path, token = f"/api/v1/blobs/{target.sha256}", target.tokens["runner"]
    tricks = [
        {"params": {"token": token, "access_token": token}},
        {"headers": {"Cookie": f"arena_session={token}; token={token}"}},
        {
            "headers": {
                "X-Api-Key": token,
                "X-Authorization": f"Bearer {token}",
                "Proxy-Authorization": f"Bearer {token}",
            }
        },
        {"headers": {"Authorization": f"Basic {token}"}},
        {"headers": {"Authorization": f"Bearer {token}x"}},
        {"headers": {"Sec-WebSocket-Protocol": f"bearer, {token}"}},
        {},
    ]
    return [await target.client(None).get(path, **trick) for trick in tricks]
