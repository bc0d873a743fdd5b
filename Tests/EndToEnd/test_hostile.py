"""Pages that break what scripts lean on, in three engines: ours works on, theirs never notices."""

# What the page itself is made of: its own observer meets nothing else of ours than the panel.
OWN = {"HEAD", "BODY", "MAIN", "H1", "P", "UL", "LI", "FORM", "INPUT", "SCRIPT", "META", "TITLE", "#text", "STYLE"}
ERRORS = ["theirs: "]
ENGINES = ["Chromium", "Firefox", "WebKit"]


def shows(stage, link, words):
    stage.relay.wait(lambda: link.of(0x10) and words in " ".join(stage.view(link).texts()), words, 20)


def test_a_page_that_breaks_things_is_shown_and_does_not_notice(stage):
    stage.open("/shops/hostile.html")
    link = stage.share()
    shows(stage, link, "Words that stay")
    stage.run("p.firstChild.data = 'Words that changed'")
    shows(stage, link, "Words that changed")
    # Once this was answered nothing of the page can be relied on: it tells by its title, again and again.
    ruin = "p.style.marginTop = '900px'; ruin(); p.append(' and grew'); scrollBy(0, 300);"
    stage.run("setTimeout(() => { " + ruin + " }, 200);")
    shows(stage, link, "and grew")
    stage.keyframe(link)
    shows(stage, link, "A page that breaks things")
    thrown, errors, seen = title_of(stage, link)
    assert errors == "" and thrown > 3
    assert set(seen) - OWN == {"ALONGSIDE-HELP"}, "the page met more of us than the panel"


def title_of(stage, link):
    """What the page's title tells: how often it threw, errors that are not its own, what its observer met."""

    def told():
        title = stage.view(link).members["page"]["title"]
        return title.split("|") if title.count("|") == 2 else None

    thrown, errors, seen = stage.relay.wait(told, "the page's report")
    return int(thrown), errors, seen.split(",")


def test_closed_roots_are_shown_and_their_making_looks_like_the_browsers(stage):
    stage.open("/shops/frames.html")
    link = stage.share()
    shows(stage, link, "closed")
    assert stage.run("return document.querySelector('closed-card').shadowRoot") is None
    told = stage.run("""
      const make = Element.prototype.attachShadow;
      let error = '';
      try { make.call(document.createElement('input'), { mode: 'open' }); } catch (one) { error = one.name; }
      return [make.name, make.length, /\\[native code\\]/.test(Function.prototype.toString.call(make)), error,
        Object.keys(Element.prototype).includes('attachShadow')];
    """)
    assert told == ["attachShadow", 1, True, "NotSupportedError", True]


def test_a_policy_with_trusted_types_is_met(stage):
    stage.open("/strict.html?trusted")
    link = stage.share()
    shows(stage, link, "A strict page")
    stage.run("document.querySelector('h1').textContent = 'A strict page that changed'")
    shows(stage, link, "that changed")
    told = stage.run("return violations")
    print(f"\n{stage.name}: trustedTypes is {stage.run('return typeof trustedTypes')}, violations: {told}")
    assert [one for one in told if one != "img-src"] == []
