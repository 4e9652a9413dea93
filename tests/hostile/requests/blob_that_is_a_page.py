# expect: 200
# because: what a runner fetches is octets for every program, whatever a team has put into it
async def attack(target):
    answers = [
        await target.client("runner", Accept=accept).get(f"/api/v1/blobs/{target.sha256}")
        for accept in ("text/html", "image/svg+xml", "*/*")
    ]
    for answer in answers:
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "private" in answer.headers["Cache-Control"]
    return answers
