internal import Crypto
internal import OpenSSH

/// A timeline as one HTML file that plays itself: no outside resource, and a policy that forbids every one.
package enum HTMLExport {
    /// The file. `title` is shown above the page.
    package static func html(_ timeline: StageTimeline, title: String) -> String {
        let events = timeline.events.map { Self.event($0) }
        let policy =
            "default-src 'none'; script-src '\(Self.hash(Self.script))'; style-src '\(Self.hash(Self.style))'; "
            + "base-uri 'none'; form-action 'none'"
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="\(policy)">
            <title>\(Self.escaped(title))</title>
            <style>\(Self.style)</style></head>
            <body><header><h1>\(Self.escaped(title))</h1>
            <button id="play" type="button">Play</button>
            <input id="place" type="range" min="0" max="0" value="0" aria-label="Place in the session">
            <output id="clock">0.0 s</output>
            <select id="speed" aria-label="Speed"><option value="1">×1</option><option value="2">×2</option>\
            <option value="4">×4</option><option value="16">×16</option></select>
            <output id="url"></output></header>
            <div id="frame"><div id="stage"></div><div id="cursor" hidden>◤</div></div>
            <script type="application/json" id="data">\(ExportJSON.list(events))</script>
            <script>\(Self.script)</script></body></html>

            """
    }

    private static func event(_ event: StageTimeline.Event) -> String {
        let at = event.at / 1_000
        switch event.what {
        case .page(let url, let title, let width, let height, let node):
            return
                "[\(at),\"p\",\(ExportJSON.quoted(url)),\(ExportJSON.quoted(title)),"
                + "\(width),\(height),\(Self.node(node))]"
        case .changes(let changes): return "[\(at),\"c\",\(ExportJSON.list(changes.map { Self.change($0) }))]"
        case .cursor(let x, let y): return "[\(at),\"m\",\(x),\(y)]"
        case .cursorGone: return "[\(at),\"g\"]"
        case .press(let x, let y, let what): return "[\(at),\"t\",\(x),\(y),\(ExportJSON.quoted(what))]"
        }
    }

    private static func node(_ node: StageNode) -> String {
        let text = node.text.map { ExportJSON.quoted($0) } ?? "null"
        return
            "[\(node.id),\(ExportJSON.quoted(node.css)),\(text),"
            + "\(ExportJSON.list(node.children.map { Self.node($0) }))]"
    }

    private static func change(_ change: StageChange) -> String {
        switch change {
        case .remove(_, let id): "[\"r\",\(id)]"
        case .add(let parent, let before, let node):
            "[\"a\",\(parent),\(before.map { "\($0)" } ?? "null"),\(Self.node(node))]"
        case .style(let id, let css): "[\"s\",\(id),\(ExportJSON.quoted(css))]"
        }
    }

    private static func hash(_ text: String) -> String {
        "sha256-" + Base64.encode(Array(SHA256.hash(data: Array(text.utf8))))
    }

    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            case "\"": result += "&quot;"
            default: result.unicodeScalars.append(scalar)
            }
        }
    }

    private static let style = """
        body{margin:0;font:14px Arial,sans-serif;background:#14171f;color:#d8dee9}
        header{display:flex;flex-wrap:wrap;gap:8px;align-items:center;padding:8px;background:#3a2a55}
        h1{font-size:14px;margin:0;flex-basis:100%}#place{flex:1}
        #frame{position:relative;display:inline-block;background:#fff}
        #cursor{position:absolute;color:#e0187c;font-size:18px;line-height:1}
        """

    private static let script = """
        "use strict";
        (() => {
          const at = (id) => document.getElementById(id);
          const events = JSON.parse(at("data").textContent);
          const start = events.length ? events[0][0] : 0, end = events.length ? events[events.length - 1][0] : 0;
          const nodes = new Map();
          let next = 0, now = 0, last = null;
          const build = ([id, css, text, children]) => {
            const element = document.createElement("div");
            element.style.cssText = css;
            if (text !== null) element.textContent = text;
            for (const child of children) element.append(build(child));
            nodes.set(id, element);
            return element;
          };
          const change = (step) => {
            if (step[0] === "r") nodes.get(step[1]).remove();
            else if (step[0] === "s") nodes.get(step[1]).style.cssText = step[2];
            else nodes.get(step[1]).insertBefore(build(step[3]), step[2] === null ? null : nodes.get(step[2]));
          };
          const apply = (event) => {
            if (event[1] === "p") {
              nodes.clear();
              at("stage").replaceChildren(build(event[6]));
              at("url").textContent = event[2];
            } else if (event[1] === "c") event[2].forEach(change);
            else if (event[1] === "m" || event[1] === "t") {
              at("cursor").hidden = false;
              at("cursor").style.left = event[2] + "px";
              at("cursor").style.top = event[3] + "px";
            } else at("cursor").hidden = true;
          };
          const show = (time) => {
            if (time < now) { next = 0; at("stage").replaceChildren(); at("cursor").hidden = true; }
            while (next < events.length && events[next][0] - start <= time) apply(events[next++]);
            now = time;
            at("place").value = String(time);
            at("clock").value = (time / 1000).toFixed(1) + " s of " + ((end - start) / 1000).toFixed(1) + " s";
          };
          const tick = (clock) => {
            if (last === null) return;
            show(Math.min(now + (clock - last) * Number(at("speed").value), end - start));
            last = now < end - start ? clock : null;
            at("play").textContent = last === null ? "Play" : "Pause";
            if (last !== null) requestAnimationFrame(tick);
          };
          at("play").addEventListener("click", () => {
            if (last !== null) { last = null; at("play").textContent = "Play"; return; }
            if (now >= end - start) show(0);
            last = performance.now();
            at("play").textContent = "Pause";
            requestAnimationFrame(tick);
          });
          at("place").max = String(end - start);
          at("place").addEventListener("input", () => show(Number(at("place").value)));
          show(0);
          document.documentElement.dataset.ready = "yes";
        })();
        """
}
