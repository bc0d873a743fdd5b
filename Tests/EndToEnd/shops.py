"""The test shops and what a shopper does on each: a step is a script for the page, or a touch of mouse or keyboard."""

STEPS = {
    "grid": ["scrollTo(0, 420)", "sortGrid()", "scrollTo(0, 0)", "click:aside input >> nth=1"],
    "product": ["click:[role=tab] >> nth=1", "click:summary >> nth=1", "scrollTo(0, 500)", "resize:900"],
    "basket": ["click:.promo button", "scrollTo(0, 300)", "click:.rm >> nth=2"],
    "checkout": [
        "click:.prim",
        "type:[name=given]:Eleanor",
        "type:[name=family]:Whitcombe",
        "type:[name=post]:SW1A 1AA",
        "click:.prim",
        "click:.prim",
    ],
    "account": ["type:#p:correct horse", "click:.eye", "click:.toggle"],
    "cookies": ["click:#no", "click:[popovertarget]", "press:Escape", "click:#open"],
    "menu": ["hover:#bar > li >> nth=1", "move:1200,700", "click:#drop button"],
    "rtl": ["document.querySelector('.side').scrollLeft = -300", "type:input:Leila"],
    "large": ["scrollTo(0, 20000)", "grid.children[600].prepend('Fresh ')", "scrollTo(0, 90000)"],
    "endless": ["scrollTo(0, 1500)", "scrollTo(0, 6000)"],
    "carousel": ["next()", "document.getElementById('rail').scrollLeft = 700", "next()"],
    "frames": [
        "document.querySelector('iframe').contentWindow.scrollTo(0, 120)",
        "document.querySelector('closed-card').say('Changed in the closed root')",
        "document.querySelector('iframe').contentWindow.scrollTo(0, 0)",
        "document.querySelector('iframe').contentDocument.querySelector('button').click()",
    ],
    "type": ["resize:1000"],
    "zoom": ["box.scrollTop = 60", "document.querySelector('main').style.zoom = 1.1", "scrollTo(0, 90)"],
    "layers": ["sc.scrollTop = 180", "scrollTo(0, 160)"],
}
# What a page is not whole without, which comes by and by.
READY = {"frames": "!!document.querySelector('closed-card').say"}
