"""A robot's server on this machine, as strict as the vendors' pages describe theirs: it checks keys, signatures, sizes
and paces, and says no in a body with status 200."""

import base64
import hashlib
import hmac
import json
import threading
from collections import deque
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

KEY, SECRET = "693a91f6-7aaa-4bc4-97a0-0ec2sifa5aaa", "SEC000000000000000000ab+/12"
NOW = 1_795_000_000  # the server's clock, in seconds


class Server:
    """What came in, and what the next answers are; without any in `answers` it judges by itself."""

    def __init__(self):
        self.requests, self.taken, self.paths, self.answers = [], [], [], deque()
        self.secret = ""
        self.keyword = ""

    def judge(self, path, query, body):
        """The status and the body of the answer to a request, as the vendor of that path gives it."""
        if path == "/cgi-bin/webhook/send":
            return 200, self.wecom(query, body)
        if path.startswith("/open-apis/bot/v2/hook/"):
            return 200, self.feishu(path.rpartition("/")[2], body)
        if path == "/robot/send":
            return 200, self.dingtalk(query, body)
        return 404, {"no": "such path"}

    def wecom(self, query, body):
        if query.get("key") != KEY:
            return {"errcode": 93000, "errmsg": f"invalid webhook url, hint: [1720] key {query.get('key')}"}
        kind = body["msgtype"]
        if len(body[kind]["content"].encode()) > {"text": 2048, "markdown": 4096}[kind]:
            return {"errcode": 40058, "errmsg": f"{kind}.content exceed max length"}
        return {"errcode": 0, "errmsg": "ok"}

    def feishu(self, token, body):
        if token != KEY:
            return {"code": 19001, "msg": "param invalid: incoming webhook access token invalid"}
        if self.secret:
            # "timestamp + \n + secret" is the key, the message is empty; the time in seconds, within an hour
            key = f"{body.get('timestamp')}\n{self.secret}".encode()
            right = base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()
            if body.get("sign") != right or abs(int(body["timestamp"]) - NOW) > 3600:
                return {"code": 19021, "msg": "sign match fail or timestamp is not within one hour from current time"}
        if self.keyword not in json.dumps(body, ensure_ascii=False):
            return {"code": 19024, "msg": "Key Words Not Found"}
        return {"StatusCode": 0, "StatusMessage": "success", "code": 0, "data": {}, "msg": "success"}

    def dingtalk(self, query, body):
        if query.get("access_token") != KEY:
            return {"errcode": 300001, "errmsg": "token is not exist"}
        if self.secret:
            # the secret is the key, "timestamp + \n + secret" the message; the time in milliseconds, within an hour
            message = f"{query.get('timestamp')}\n{self.secret}".encode()
            right = base64.b64encode(hmac.new(self.secret.encode(), message, hashlib.sha256).digest()).decode()
            if query.get("sign") != right or abs(int(query["timestamp"]) - NOW * 1000) > 3_600_000:
                return {"errcode": 310000, "errmsg": "description:sign not match;solution:check the secret"}
        if self.keyword not in json.dumps(body, ensure_ascii=False):
            return {"errcode": 310000, "errmsg": "description:keywords not in content"}
        return {"errcode": 0, "errmsg": "ok"}


@contextmanager
def robot_server():
    """A server of its own; `server.base` is its address."""
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            server.requests.append((unquote(parts.path), query, body, dict(self.headers)))
            status, said = server.answers.popleft() if server.answers else server.judge(parts.path, query, body)
            if status == 200 and isinstance(said, dict) and not (said.get("errcode") or said.get("code")):
                server.taken.append(body)
                server.paths.append(parts.path)
            raw = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            if status in (301, 302, 307):
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *arguments):
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    server.base = f"http://127.0.0.1:{http.server_port}"
    try:
        yield server
    finally:
        http.shutdown()
        thread.join()
        http.server_close()
