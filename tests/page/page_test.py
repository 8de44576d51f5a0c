# SPDX-License-Identifier: MIT
"""The page in a real browser, and a server with small runs behind it. usage: page_test.py MEANFLOW RUNS FOLDER
RUNS holds fm, mf, imf (points) and shapes (pictures); FOLDER takes logs, and a picture of the page where a check fails."""
import os
import shutil
import signal
import subprocess
import sys
import time
import traceback
import urllib.error
import urllib.request

from webdriver import Browser, free_port

meanflow, runs, folder = sys.argv[1:4]
port = free_port()
address = f"http://127.0.0.1:{port}/"
here = os.path.dirname(os.path.abspath(__file__))
accessible = open(os.path.join(here, "accessible.js"), encoding="utf-8").read()


def serve(at=port, *more):
    log = open(os.path.join(folder, "serve.log"), "ab")
    server = subprocess.Popen([meanflow, "serve", runs, "--port", str(at), *more], stdout=log, stderr=log)
    deadline = time.time() + 20
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{at}/healthz", timeout=5).read()
            return server
        except OSError:
            if time.time() > deadline or server.poll() is not None:
                raise SystemExit("the server does not start; see " + folder + "/serve.log")
            time.sleep(0.1)


def end(process):
    process.send_signal(signal.SIGINT)
    process.wait(timeout=20)


PICTURES = "[...document.querySelectorAll('#pictures img')].map(one => one.src).join()"


class Page:
    def __init__(self, browser):
        self.b = browser

    def view(self, name, what):
        self.b.open("about:blank")
        self.b.open(address + "#" + name)
        self.b.wait(f"return +document.getElementById('{what}')?.dataset.shown > 0", what=f"#{what}")

    def settled(self, place, act):
        """Runs act and waits until `place` shows another answer, and no other one follows."""
        before = self.shown(place)
        act()
        self.b.wait(f"return +document.getElementById('{place}').dataset.shown > {before}", what=f"{place} to change")
        while True:
            now = self.shown(place)
            time.sleep(0.15)
            if self.shown(place) == now:
                return

    def shown(self, place):
        return self.b.js(f"return +(document.getElementById('{place}').dataset.shown ?? 0)")

    def slide(self, name, value, event="input"):
        self.b.js("const one = document.getElementById(arguments[0]); one.value = arguments[1];"
                  "one.dispatchEvent(new Event(arguments[2], {bubbles: true}))", name, value, event)

    def text(self, name):
        return self.b.js("return document.getElementById(arguments[0]).textContent", name)

    def pictures(self):
        return self.b.js("return " + PICTURES)

    def no_complaint(self):
        lines = [line for line in self.b.console() if line["level"] in ("SEVERE", "WARNING")]
        assert not lines, lines


def sliders_move_pictures(p):
    p.view("images", "pictures")
    first = p.pictures()
    assert first.count("data:image/png") == int(p.b.js("return document.getElementById('count').value"))
    for name, value in (("omega", "8"), ("steps", "2"), ("seed", "7")):
        old = p.b.js(f"return document.getElementById('{name}').value")
        p.settled("pictures", lambda n=name, v=value: p.slide(n, v))
        assert p.pictures() != first, f"{name} changes nothing"
        p.settled("pictures", lambda n=name, v=old: p.slide(n, v))
        assert p.pictures() == first, f"not the same noise after {name} came back"
    p.settled("pictures", lambda: p.slide("t-min", "0.4"))
    assert p.text("interval-value") == "0.40 – 1.00"
    p.slide("t-max", "0.1")
    assert p.text("interval-value") == "0.40 – 0.40", "a thumb passes the other"
    p.settled("pictures", lambda: (p.slide("t-max", "1"), p.slide("t-min", "0")))
    assert p.pictures() == first
    # By the keyboard, as well.
    p.settled("pictures", lambda: p.b.type("#omega", "\ue010"))  # its end
    assert p.pictures() != first
    p.settled("pictures", lambda: p.slide("omega", "2"))
    p.settled("pictures", lambda: p.b.type("#omega", "\ue014\ue012"))  # right and left
    assert p.pictures() == first
    assert "ms" in p.text("speed")
    milliseconds = p.b.js("return +document.getElementById('pictures').dataset.ms")
    print(f"    {milliseconds:.0f} ms from slider to picture")


def newest_wins(p):
    """Many moves in a row: what is shown in the end is what was asked for last, and all of it."""
    p.view("images", "pictures")
    p.settled("pictures", lambda: p.slide("seed", "14"))
    wanted = p.pictures()
    p.settled("pictures", lambda: p.b.js(
        "const one = document.getElementById('seed');"
        "for (const v of [11, 19, 12, 18, 13, 17, 14]) { one.value = v; one.dispatchEvent(new Event('input')); }"))
    assert p.pictures() == wanted


def classes_and_counts(p):
    p.view("images", "pictures")
    chip = "document.querySelectorAll('#classes input')"
    p.settled("pictures", lambda: p.b.js(f"{chip}[2].click()"))
    p.settled("pictures", lambda: p.b.js(f"{chip}[4].click()"))
    alts = p.b.js("return [...new Set([...document.querySelectorAll('#pictures img')].map(one => one.alt.split(', ')[1]))].length")
    assert alts == 2, f"{alts} classes are shown, two were chosen"
    assert "--labels" in p.text("recipe-command") and "labels=[" in p.text("recipe-python")
    p.settled("pictures", lambda: p.slide("count", "9"))
    assert p.pictures().count("data:image/png") == 9
    p.settled("pictures", lambda: p.b.click("#dice"))


def recipe_makes_the_same(p):
    """The recipe is shown and copied, and what is downloaded holds it."""
    p.view("images", "pictures")
    command = p.text("recipe-command")
    assert command.startswith("meanflow sample ") and "--seed" in command, command
    assert p.text("recipe-python").startswith("import meanflow as mf\n")
    p.b.click("#copy-command")
    p.b.wait("return document.getElementById('copy-command').textContent === 'Copied'")
    same = p.b.js("""
      const body = {model: "shapes", count: 4, seed: 3, omega: 1.5, interval: [0, 1]}, ask = format => fetch("/api/sample",
        {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify({...body, format})});
      const png = new Uint8Array(await (await ask("png")).arrayBuffer()), text = new TextDecoder("latin1").decode(png);
      return text.includes("meanflow sample") && text.includes("meanflow.request");""")
    assert same, "no settings in the PNG"
    p.b.js("""window.saved = []; HTMLAnchorElement.prototype.click = function () { window.saved.push(this.download); };""")
    p.b.click("#download")
    name = p.b.wait("return window.saved[0]")
    assert name == "shapes-seed-0.png", name


def map_takes_settings(p):
    p.view("images", "map")
    cells = "document.querySelectorAll('#map button')"
    assert p.b.js(f"return {cells}.length") >= 20
    # Cells fill one after the other.
    p.b.wait(f"return new Set([...{cells}].map(one => one.firstChild.src)).size > 1")
    p.settled("pictures", lambda: p.b.js(f"{cells}[15].click()"))
    cell = p.b.js(f"const one = {cells}[15]; return [one.dataset.omega, one.dataset.interval, one.getAttribute('aria-pressed')]")
    now = p.b.js("return ['omega', 't-min', 't-max'].map(id => document.getElementById(id).value)")
    assert float(now[0]) == float(cell[0]) and cell[2] == "true", (now, cell)
    assert [float(x) for x in cell[1].split(",")] == [float(now[1]), float(now[2])], (now, cell)
    # A cell is the picture that its settings make.
    index = "+document.getElementById('from-index').value"
    assert p.b.js(f"return {cells}[15].firstChild.src === document.querySelectorAll('#pictures img')[{index}].src")
    p.settled("map", lambda: p.slide("map-vary", "lower", "change"))
    assert p.b.js("return document.querySelectorAll('#map thead th')[2].textContent") == "0.2 – 1"


def between_two_noises(p):
    p.view("images", "strip")
    frames = "[...document.querySelectorAll('#strip img')].map(one => one.src)"
    assert p.b.js(f"return new Set({frames}).size") > 8
    middle = p.b.js("return document.getElementById('between-now').src")
    p.slide("between-at", "0")
    assert p.b.js("return document.getElementById('between-now').src") != middle
    assert p.b.js(f"return {frames}[0] === document.getElementById('between-now').src")
    before = p.b.js(f"return {frames}.at(-1)")
    p.settled("strip", lambda: p.slide("to-seed", "9"))
    assert p.b.js(f"return {frames}.at(-1)") != before
    # Two pictures that are chosen are its ends.
    p.b.js("document.querySelectorAll('#pictures button')[1].click()")
    p.settled("strip", lambda: p.b.js("document.querySelectorAll('#pictures button')[3].click()"))
    ends = p.b.js("return ['from-index', 'to-index'].map(id => document.getElementById(id).value)")
    assert ends == ["1", "3"], ends
    assert p.b.js("return [...document.querySelectorAll('#pictures button')].map(one => one.dataset.end ?? '').join('')") == "AB"
    # How to make the same elsewhere.
    p.b.wait("return document.getElementById('between-command').textContent.includes('--between 0:1,0:3 --count 17')", what="its command")
    assert "between=((0, 1), (0, 3))" in p.text("between-python"), p.text("between-python")
    p.b.js("document.querySelector('#between-part details').open = true")
    p.b.click("#copy-between-command")
    p.b.wait("return document.getElementById('copy-between-command').textContent === 'Copied'")


def keep_and_compare(p):
    p.view("images", "pictures")
    first = p.pictures()
    p.b.click("#keep")
    p.settled("pictures", lambda: p.slide("omega", "1.1"))
    p.b.click("#keep")
    assert p.b.js("return document.querySelectorAll('#kept .card').length") == 2
    differs = p.b.js("return [...document.querySelectorAll('#kept .card:first-child .differs')].map(one => one.previousSibling.textContent)")
    assert differs == ["ω"], differs
    p.settled("pictures", lambda: p.b.js("document.querySelector('#kept .card button').click()"))
    assert p.pictures() == first, "kept settings do not bring the pictures back"
    p.b.js("document.querySelector('#kept .card button:last-child').click()")
    assert p.b.js("return document.querySelectorAll('#kept .card').length") == 1


def points_flow(p):
    p.view("points", "panels")
    titles = p.b.js("return [...document.querySelectorAll('#panels h2')].map(one => one.textContent)")
    assert titles == ["fm", "mf", "imf"], titles
    ink = "return [...document.querySelectorAll('#panels canvas')].map(one => one.toDataURL())"
    p.b.js("document.getElementById('trails').click()")
    p.slide("time", "0")
    noise = p.b.js(ink)
    p.slide("time", "1000")
    data = p.b.js(ink)
    assert all(a != b for a, b in zip(noise, data)), "time moves nothing"
    assert noise[0] == noise[1] == noise[2], "not the same noise for all"
    assert len(set(data)) == 3, "three models end alike"
    assert p.text("time-value") == "t = 0.00"
    for n in range(1, 5):
        before = p.b.js(ink)
        p.b.js(f"document.querySelectorAll('#point-steps input')[{n}].click()")
        assert all(a != b for a, b in zip(before, p.b.js(ink))), "steps change nothing"
    p.b.js("document.getElementById('trails').click()")
    p.slide("time", "400")
    before = p.b.js(ink)
    p.b.click("#flow-1")
    assert all(a != b for a, b in zip(before, p.b.js(ink))), "no point is followed"
    p.b.type("#flow-1", "\ue014")
    p.b.click("#play")
    p.b.wait("return +document.getElementById('time').value > 450", what="play")
    p.b.click("#play")
    p.settled("panels", lambda: p.b.click("#points-dice"))
    assert p.b.js(ink) != before


def runs_live(p):
    """Curves and sheets, and a run that trains while one looks."""
    p.view("runs", "run-list")
    names = p.b.js("return [...document.querySelectorAll('.run b')].map(one => one.textContent)")
    assert sorted(names) == ["fm", "imf", "mf", "shapes"], names
    p.b.wait("return document.querySelectorAll('#chart polyline').length === 4", what="four curves")
    p.b.js("document.querySelectorAll('.run input')[0].click()")
    p.b.wait("return document.querySelectorAll('#chart polyline').length === 3", what="three curves")
    before = p.text("legend")
    p.slide("read-at", "0")
    assert p.text("legend") != before
    p.b.wait("const one = document.getElementById('sheet'); return one.complete && one.naturalWidth > 20", what="a sheet")
    last = p.b.js("return document.getElementById('sheet').src")
    p.slide("sheet-step", "0")
    assert p.b.js("return document.getElementById('sheet').src") != last
    live = subprocess.Popen([meanflow, "train", "toy/imf", "train.steps=100000", "train.batch=64", "model.width=16", "log.every=5",
                             "--threads", "1", "--quiet", "--out", os.path.join(runs, "live")],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        state = "[...document.querySelectorAll('.run')].find(one => one.textContent.includes('live'))?.querySelector('.state').textContent ?? ''"
        p.b.wait(f"return ({state}).startsWith('training')", what="the new run to appear")
        step = f"+(({state}).match(/step (\\d+)/)?.[1] ?? 0)"
        now = p.b.js("return " + step)
        p.b.wait(f"return {step} > {now}", what="its steps to grow")
    finally:
        live.kill()
        live.wait()
        shutil.rmtree(os.path.join(runs, "live"))
    p.b.wait("return document.querySelectorAll('.run').length === 4", what="the run to go")


VIEWS = (("images", "pictures", {"model", "omega", "t-min", "t-max", "steps", "seed", "dice", "count", "keep", "download"}),
         ("points", "panels", {"time", "play", "trails", "points-dice", "flow-0", "flow-2"}),
         ("runs", "run-list", {"run-0", "column", "log-scale", "read-at", "sheet-run", "sheet-step"}))

# Who has the focus, and whether one sees it: a chip's is drawn around its words.
FOCUS = """const one = document.activeElement, style = getComputedStyle(one.matches(".chip input") ? one.nextSibling : one);
  return [one.id || one.textContent.trim() || one.ariaLabel || one.tagName,
          one === document.body || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2)]"""


def readable_by_all(p):
    for name, what, wanted in VIEWS:
        p.view(name, what)
        seen = set()
        for _ in range(45):
            p.b.press("\ue004")
            focus, visible = p.b.js(FOCUS)
            assert visible, f"{name}: one does not see that {focus} has the focus"
            seen.add(focus)
            if wanted <= seen:
                break
        assert wanted <= seen, f"{name}: the keyboard does not reach {wanted - seen}"
        if name == "images":
            p.b.click("#keep")
        for scheme in ("light", "dark"):
            p.b.media(prefers_color_scheme=scheme, prefers_reduced_motion="reduce")
            wrong = p.b.js(accessible)
            assert not wrong, (scheme, name, wrong)
        p.b.size(390, 844)
        time.sleep(0.3)
        wide, wrong = p.b.js("return document.documentElement.scrollWidth"), p.b.js(accessible)
        assert wide <= 390, f"{name} is {wide} pixels wide on a phone"
        assert not wrong, ("phone", name, wrong)
        p.b.size(1280, 900)


def errors_are_told(p):
    p.view("images", "strip")
    p.slide("from-index", "99999999999999999999")
    p.b.wait("return !document.getElementById('between-notice').hidden", what="an error")
    assert len(p.text("between-notice")) > 20
    p.settled("strip", lambda: p.slide("from-index", "0"))
    assert p.b.js("return document.getElementById('between-notice').hidden"), "an error that is over is still shown"


def server_goes_and_comes(p, server):
    p.view("images", "pictures")
    end(server)
    p.b.wait("return document.getElementById('link').dataset.state === 'lost'", what="the end of the server to be told")
    server = serve()
    p.b.wait("return document.getElementById('link').dataset.state === 'live'", what="the server to be found again")
    p.settled("pictures", lambda: p.slide("seed", "5"))
    return server


def behind_a_token(p):
    """For other machines: nothing without the token, and everything once it was in the address."""
    at, token = free_port(), "0123456789abcdef-mine"
    home = f"http://127.0.0.1:{at}/"
    server = serve(at, "--listen", "0.0.0.0", "--token", token)
    try:
        for path in ("", "?token=0123456789abcdef-else", "api/models", "api/runs"):
            try:
                urllib.request.urlopen(home + path, timeout=20)
                raise AssertionError(f"/{path} without the token")
            except urllib.error.HTTPError as error:
                assert error.code == 401, (path, error.code)
        p.b.open(home + "?token=" + token)
        shown = "return +document.getElementById('pictures')?.dataset.shown > 0"
        p.b.wait(shown, what="pictures behind a token")
        assert token not in p.b.js("return location.href + document.cookie"), "the token is seen by scripts"
        p.settled("pictures", lambda: p.slide("seed", "5"))
        p.b.open("about:blank")
        p.b.open(home + "#images")
        p.b.wait(shown, what="pictures by the cookie")
        p.b.open(home + "#runs")
        p.b.wait("return document.querySelectorAll('.run').length === 4", what="runs behind a token")
        p.b.open("about:blank")
    finally:
        end(server)


def main():
    began = time.time()
    server = serve()
    browser = Browser(folder=folder)
    failed = []
    try:
        browser.size(1280, 900)
        browser.media(prefers_reduced_motion="reduce")
        page = Page(browser)
        for check in (sliders_move_pictures, newest_wins, classes_and_counts, recipe_makes_the_same, map_takes_settings, between_two_noises,
                      keep_and_compare, points_flow, runs_live, readable_by_all, behind_a_token):
            at = time.time()
            try:
                check(page)
                page.no_complaint()
                print(f"passed {check.__name__}, {time.time() - at:.1f} s", flush=True)
            except Exception:
                failed.append(check.__name__)
                print(f"FAILED {check.__name__}\n{traceback.format_exc()}", flush=True)
                browser.picture(os.path.join(folder, check.__name__ + ".png"))
        for check in (errors_are_told, server_goes_and_comes):
            try:
                server = (check(page, server) if check is server_goes_and_comes else check(page)) or server
                print(f"passed {check.__name__}", flush=True)
            except Exception:
                failed.append(check.__name__)
                print(f"FAILED {check.__name__}\n{traceback.format_exc()}", flush=True)
    finally:
        browser.close()
        if server.poll() is None:
            end(server)
    print(f"{time.time() - began:.0f} s; failed: {', '.join(failed) or 'none'}")
    return 1 if failed else 0


sys.exit(main())
