"""A real browser, and pages of other origins for it."""
import json
import queue
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from waiting import PATIENCE


class Browser:
    """Headless Chromium. (Its sandbox is for untrusted pages; as root it has none.)"""

    def __init__(self, folder, *arguments):
        self._command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage",
                         f"--user-data-dir={folder / 'chromium'}", *arguments]
        self._environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8"}

    def open(self, url):
        """Keeps the page open until kill()."""
        return subprocess.Popen([*self._command, url], env=self._environment, stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)

    def text_of(self, url):
        """The DOM of the page after loading."""
        return subprocess.run([*self._command, "--dump-dom", url], env=self._environment, capture_output=True, text=True,
                              timeout=PATIENCE, check=True).stdout


class Site:
    """A web site of another origin. Its one page runs a script and posts the result back."""

    def __init__(self, script, port=0):
        results = queue.Queue()
        page = f"<!doctype html><script>(async () => {{ {script} }})().then((result) => " \
               "fetch('/result', {method: 'POST', body: JSON.stringify(result)}))</script>".encode()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.reply(page)

            def do_POST(self):
                results.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.reply(b"")

            def reply(self, body):
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._results = results
        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def result(self):
        return self._results.get(timeout=PATIENCE)
