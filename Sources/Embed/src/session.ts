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
import { forget, Memory, recall, remember } from "./store";
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
  /** The other site that the shopper is about to go to. */
  private goingTo = "";
  private wasWatched = false;

  constructor(private readonly site: Site, private readonly handover: Handover, private readonly words: Words) {
    this.panel = new Panel(handover, words, {
      consentGiven: () => this.agreed(),
      consentRefused: () => this.refused(),
      endPressed: () => this.end(),
    });
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
    this.claim(recall());
  }

  /** The shopper pressed Help. */
  ask(): void {
    this.panel.showConsent(this.isSiteRecorded);
  }

  /** Gives up for good: nothing is shown or sent any more. */
  stop(): void {
    this.drop();
    this.listeners.stop();
    this.panel.stop();
  }

  /** A copied tab brings a copied memory: only one of them may go on with the session. */
  private claim(memory: Memory | null): void {
    if (!memory) return;
    if (!memory.isHeld) return this.resume(memory);
    // The tab that holds the session answers; silence means that it died without a word.
    if (typeof BroadcastChannel === "undefined") return forget();
    const channel = new BroadcastChannel("alongside");
    let isAnswered = false;
    channel.onmessage = guarded((event: MessageEvent) => {
      isAnswered = isAnswered || event.data === `held ${memory.session}`;
    });
    channel.postMessage(`who ${memory.session}`);
    later(guarded(() => {
      channel.close();
      if (isAnswered) forget();
      else this.resume(memory);
    }), 200);
  }

  private channel: BroadcastChannel | null = null;

  private hold(memory: Memory): void {
    this.memory = memory;
    memory.isHeld = true;
    remember(memory);
    if (this.channel || typeof BroadcastChannel === "undefined") return;
    const channel = new BroadcastChannel("alongside");
    channel.onmessage = guarded((event: MessageEvent) => {
      if (this.memory?.session && event.data === `who ${this.memory.session}`) {
        channel.postMessage(`held ${this.memory.session}`);
      }
    });
    this.channel = channel;
  }

  private resume(memory: Memory): void {
    this.hold({ ...memory, page: memory.page + 1 });
    this.panel.showStatus(this.words.connecting, true);
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
      isHeld: true, isRecordingTold: this.isSiteRecorded,
    });
    this.attempts = 0;
    this.panel.showStatus(this.words.connecting, true);
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
    switch (kind) {
      case Kind.welcome: return this.welcomed(body);
      case Kind.acknowledge: return this.acknowledged(Number(body["talk"]) || 0);
      case Kind.watch: return this.watched(body["on"] === true, names(body["reps"]));
      case Kind.keyframeRequest: return this.mirror.sendKeyframe();
      case Kind.look: return this.mirror.lookAt(Number(body["y"]) || 0, Number(body["height"]) || 0);
      case Kind.place:
        if (!this.wasWatched) {
          this.status(filled(this.words.waiting, "place", String(Number(body["position"]) || 1)));
        }
        return;
      case Kind.end: return this.finished(this.words.thanks);
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

  private watched(isOn: boolean, reps: string[]): void {
    this.names = reps;
    if (isOn && this.isConsented && this.link && this.memory) {
      this.wasWatched = true;
      this.noticed(null);
      this.mirror.start(this.link, this.memory.page);
    } else {
      this.mirror.stop();
      if (this.wasWatched) this.status(this.words.paused);
      this.wasWatched = false;
    }
  }

  /** The page is not shown any more, for a reason; or it is again. */
  private noticed(notice: Notice | null): void {
    if (notice === "cost") this.status(this.words.slow);
    else if (notice) this.status(this.words.hidden);
    else this.status(filled(this.words.looking, "name", this.names.join(", ") || "…"));
  }

  private status(text: string): void {
    // The question stays until it is answered.
    if (this.isAsking) return;
    this.panel.showStatus(text, true);
  }

  private closed(code: number): void {
    this.mirror.stop();
    this.link = null;
    this.isAsking = false;
    const closing = closingOf(code);
    switch (closing) {
      case "again":
        if (this.isEnding) return this.finished(this.words.thanks);
        this.status(isBusy(code) ? this.words.busy : this.words.lost);
        this.timer = later(guarded(() => this.connect()), pauseBefore(this.attempts, Math.random()));
        this.attempts += 1;
        return;
      case "ended": return this.finished(this.words.thanks);
      case "replaced":
        this.drop();
        return this.panel.showHelp();
      case "unavailable": return this.finished(this.words.unavailable);
      case "fault": return this.finished(this.isEnding ? this.words.thanks : this.words.fault);
    }
  }

  /** Ends the session for everyone, even where the relay does not answer. */
  private end(): void {
    this.mirror.stop();
    this.isEnding = true;
    if (!this.link || !this.memory?.session) return this.finished(this.words.thanks);
    this.link.control(Kind.end, { "why": "shopper" });
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
    this.memory = null;
    this.isAsking = false;
    this.wasWatched = false;
    this.channel?.close();
    this.channel = null;
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
    this.channel?.close();
    this.channel = null;
    if (!this.memory) return;
    this.memory.isHeld = false;
    remember(this.memory);
  }

  /** The page was kept by the browser, and is shown again. */
  pageCameBack(): void {
    // The document slept while the tab may have gone on elsewhere: its memory is the tab's, not this document's.
    this.memory = null;
    const memory = recall();
    if (memory) this.resume(memory);
    else this.panel.showHelp();
  }
}

function names(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((name): name is string => typeof name === "string") : [];
}

/** What a ticket says of the page; as clean as the view itself. */
function pageDetails(): unknown {
  if (isPageHidden()) return { "url": location.origin, "title": "", "language": "" };
  return {
    "url": cutText(scrubbedAddress(window.location.href), Limits.textBytesMax),
    "title": cutText(scrubbed(document.title), Limits.textBytesMax),
    "language": cutText(document.documentElement.lang || "", 35),
  };
}
