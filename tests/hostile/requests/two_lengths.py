# expect: 400
# because: a request whose end can be read in two ways has none, and hides no second one
import httpx


async def attack(target):
    head = f"POST /api/v1/competitions/c/submissions HTTP/1.1\r\nHost: arena\r\nAuthorization: Bearer {target.tokens['attacker']}\r\nConnection: close\r\n"
    inner = f"GET /api/v1/blobs/{target.sha256} HTTP/1.1\r\nHost: arena\r\nConnection: close\r\n\r\n"
    bodies = (
        f"Content-Length: 5\r\nContent-Length: 6\r\n\r\n{inner}",
        f"Content-Length: -1\r\n\r\n{inner}",
        f"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n{inner}",
    )
    answers = [await target.send_raw(head + body) for body in bodies]
    assert all(answer.count(b"HTTP/1.1 ") == 1 for answer in answers), answers
    return [
        httpx.Response(int(answer.split(None, 2)[1]), content=answer, request=httpx.Request("POST", "http://arena/"))
        for answer in answers
    ]
