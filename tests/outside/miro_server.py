"""Miro for the tests, in a process of its own: it checks every path and body with the official client's own models.

    PYTHONPATH=<the client's folder> python tests/outside/miro_server.py

Prints its port. It keeps boards in memory, answers in pages of two, wraps texts into paragraphs as Miro does, and
refuses what a model refuses or does not know. `/state` tells what stands there, `/plan` says how the next requests go
wrong: [status, "before" | "after" the work is done, headers].
"""

import importlib
import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlparse

ROUTES = {
    ("POST", "frames"): "FrameCreateRequest",
    ("PATCH", "frames"): "FrameUpdateRequest",
    ("POST", "cards"): "CardCreateRequest",
    ("PATCH", "cards"): "CardUpdateRequest",
    ("DELETE", "cards"): None,
    ("GET", "items"): None,
}
PATH = re.compile(r"^/v2/boards/(?P<board>[^/]+)/(?P<kind>frames|cards|items)(/(?P<item>[^/]+))?$")
models = None  # the official client's, once this runs: tests only read this file
TOKEN, BOARD = "secret-token", "uXjVTest="
items: dict[str, dict] = {}
log: list[str] = []
plan: list[list] = []


def unknown(model) -> list[str]:
    """What a body holds that its model does not know, at any depth."""
    if isinstance(model, list):
        return [name for one in model for name in unknown(one)]
    if not hasattr(model, "model_fields"):
        return []
    deeper = [name for field in type(model).model_fields for name in unknown(getattr(model, field))]
    return [*(model.additional_properties or {}), *deeper]


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, status, body=None, headers=()):
        data = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        for name, value in dict(headers).items():
            self.send_header(name, str(value))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def handle_one(self):
        where = urlparse(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        if where.path == "/state":
            return self.answer(200, {"items": items, "log": log})
        if where.path == "/plan":
            plan[:] = body
            log.clear()
            return self.answer(200, {})
        if where.path == "/put":
            items[str(len(items) + 900)] = body
            return self.answer(200, {})
        log.append(f"{self.command} {where.path}")
        fault = plan.pop(0) if plan else None
        if fault and fault[1] == "before":
            return self.answer(fault[0], {"status": fault[0]}, fault[2])
        status, told = self.work(where, body)
        if fault:
            return self.answer(fault[0], {"status": fault[0]}, fault[2])
        return self.answer(status, told)

    do_GET = do_POST = do_PATCH = do_DELETE = handle_one

    def work(self, where, body):
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return 401, {"status": 401, "code": "tokenNotProvided"}
        found = PATH.match(unquote(where.path))
        if (
            not found
            or (self.command, found["kind"]) not in ROUTES
            or (found["item"] is None) != (self.command in ("POST", "GET"))
        ):
            return 404, {"status": 404, "message": "no such path"}
        if found["board"] != BOARD:
            return 404, {"status": 404, "message": "no such board"}
        if self.command == "GET":
            return self.page(parse_qs(where.query))
        if found["item"] and found["item"] not in items:
            return 404, {"status": 404}
        if self.command == "DELETE":
            del items[found["item"]]
            return 204, None
        request = getattr(models, ROUTES[self.command, found["kind"]]).from_dict(body)
        if unknown(request):
            return 400, {"status": 400, "message": f"unknown: {unknown(request)}"}
        return self.keep(found, body)

    def keep(self, found, body):
        kind, number = found["kind"][:-1], found["item"] or str(len(items) + 100)
        parent = (body.get("parent") or {}).get("id")
        if kind == "card" and parent not in {key for key, one in items.items() if one["type"] == "frame"}:
            return 400, {"status": 400, "message": "no such frame"}
        item = items.setdefault(number, {"id": number, "type": kind, "data": {}})
        item["data"] |= body.get("data") or {}
        item |= {name: body[name] for name in ("position", "parent", "geometry", "style") if name in body}
        shape = models.FrameItem if kind == "frame" else models.CardItem
        return 201, shape.from_dict(item).to_dict() | {"data": shown(item)}

    def page(self, query):
        mine = [one | {"data": shown(one)} for one in items.values() if one["type"] == query["type"][0]]
        start = int(query.get("cursor", ["0"])[0])
        more = {"cursor": str(start + 2)} if start + 2 < len(mine) else {}
        return 200, {"data": mine[start : start + 2], "limit": 2, "total": len(mine)} | more


def shown(item):
    """Texts as Miro gives them back."""
    data = dict(item["data"])
    if item["type"] == "card":
        data |= {name: f"<p>{data[name]}</p>" for name in ("title", "description") if data.get(name)}
    return data


if __name__ == "__main__":
    models = importlib.import_module("miro_api.models")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()
