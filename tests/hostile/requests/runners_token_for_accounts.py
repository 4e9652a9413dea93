# expect: 403
# because: a runner's token makes no other, and sees and revokes none
async def attack(target):
    runner, admin = target.client("runner"), "/api/v1/admin"
    return [
        await runner.post(f"{admin}/tokens", json={"name": "mine", "scopes": ["manage", "accounts"]}),
        await runner.post(f"{admin}/runner-tokens", json={"name": "mine"}),
        await runner.post(f"{admin}/competitions/c/teams", json={"name": "mine"}),
        await runner.post(f"{admin}/competitions/c/teams/victim/token"),
        await runner.get(f"{admin}/tokens"),
        await runner.delete(f"{admin}/tokens/00000000-0000-0000-0000-000000000000"),
    ]
