# expect: 401 403
# because: who may not read a blob is not told that it is unchanged, by its hash or by its date
async def attack(target):
    conditions = (
        {"If-None-Match": f'"{target.sha256}"'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"},
        {"If-Match": '"x"'},
    )
    return [
        await target.client(whose, **each).get(f"/api/v1/blobs/{target.sha256}")
        for whose in (None, "attacker")
        for each in conditions
    ]
