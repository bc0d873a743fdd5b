"""Pictures of the rep's terminal beside the browser's: six pages in a real xterm, compared tile by tile.

ALONGSIDE_PICTURES names a folder that keeps both pictures of each page and its view, to be looked at.
"""

import base64
import json
import os
import pathlib

import pytest

from xterm_picture import XtermPicture, png

# The page, and what the shopper did before the picture.
PAGES = {
    "product": [],
    "basket": [],
    "checkout": ["click:.prim"],
    "cookies": ["click:#no", "click:#open"],
    "rtl": [],
    "layers": ["run:sc.scrollTop = 180"],
}
# Tiles of the picture, and how far a tile's mean colour may be from the browser's, of 255, on the mean and at p95.
TILES = (40, 25)
MEAN_MAX, P95_MAX = 12, 45
HEAD_LINES, FOOT_LINES, ROWS = 2, 2, 56

TILE = """async ([data, tiles, top, bottom]) => {
  const image = await createImageBitmap(await (await fetch('data:image/png;base64,' + data)).blob());
  const pen = new OffscreenCanvas(...tiles).getContext('2d');
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(image, 0, image.height * top, image.width, image.height * (bottom - top), 0, 0, ...tiles);
  return [...pen.getImageData(0, 0, ...tiles).data];
}"""


def keyframe(stage, link):
    """The seat's view as one keyframe."""
    model = stage.view(link)
    layers = [model.layers[layer] for layer in model.layer_order]
    blocks = [[identity, *model.blocks[identity]] for identity in model.order]
    return {**model.members, "layers": layers, "blocks": blocks}


def tiles(browser, picture, top=0.0, bottom=1.0):
    data = browser.page.evaluate(TILE, [base64.b64encode(picture).decode(), TILES, top, bottom])
    return [data[place : place + 3] for place in range(0, len(data), 4)]


@pytest.mark.parametrize("name", PAGES)
def test_the_terminal_looks_like_the_browser(whole, name, tmp_path):
    whole.fresh()
    page = whole.open(f"/shops/{name}.html")
    link = whole.browser.share(whole.relay)
    page.mouse.move(1270, 5)
    for step in PAGES[name]:
        whole.act(step)
    title = page.title()
    whole.seen(link)
    shown = page.screenshot()
    view = keyframe(whole, link)
    view["page"]["title"] = title
    with XtermPicture(view, tmp_path) as terminal:
        drawn = png(*terminal.settled())
    keep(name, shown, drawn, view)
    whole.browser.new_context().goto(whole.server.address + "/form.html")
    ours = tiles(whole.browser, drawn, HEAD_LINES / ROWS, 1 - FOOT_LINES / ROWS)
    theirs = tiles(whole.browser, shown)
    far = sorted(sum(abs(a - b) for a, b in zip(one, other)) / 3 for one, other in zip(ours, theirs))
    mean, p95 = sum(far) / len(far), far[len(far) * 95 // 100]
    print(f"\n{name}: tiles differ by {mean:.1f} on the mean, p95 {p95:.1f}, of 255")
    assert mean <= MEAN_MAX and p95 <= P95_MAX


def keep(name, shown, drawn, view):
    folder = os.environ.get("ALONGSIDE_PICTURES")
    if folder:
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        pathlib.Path(folder, f"{name}-browser.png").write_bytes(shown)
        pathlib.Path(folder, f"{name}-terminal.png").write_bytes(drawn)
        pathlib.Path(folder, f"{name}.json").write_text(json.dumps(view, ensure_ascii=False))


# Colours of a picture from left to right and from the top down, far from each other and from the page's ground.
GRID = [[(240, 30, 30), (30, 160, 40)], [(30, 40, 220), (250, 220, 40)]]
PICTURE_PX = (320, 160, 480, 320)
VIEW = {
    "page": {"id": 1, "url": "https://shop.example/", "title": "Picture"},
    "viewport": [1280, 800],
    "size": [1280, 800],
    "ground": 0xFFFFFFFF,
    "layers": [[0, 0, 0, 0, 0, 1280, 800, 0, 0]],
    "blocks": [
        [
            1,
            0,
            *PICTURE_PX[:2],
            [
                ["t", 0, -60, 300, 16, "A boot, and what it is called", 0x000000FF, 0, 14],
                ["i", 0, 0, *PICTURE_PX[2:], "image", "A boot", 0x808080FF]
                + [2, "".join(f"{r >> 4:x}{g >> 4:x}{b >> 4:x}f" for row in GRID for r, g, b in row)],
            ],
        ]
    ],
}


def drawn_with(folder, *flags):
    folder.mkdir()
    with XtermPicture(VIEW, folder, flags=flags) as terminal:
        return terminal.settled()


def colour_at(picture, x, y):
    """The colour of the terminal's picture where the page has (x, y)."""
    width, height, rgb = picture
    cell = height / ROWS
    column = round(x / VIEW["viewport"][0] * width)
    row = round(HEAD_LINES * cell + y / VIEW["viewport"][1] * (ROWS - HEAD_LINES - FOOT_LINES) * cell)
    place = (row * width + column) * 3
    return tuple(rgb[place : place + 3])


def colours_across(picture):
    """What one line of pixels through the picture's upper part shows."""
    left, top, width, height = PICTURE_PX
    return [colour_at(picture, left + step, top + height // 5) for step in range(8, width - 8)]


def test_a_terminal_with_sixels_shows_pictures_in_pixels(tmp_path):
    blocks, sixels = drawn_with(tmp_path / "blocks"), drawn_with(tmp_path / "sixels", "-ti", "vt340")
    folder = os.environ.get("ALONGSIDE_PICTURES")
    if folder:
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        pathlib.Path(folder, "picture-blocks.png").write_bytes(png(*blocks))
        pathlib.Path(folder, "picture-sixels.png").write_bytes(png(*sixels))
    left, top, width, height = PICTURE_PX
    for picture in (blocks, sixels):
        for row, colours in enumerate(GRID):
            for column, wanted in enumerate(colours):
                seen = colour_at(picture, left + width * (0.1 + 0.8 * column), top + height * (0.1 + 0.8 * row))
                assert max(abs(a - b) for a, b in zip(seen, wanted)) < 40, (row, column, seen)
        assert colour_at(picture, left - 20, top + 20) == (255, 255, 255), "left of the picture is the page"
        assert colour_at(picture, left + width + 20, top + 20) == (255, 255, 255), "right of it is the page"
    assert colours_across(blocks) != colours_across(sixels), "the terminal was sent no sixels"
