"""The script's own buttons, reached from outside.

The panel lives in a closed shadow root, where the page and Playwright's selectors cannot look. The browser's debugging
protocol can: it lists the whole tree, closed roots included. Parts carry `data-part`: help, consent-yes, consent-no,
end.
"""

import time


class PanelError(Exception):
    """A part of the panel did not appear in time."""


class Panel:
    """Finds and presses the parts of the panel on one Playwright page (Chromium only)."""

    def __init__(self, page):
        self.page = page
        self.cdp = page.context.new_cdp_session(page)

    def part(self, name):
        """The backend node id of the part, or None when it is not in the page."""
        root = self.cdp.send("DOM.getDocument", {"depth": -1, "pierce": True})["root"]
        waiting = [root]
        while waiting:
            node = waiting.pop()
            attributes = node.get("attributes", [])
            if name in (v for k, v in zip(attributes[::2], attributes[1::2]) if k == "data-part"):
                return node["backendNodeId"]
            waiting += node.get("children", []) + node.get("shadowRoots", [])
            if "contentDocument" in node:
                waiting.append(node["contentDocument"])
        return None

    def centre(self, name):
        """The middle of the part in CSS pixels of the viewport, or None while it is absent or not laid out."""
        node = self.part(name)
        if node is None:
            return None
        try:
            quad = self.cdp.send("DOM.getBoxModel", {"backendNodeId": node})["model"]["border"]
        except Exception as error:
            if "Could not compute box model" in str(error) or "No node" in str(error):
                return None
            raise
        if len({*quad[::2]}) < 2 or len({*quad[1::2]}) < 2:
            return None
        return sum(quad[::2]) / 4, sum(quad[1::2]) / 4

    def words(self):
        """All text of the panel, a line for each piece; "" while it is absent."""

        def texts(node, is_inside):
            is_inside = is_inside or node["nodeName"].lower() == "alongside-help"
            if is_inside and node["nodeType"] == 3:
                yield node["nodeValue"]
            for child in node.get("children", []) + node.get("shadowRoots", []):
                yield from texts(child, is_inside)

        return "\n".join(texts(self.cdp.send("DOM.getDocument", {"depth": -1, "pierce": True})["root"], False))

    def is_shown(self, name):
        """Whether the part is laid out now."""
        return self.centre(name) is not None

    def wait(self, name, seconds=20.0):
        """Waits until the part is laid out and stands still; returns its middle."""
        end = time.monotonic() + seconds
        before = None
        while time.monotonic() < end:
            place = self.centre(name)
            if place is not None and place == before:
                return place
            before = place
            self.page.wait_for_timeout(50)
        raise PanelError(f"the panel's part {name!r} did not appear within {seconds:g} s")

    def press(self, name, seconds=20.0):
        """Moves the mouse to the part and clicks it, as a shopper does."""
        x, y = self.wait(name, seconds)
        self.page.mouse.move(x, y, steps=8)
        self.page.mouse.click(x, y)
