"""The bytes of files: in by their upload address, out to whoever shows the app's token or sits at the client."""

from aiohttp import web

from sandbox.slack.desk import Desk


def transfer_routes(desk: Desk) -> list[web.RouteDef]:
    """Where bytes go in and come out."""
    transfer = Transfer(desk)
    return [
        web.post("/upload/v1/{id}", transfer.take),
        web.get("/files-pri/{id}/{name}", transfer.give),
    ]


class Transfer:
    """Takes and gives the bytes of files."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def take(self, request: web.Request) -> web.Response:
        """Keeps the bytes of a file that was announced; they may come raw or as a form."""
        content = await _content(request)

        async def carry_out() -> web.Response:
            file = self._desk.workspace.files.get(request.match_info["id"])
            if file is None or file.is_complete:
                return web.Response(status=404, text="file not found")
            file.content, file.size = content, len(content)
            self._desk.workspace.files.put(file.id, file)
            return web.Response(text=f"OK - {len(content)}")

        response = await self._desk.line.carry(request, "upload", carry_out)
        failure = None if response.status == 200 else f"http_{response.status}"
        detail = {"file": request.match_info["id"], "bytes": len(content)}
        self._desk.log.note("call", "upload", error=failure, status=response.status, detail=detail)
        return response

    async def give(self, request: web.Request) -> web.Response:
        """Shows a file: to a browser on this machine without a token, as the client has none to show."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        file = self._desk.workspace.files.get(request.match_info["id"])
        if token and token != self._desk.app.credentials.bot_token:
            return web.Response(status=403, text="invalid token")
        if file is None or file.content is None:
            return web.Response(status=404, text="file not found")
        return web.Response(
            body=file.content, content_type=file.mimetype, headers={"X-Content-Type-Options": "nosniff"}
        )


async def _content(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    for field in (await request.post()).values():
        if isinstance(field, web.FileField):
            return field.file.read()
    return b""
