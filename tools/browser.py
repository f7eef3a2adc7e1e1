"""Chromium or Chrome, driven from Python: to print the PDF and to test the pages.

A browser that is installed already is all it takes. It is started without a window and
with an empty profile of its own, and spoken to in the protocol of its developer tools
(https://chromedevtools.github.io/devtools-protocol/).
"""

import base64
import itertools
import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

import websocket

COMMANDS = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
]
APPLICATIONS = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"%ProgramFiles%\Google\Chrome\Application\chrome.exe",
    r"%ProgramFiles(x86)%\Google\Chrome\Application\chrome.exe",
    r"%LocalAppData%\Google\Chrome\Application\chrome.exe",
    r"%ProgramFiles(x86)%\Microsoft\Edge\Application\msedge.exe",
]
MISSING = """No Chromium, Chrome or Edge was found, and one of them is needed. Get one:
    Debian, Ubuntu   sudo apt install chromium
    Fedora           sudo dnf install chromium
    macOS            brew install --cask google-chrome
    others           https://www.google.com/chrome/
If it is in an unusual place, say where: make CHROME=/path/to/chrome ..."""


class BrowserError(Exception):
    """The browser did not start, did not answer, or answered with an error."""


def find_browser():
    """Return the command of an installed browser.

    Returns
    -------
    str or None
        None if there is none. The variable CHROME of the environment goes first.
    """
    for command in [os.environ.get("CHROME"), *COMMANDS]:
        found = command and shutil.which(command)
        if found:
            return found
    paths = [os.path.expandvars(path) for path in APPLICATIONS]
    return next((path for path in paths if os.path.isfile(path)), None)


class Browser:
    """A running browser with one page. Use it in a ``with`` block.

    Parameters
    ----------
    executable : str
        As `find_browser` returns it.

    Attributes
    ----------
    events : list of dict
        What the browser has told about the page, such as requests and messages on the
        console: each with a "method" and "params".
    """

    def __init__(self, executable):
        self.events = []
        self._numbers = itertools.count(1)
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        options = [
            "--headless=new",
            "--remote-debugging-port=0",
            f"--user-data-dir={self._folder.name}",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-gpu",
            "--disable-dev-shm-usage",
        ]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            options.append("--no-sandbox")  # it refuses to start as root otherwise
        self._process = subprocess.Popen(
            [executable, *options, "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            self._socket = websocket.create_connection(
                self._address(), timeout=60, suppress_origin=True
            )
            for domain in ["Page", "Runtime", "Log", "Network"]:
                self.call(f"{domain}.enable")
        except BaseException:
            self._stop()
            raise

    def __enter__(self):
        """Return the browser."""
        return self

    def __exit__(self, *exception):
        """End the browser and remove its profile."""
        try:
            self.call("Browser.close")
        except (BrowserError, OSError, websocket.WebSocketException):
            pass  # it has ended already
        self._socket.close()
        self._stop()

    def _stop(self):
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()

    def _address(self):
        """Return where the page listens, once the browser has started."""
        told = Path(self._folder.name, "DevToolsActivePort")
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if told.exists() and (lines := told.read_text().splitlines()):
                local = urllib.request.build_opener(urllib.request.ProxyHandler({}))
                with local.open(f"http://127.0.0.1:{lines[0]}/json/list") as answer:
                    targets = json.load(answer)
                for target in targets:
                    if target["type"] == "page":
                        return target["webSocketDebuggerUrl"]
            if self._process.poll() is not None:
                break
            time.sleep(0.05)
        self._process.kill()
        raise BrowserError(f"{self._process.args[0]} did not start")

    def call(self, method, **parameters):
        """Send a command of the protocol and return its result."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters}
        self._socket.send(json.dumps(message))
        while True:
            answer = json.loads(self._socket.recv())
            if "method" in answer:
                self.events.append(answer)
            elif answer["id"] == number:
                if "error" in answer:
                    raise BrowserError(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def evaluate(self, expression):
        """Return the value of a JavaScript expression, or of its promise."""
        answer = self.call(
            "Runtime.evaluate",
            expression=expression,
            awaitPromise=True,
            returnByValue=True,
        )
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            what = details.get("exception", {}).get("description", details["text"])
            raise BrowserError(f"{expression}: {what}")
        return answer["result"].get("value")

    def wait_for(self, expression, timeout=60):
        """Wait until a JavaScript expression has a true value, and return that."""
        end = time.monotonic() + timeout
        while not (value := self.evaluate(expression)):
            if time.monotonic() > end:
                raise BrowserError(f"after {timeout} seconds, still not: {expression}")
            time.sleep(0.1)
        return value

    def open(self, url):
        """Open a page and wait until it is loaded with all that belongs to it."""
        answer = self.call("Page.navigate", url=url)
        if "errorText" in answer:
            raise BrowserError(f"{url}: {answer['errorText']}")
        self.wait_for("document.readyState == 'complete'")
        self.evaluate("document.fonts.ready.then(() => true)")

    def click(self, selector, text="", timeout=60):
        """Click into the middle of the first visible element with this text."""
        x, y = self.wait_for(
            f"""[...document.querySelectorAll({json.dumps(selector)})]
                .filter(tag => tag.textContent.includes({json.dumps(text)}))
                .map(tag => [tag, tag.getBoundingClientRect()])
                .filter(([tag, box]) => box.width > 0 && box.height > 0)
                .map(([tag, box]) => [box.x + box.width / 2, box.y + box.height / 2])
                [0]""",
            timeout,
        )
        for kind in ["mouseMoved", "mousePressed", "mouseReleased"]:
            self.call(
                "Input.dispatchMouseEvent",
                type=kind,
                x=x,
                y=y,
                button="none" if kind == "mouseMoved" else "left",
                clickCount=1,
            )

    def print_pdf(self, path, **parameters):
        """Print the page into a file; the parameters are those of Page.printToPDF."""
        answer = self.call("Page.printToPDF", **parameters)
        Path(path).write_bytes(base64.b64decode(answer["data"]))

    def screenshot(self, path, whole_page=False):
        """Save what the page looks like as a PNG file."""
        answer = self.call("Page.captureScreenshot", captureBeyondViewport=whole_page)
        Path(path).write_bytes(base64.b64decode(answer["data"]))
