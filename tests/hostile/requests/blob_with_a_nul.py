# expect: 400
# because: an address with a NUL character is no address, for a runner either
async def attack(target):
    return [await target.client("runner").get(f"/api/v1/blobs/{target.sha256}%00")]
