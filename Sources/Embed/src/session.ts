/** The shopper's session from the Help button to the end: who may be told what, and when. */

import { closingOf, isBusy, pauseBefore } from "./closing";
import { Link, LinkEvents } from "./link";
import { Mirror } from "./capture/mirror";
import { isPageHidden, Notice } from "./capture/notice";
import { scrubbed, scrubbedAddress } from "./capture/scrub";
import { attempt, guarded, Listeners } from "./guard";
import { Handover } from "./handover";
import { cancelLater, later } from "./natives";
import { Panel } from "./panel";
import { forget, Kept, Memory, packed, recall, remember, unpacked } from "./store";
import { Message, Row, Tabs } from "./tabs";
import { cutText, Kind, Limits } from "./wire";
import { consentTextVersion, filled, recordedTextVersion, Words } from "./words/catalogue";

/** After a restart of the relay the script consents again by itself, when the shopper did so this recently. */
const consentAgeMax = 30 * 60_000;
const thanksDuration = 6000;
const endAnswerDurationMax = 3000;
const scriptVersion = "1";

export interface Site {
  relay: string;
  key: string;
}

export class Session {
  private readonly panel: Panel;
  private readonly listeners = new Listeners();
  private readonly mirror: Mirror;
  private link: Link | null = null;
  private memory: Memory | null = null;
  private attempts = 0;
  private timer: number | undefined;
  private isEnding = false;
  /** Whether the relay holds the consent of this link's session on disk. */
  private isConsented = false;
  /** Whether the relay said that it records this site's sessions. */
  private isSiteRecorded = false;
  /** Whether the panel asks anew, on an open link, because the first text said nothing of a recording. */
  private isAsking = false;
  private names: string[] = [];
  /** Whether the relay's audit log has failed. */
  private isUnrecorded = false;
  /** The other site that the shopper is about to go to. */
  private goingTo = "";
  private wasWatched = false;
  private readonly tabs: Tabs;
  /** Whether this tab has just asked for another one that holds the session. */
  private isNew = false;
  /** Whether another tab holds the session. */
  private isFollowing = false;
  /** Whether there is another tab that follows this one. */
  private isFollowed = false;
  /** Whether another tab was given what this one remembers: its token may be spent. */
  private isGiven = false;
  /** This tab's number: the rep asks for it by that, and it asks for the session. */
  private readonly number = Math.ceil(Math.random() * 0xffff_ffff) || 1;
  /** The same while this tab asks for the session, else 0. */
  private asker = 0;
  /** What a rep asks for: the number of the ask, and the tab's. */
  private wish: [ask: number, tab: number] | null = null;
  /** What the tab that held the session left as its document ended. */
  private left: Kept | null = null;

  constructor(private readonly site: Site, private readonly handover: Handover, private readonly words: Words) {
    this.panel = new Panel(handover, words, {
      consentGiven: () => this.agreed(),
      consentRefused: () => this.refused(),
      endPressed: () => this.isFollowing ? void this.tabs.say("end") : this.end(),
    });
    this.tabs = new Tabs(handover.channel, (message) => this.heard(message));
    this.mirror = new Mirror(handover.host, () => this.panel.raise(), (notice) => this.noticed(notice));
  }

  start(): void {
    this.panel.start();
    this.listeners.on(window, "pagehide", () => this.pageLeft());
    // The network is back, or the machine has woken up: no need to wait for the next attempt's time.
    this.listeners.on(window, "online", () => {
      if (this.memory && !this.link) this.connect();
    });
    // Where browsers tell: a shopper who goes to pay elsewhere comes back, and the rep may know.
    if (window.navigation) {
      this.listeners.on<NavigateEvent>(window.navigation, "navigate", ({ destination }) => {
        const { host } = new URL(destination.url);
        this.goingTo = host === location.host ? "" : host;
      });
    }
    this.listeners.on(window, "focus", () => this.follow());
    this.find(recall());
  }

  /** The shopper pressed Help. */
  ask(): void {
    this.panel.showConsent(this.isSiteRecorded);
  }

  /** Gives up for good: nothing is shown or sent any more. */
  stop(): void {
    this.drop();
    this.tabs.close();
    this.listeners.stop();
    this.panel.stop();
  }

  /** A copied tab brings a copied memory: where another tab holds the session, this one follows it. */
  private find(memory: Memory | null): void {
    if (memory && !memory.isHeld) return this.resume(memory);
    if (!this.tabs.say("who")) return forget();
    this.isNew = true;
    // Silence means that the tab which held it died without a word.
    later(guarded(() => {
      this.isNew = false;
      if (memory && !this.memory && !this.isFollowing) this.resume(memory);
    }), 200);
  }

  private heard([what, tab = 0, more]: Message): void {
    const { memory } = this;
    if (memory) {
      if (what === "end") return this.end();
      if (what === "here") this.mirror.tabs.set(tab, more as Row);
      if (what !== "who" && what !== "give") return;
      this.isFollowed = true;
      if (what === "who" || !memory.session || this.isAsking) this.tabs.say("held");
      else {
        this.isGiven = true;
        this.tabs.say("take", tab, packed(memory));
        this.answer(this.wish?.[1] === tab ? "yes" : "lapsed");
      }
    } else if (what === "held") {
      this.stayBehind();
      if (this.isNew) this.follow();
      this.isNew = false;
    } else if (this.isFollowing) {
      if (what === "left") this.left = more as Kept;
      else if (what === "take" && tab === this.asker) this.take(more as Kept);
      else if (what === "over") this.take(null);
      else if (what === "show" && tab === this.number) this.panel.showStatus(more as string, true);
    }
  }

  /** The shopper looks at this tab: the session goes on here. */
  private follow(): void {
    if (this.asker || !this.isFollowing || !document.hasFocus()) return;
    this.tabs.say("give", this.asker = this.number);
    later(guarded(() => {
      if (this.isFollowing && this.asker) this.take(this.left);
      this.asker = 0;
    }), 300);
  }

  private take(kept: Kept | null | undefined): void {
    this.isFollowing = false;
    if (!kept) return this.panel.showHelp();
    const memory = unpacked(kept);
    this.resume({ ...memory, tab: memory.tab + 1 });
  }

  /** Shows that another tab is shared, and waits for the shopper to look at this one. */
  private stayBehind(): void {
    forget();
    this.left = null;
    this.asker = 0;
    this.isFollowing = true;
    this.status(this.words.elsewhere);
    const { url, title } = pageDetails();
    this.tabs.say("here", this.number, isPageHidden() ? null : [this.number, title, url]);
  }

  /** A rep asks for another tab. No page can open it, so the shopper is asked to: going there says yes. */
  private askedFor(ask: number, tab: number, name: string): void {
    this.answer("lapsed");
    this.wish = [ask, tab];
    const row = this.mirror.tabs.get(tab);
    if (!row) return this.answer("gone");
    const text = filled(filled(this.words.asked, "name", name), "tab", row[1] || row[2]);
    this.panel.showStatus(text, true, () => this.answer("no"));
    this.tabs.say("show", tab, text);
  }

  /** Says what became of the open ask, if any; all panels say again what they said before. */
  private answer(word: string): void {
    const { wish } = this;
    if (!wish) return;
    this.wish = null;
    this.link?.control(Kind.answer, { "ask": wish[0], "answer": word });
    this.tabs.say("held");
    this.noticed(this.mirror.told);
  }

  private hold(memory: Memory): void {
    this.isGiven = this.isFollowing = false;
    this.mirror.tabs.clear();
    this.memory = memory;
    this.isFollowed = this.isFollowed || memory.isHeld;
    memory.isHeld = true;
    remember(memory);
    this.tabs.say("held");
  }

  private resume(memory: Memory): void {
    this.hold({ ...memory, page: memory.page + 1 });
    this.status(this.words.connecting);
    this.connect();
  }

  private agreed(): void {
    const { memory, link } = this;
    if (!this.isAsking || !memory || !link) return this.begin();
    this.isAsking = false;
    memory.consentedAt = Date.now();
    memory.isRecordingTold = true;
    this.status(this.words.connecting);
    this.consent(memory, link, "given");
  }

  private refused(): void {
    const { memory, link } = this;
    if (this.isAsking && memory && link) {
      memory.isRecordingTold = true;
      this.consent(memory, link, "refused");
      this.drop();
    }
    this.panel.showHelp();
  }

  private begin(): void {
    this.hold({
      session: "", resume: "", talk: 0, consentedAt: Date.now(), language: this.handover.language, page: 1,
      isHeld: false, isRecordingTold: this.isSiteRecorded, tab: 1,
    });
    this.attempts = 0;
    this.status(this.words.connecting);
    this.connect();
  }

  private connect(): void {
    cancelLater(this.timer);
    this.isConsented = false;
    this.isEnding = false;
    this.isAsking = false;
    const events: LinkEvents = {
      opened: () => {
        if (link) this.hello(link);
      },
      received: (kind, body) => {
        if (link === this.link) this.received(kind, (body ?? {}) as Record<string, unknown>);
      },
      closed: (code) => {
        if (link === this.link) this.closed(code);
      },
    };
    // A page on https may not open a plain WebSocket: that throws, and will throw again.
    const link = attempt(() => new Link(this.site.relay, events), null);
    this.link = link;
    if (!link) this.finished(this.words.unavailable);
  }

  private hello(link: Link): void {
    const memory = this.memory;
    if (!memory || link !== this.link) return;
    link.control(Kind.hello, {
      "site": this.site.key,
      "page": pageDetails(),
      "resume": memory.resume || undefined,
      "continues": memory.session || undefined,
      "script": scriptVersion,
    });
  }

  private received(kind: number, body: Record<string, unknown>): void {
    const number = (name: string): number => Number(body[name]) || 0;
    switch (kind) {
      case Kind.welcome: return this.welcomed(body);
      case Kind.acknowledge: return this.acknowledged(number("talk"));
      case Kind.watch: return this.watched(body["on"] === true, names(body["reps"]), body["unrecorded"] === true);
      case Kind.keyframeRequest: return this.mirror.sendKeyframe();
      case Kind.look: return this.mirror.lookAt(number("y"), number("height"));
      case Kind.ask:
        if (body["picture"]) return this.mirror.refine(number("picture"));
        return this.askedFor(number("ask"), number("tab"), String(body["rep"]));
      case Kind.place:
        if (!this.wasWatched) {
          this.status(filled(this.words.waiting, "place", String(number("position") || 1)));
        }
        return;
      case Kind.end:
        // For the shop: `detail` is the path at the relay where the receipt of the session soon is.
        if (body["receipt"]) dispatchEvent(new CustomEvent("alongside:receipt", { detail: body["receipt"] }));
        return this.finished(this.words.thanks);
      default: return;
    }
  }

  private welcomed(body: Record<string, unknown>): void {
    const { memory, link } = this;
    if (!memory || !link) return;
    link.session = Number(body["number"]) || 0;
    this.attempts = 0;
    const isResumed = body["resumed"] === true;
    const mayConsent = Date.now() - memory.consentedAt < consentAgeMax;
    memory.session = String(body["session"] ?? "");
    memory.resume = String(body["resume"] ?? "");
    memory.talk = isResumed ? Number(body["talk"]) || 0 : 0;
    if (!isResumed) this.wasWatched = false;
    remember(memory);
    this.isSiteRecorded = body["recorded"] === true;
    this.isConsented = isResumed && body["consented"] === true;
    this.status(this.words.connecting);
    // A consent that the relay holds already is acknowledged once it is on disk; a second one would be out of order.
    if (this.isConsented || memory.talk > 0) return;
    if (!mayConsent) {
      this.drop();
      this.panel.showConsent(this.isSiteRecorded);
      return;
    }
    if (this.isSiteRecorded && !memory.isRecordingTold) {
      this.isAsking = true;
      this.panel.showConsent(true);
      return;
    }
    this.consent(memory, link, "given");
  }

  /** What the shopper decided, on the text that was shown: a recording is agreed to only where it was told. */
  private consent(memory: Memory, link: Link, decision: "given" | "refused"): void {
    memory.talk += 1;
    link.talk(Kind.consent, memory.talk, {
      "decision": decision,
      "text": memory.isRecordingTold ? recordedTextVersion : consentTextVersion,
      "language": memory.language,
      "scope": this.isSiteRecorded && memory.isRecordingTold ? ["view", "record"] : ["view"],
    });
  }

  private acknowledged(talk: number): void {
    if (!this.memory || talk < this.memory.talk) return;
    this.isConsented = true;
    remember(this.memory);
  }

  private watched(isOn: boolean, reps: string[], isUnrecorded: boolean): void {
    this.names = reps;
    this.isUnrecorded = isUnrecorded;
    if (isOn && this.isConsented && this.link && this.memory) {
      this.wasWatched = true;
      this.noticed(null);
      this.mirror.start(this.link, this.memory.page, this.memory.tab);
    } else {
      this.answer("lapsed");
      this.mirror.stop();
      if (this.wasWatched) this.status(this.words.paused);
      this.wasWatched = false;
    }
  }

  /** The page is not shown any more, for a reason; or it is again. */
  private noticed(notice: Notice | null): void {
    if (notice === "cost") this.status(this.words.slow);
    else if (notice) this.status(this.words.hidden);
    else {
      this.status(filled(this.words.looking, "name", this.names.join(", ") || "…")
        + (this.isUnrecorded ? this.words.unrecorded : ""));
    }
  }

  private status(text: string): void {
    // The question stays until it is answered.
    if (this.isAsking || this.wish) return;
    this.panel.showStatus(text, true);
  }

  private closed(code: number): void {
    this.mirror.stop();
    this.link = this.wish = null;
    this.isAsking = false;
    const closing = closingOf(code);
    const { memory, isGiven } = this;
    if (isGiven && memory && (closing === "again" || closing === "replaced")) {
      this.memory = null;
      if (closing === "replaced") return this.stayBehind();
      this.isGiven = false;
      return this.find(memory);
    }
    if (closing === "replaced") {
      this.drop();
      this.panel.showHelp();
    } else if (closing === "ended" || this.isEnding) this.finished(this.words.thanks);
    else if (closing !== "again") this.finished(this.words[closing]);
    else {
      this.status(isBusy(code) ? this.words.busy : this.words.lost);
      this.timer = later(guarded(() => this.connect()), pauseBefore(this.attempts, Math.random()));
      this.attempts += 1;
    }
  }

  /** Ends the session for everyone, even where the relay does not answer. */
  private end(): void {
    this.mirror.stop();
    this.isEnding = true;
    if (!this.link || !this.memory?.session) return this.finished(this.words.thanks);
    this.link.control(Kind.end, { "why": "shopper" });
    this.tabs.say("over");
    this.memory = null;
    forget();
    this.panel.showStatus(this.words.thanks, false);
    this.timer = later(guarded(() => this.finished(this.words.thanks)), endAnswerDurationMax);
  }

  private finished(text: string): void {
    this.drop();
    this.panel.showStatus(text, false);
    this.timer = later(guarded(() => this.panel.showHelp()), thanksDuration);
  }

  private drop(): void {
    cancelLater(this.timer);
    this.mirror.stop();
    const link = this.link;
    this.link = null;
    link?.close(1000);
    if (this.memory) this.tabs.say("over");
    this.memory = this.wish = null;
    this.isAsking = false;
    this.wasWatched = false;
    forget();
  }

  private pageLeft(): void {
    cancelLater(this.timer);
    if (this.goingTo) this.mirror.sayAway(this.goingTo);
    this.mirror.stop();
    const link = this.link;
    this.link = null;
    // Without a code: the session goes on in the next document.
    link?.close();
    if (this.memory && !this.isGiven) {
      this.memory.isHeld = this.isFollowed;
      remember(this.memory);
      this.tabs.say("left", 0, packed(this.memory));
    } else if (this.isFollowing) this.tabs.say("here", this.number);
    this.tabs.close();
  }

  /** The page was kept by the browser, and is shown again. */
  pageCameBack(): void {
    // The document slept while the tab may have gone on elsewhere: its memory is the tab's, not this document's.
    this.memory = null;
    this.isFollowing = false;
    const memory = recall();
    if (!memory) this.panel.showHelp();
    this.find(memory);
  }
}

function names(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((name): name is string => typeof name === "string") : [];
}

/** What a ticket says of the page; as clean as the view itself. */
function pageDetails(): { url: string; title: string; language: string } {
  if (isPageHidden()) return { "url": location.origin, "title": "", "language": "" };
  return {
    "url": cutText(scrubbedAddress(window.location.href), Limits.textBytesMax),
    "title": cutText(scrubbed(document.title), Limits.textBytesMax),
    "language": cutText(document.documentElement.lang || "", 35),
  };
}
