# SPDX-License-Identifier: MIT
"""A browser driven over the WebDriver protocol: as much of it as the test of the page needs, without packages."""
import base64
import json
import os
import subprocess
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class BrowserError(Exception):
    pass


def free_port():
    import socket
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Browser:
    """Headless Chromium and its driver, both ended by close()."""

    def __init__(self, width=1280, height=900, folder="."):
        self.port = free_port()
        self.log = open(os.path.join(folder, "chromedriver.log"), "wb")
        self.driver = subprocess.Popen(["chromedriver", f"--port={self.port}"], stdout=self.log, stderr=self.log)
        arguments = ["--headless=new", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage", "--hide-scrollbars",
                     "--disable-background-networking", "--disable-component-update", "--disable-sync",
                     f"--window-size={width},{height}"]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")
        wanted = {"browserName": "chrome", "goog:chromeOptions": {"args": arguments},
                  "goog:loggingPrefs": {"browser": "ALL"}}
        deadline = time.time() + 30
        while True:
            try:
                got = self.call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
                break
            except (urllib.error.URLError, ConnectionError):
                if time.time() > deadline or self.driver.poll() is not None:
                    self.close()
                    raise
                time.sleep(0.1)
        self.session = f"/session/{got['sessionId']}"

    def call(self, method, path, body=None):
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, {"Content-Type": "application/json"},
                                         method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            value = json.load(error)["value"]
            raise BrowserError(f"{value['error']}: {value['message'].splitlines()[0]}") from None

    def on(self, method, path, body=None):
        return self.call(method, self.session + path, body)

    def open(self, address):
        self.on("POST", "/url", {"url": address})

    def js(self, script, *arguments):
        """The value of a function's body; a promise is waited for."""
        return self.on("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def find(self, selector):
        return self.on("POST", "/element", {"using": "css selector", "value": selector})[ELEMENT]

    def click(self, selector):
        self.js("document.querySelector(arguments[0]).scrollIntoView({block: 'center'})", selector)
        self.on("POST", f"/element/{self.find(selector)}/click", {})

    def type(self, selector, keys):
        """Keys to an element, which gets the focus; \\ue014 is the right arrow, \\ue012 the left one, \\ue004 tab."""
        self.on("POST", f"/element/{self.find(selector)}/value", {"text": keys})

    def press(self, key):
        self.on("POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": [
            {"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]}]})

    def size(self, width, height):
        """Of what the page has: phones are narrower than the narrowest window."""
        self.on("POST", "/goog/cdp/execute", {"cmd": "Emulation.setDeviceMetricsOverride", "params": {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}})

    def media(self, **features):
        self.on("POST", "/goog/cdp/execute", {"cmd": "Emulation.setEmulatedMedia", "params": {
            "features": [{"name": k.replace("_", "-"), "value": v} for k, v in features.items()]}})

    def picture(self, file):
        with open(file, "wb") as out:
            out.write(base64.b64decode(self.on("GET", "/screenshot")))

    def console(self):
        return self.on("POST", "/se/log", {"type": "browser"})

    def wait(self, script, *arguments, seconds=30, what=None):
        """Until a script gives something true, which is given back."""
        deadline = time.time() + seconds
        while True:
            value = self.js(script, *arguments)
            if value:
                return value
            if time.time() > deadline:
                raise BrowserError(f"waited {seconds} s in vain for {what or script}")
            time.sleep(0.05)

    def close(self):
        try:
            if hasattr(self, "session"):
                self.on("DELETE", "")
        except (BrowserError, OSError):
            pass
        self.driver.terminate()
        self.driver.wait()
        self.log.close()
