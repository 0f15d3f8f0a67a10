import type { HostFile } from './host-file.ts'

/** Where a host keeps the key document that its stub serves. */
export const keyDocumentPath = '/etc/matrix-homeserver-stub/key.json'

/**
 * What stands in for a homeserver: answers the paths by which a reverse proxy and its delegation are judged, as Synapse
 * would to somebody without an account, and tells in `X-Lab-Target` and under /_matrix/client/echo what reached it.
 * Started by the first connection, so that hosts on which nobody asks pay nothing for it.
 */
export const stubFiles: readonly HostFile[] = [
  {
    path: '/etc/systemd/system/matrix-homeserver-stub.socket',
    mode: 0o644,
    content: `[Unit]
Description=Port of the homeserver stub

[Socket]
ListenStream=127.0.0.1:8008
NoDelay=yes

[Install]
WantedBy=sockets.target
`,
  },
  {
    path: '/etc/systemd/system/matrix-homeserver-stub.service',
    mode: 0o644,
    content: `[Unit]
Description=Homeserver stub
Requires=matrix-homeserver-stub.socket

[Service]
ExecStart=/usr/bin/python3 /usr/local/lib/matrix-homeserver-stub.py
User=nobody
`,
  },
  {
    path: '/usr/local/lib/matrix-homeserver-stub.py',
    mode: 0o644,
    content: String.raw`import http.server
import json
import re
import socket

ANYBODY = [
    (r'/_matrix/client/versions', {'versions': ['r0.6.1'] + ['v1.%d' % n for n in range(1, 13)], 'unstable_features': {}}),
    (r'/_matrix/client/(r0|v3)/login', {'flows': [{'type': 'm.login.password'}]}),
    (r'/_matrix/federation/v1/version', {'server': {'name': 'matrix-provision-lab-stub', 'version': '1.0'}}),
    (r'/_synapse/admin/v1/server_version', {'server_version': '1.0'}),
]
ACCOUNT = r'/_matrix/(client/(r0|v1|v3)/(account|directory|join|media|publicRooms|rooms|sync|user)(/|$)|media/(r0|v3)/upload$)'
PEER = (r'/_matrix/federation/v[12]/(backfill|event|event_auth|exchange_third_party_invite|get_missing_events|hierarchy|'
        r'invite|make_join|make_knock|make_leave|media|openid|publicRooms|query|send|send_join|send_knock|send_leave|state|'
        r'state_ids|timestamp_to_event|user)(/|$)')
CORS = [
    ('Access-Control-Allow-Origin', '*'),
    ('Access-Control-Allow-Methods', 'GET, HEAD, POST, PUT, DELETE, OPTIONS'),
    ('Access-Control-Allow-Headers', 'X-Requested-With, Content-Type, Authorization, Date'),
]


def failure(status, code, text):
    return status, {'errcode': code, 'error': text}


class Homeserver(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    wbufsize = -1
    disable_nagle_algorithm = True

    def answer(self):
        # self.path is not what was sent: http.server shortens leading slashes.
        self.target = self.raw_requestline.split(b' ')[1].decode('latin-1')
        path = self.target.split('?')[0]
        body = self.body()
        if self.command == 'OPTIONS':
            return self.send(204, b'', 'text/plain')
        if path == '/health':
            return self.send(200, b'OK', 'text/plain')
        status, document = self.route(path, body)
        self.send(status, json.dumps(document).encode(), 'application/json')

    def route(self, path, body):
        if path == '/_matrix/client/echo' or path.startswith('/_matrix/client/echo/'):
            return 200, {'method': self.command, 'target': self.target, 'peer': self.client_address[0],
                         'headers': [list(header) for header in self.headers.items()], 'body_length': len(body)}
        if path == '/_matrix/key/v2/server':
            with open('${keyDocumentPath}') as file:
                return 200, json.load(file)
        if self.command in ('GET', 'HEAD'):
            for pattern, document in ANYBODY:
                if re.fullmatch(pattern, path):
                    return 200, document
        if self.command == 'POST' and re.fullmatch(r'/_matrix/client/(r0|v3)/login', path):
            return failure(403, 'M_FORBIDDEN', 'Invalid username or password')
        if re.match(PEER, path):
            if 'Authorization' not in self.headers:
                return failure(401, 'M_UNAUTHORIZED', 'Missing Authorization headers')
            if not re.match(r'X-Matrix .*(origin|key|sig)=', self.headers['Authorization']):
                return failure(400, 'M_UNAUTHORIZED', 'Malformed Authorization header')
            return failure(401, 'M_UNAUTHORIZED', 'Failed to find any key to satisfy the signature')
        if re.match(ACCOUNT, path) or path.startswith('/_synapse/admin/'):
            if 'Authorization' in self.headers:
                return failure(401, 'M_UNKNOWN_TOKEN', 'Invalid access token passed.')
            return failure(401, 'M_MISSING_TOKEN', 'Missing access token')
        if path.startswith('/_synapse/client/'):
            return 200, {'target': self.target}
        return failure(404, 'M_UNRECOGNIZED', 'Unrecognized request')

    def body(self):
        if self.headers.get('Transfer-Encoding', '').lower() == 'chunked':
            parts = []
            while True:
                size = int(self.rfile.readline().split(b';')[0], 16)
                parts.append(self.rfile.read(size))
                self.rfile.readline()
                if size == 0:
                    return b''.join(parts)
        return self.rfile.read(int(self.headers.get('Content-Length') or 0))

    def send(self, status, content, kind):
        self.send_response(status)
        self.send_header('X-Lab-Target', self.target)
        if re.match(r'/_matrix/(client|media)/|/_synapse/client/', self.target):
            for name, value in CORS:
                self.send_header(name, value)
        if status != 204:
            self.send_header('Content-Type', kind)
            self.send_header('Content-Length', str(len(content)))
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(content)

    def version_string(self):
        return 'matrix-provision-lab-stub'

    def log_message(self, *_):
        pass

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = answer


class Server(http.server.ThreadingHTTPServer):
    def __init__(self):
        super().__init__(('127.0.0.1', 8008), Homeserver, bind_and_activate=False)
        self.socket.close()
        self.socket = socket.socket(fileno=3)  # systemd's listening socket


Server().serve_forever()
`,
  },
]
