# expect: 401
# because: nobody signs in at the website with a runner's token, or comes in by a cookie that holds one
async def attack(target):
    anyone, token = target.client(None), target.tokens["runner"]
    answers = [await anyone.post("/sign-in", data={"token": token}, headers={"Origin": target.gateway.url})]
    assert "set-cookie" not in answers[0].headers
    return [*answers, await anyone.get("/api/v1/admin/overview", headers={"Cookie": f"arena_session={token}"})]
