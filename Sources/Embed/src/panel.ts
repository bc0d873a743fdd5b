/** All that the session shows: the consent panel, and the status with its End button. */

import { attempt, guarded, Listeners } from "./guard";
import { Handover } from "./handover";
import { looks } from "./styles";
import { Words } from "./words/catalogue";

export interface PanelEvents {
  consentGiven(): void;
  consentRefused(): void;
  endPressed(): void;
}

export class Panel {
  private readonly listeners = new Listeners();
  private status: HTMLElement | null = null;
  private isEndShown = false;
  private modalCount = 0;

  constructor(
    private readonly handover: Handover, private readonly words: Words, private readonly events: PanelEvents,
  ) {}

  start(): void {
    this.attach();
    // A modal dialog of the page makes this panel inert: End still hears a press on its place.
    this.listeners.on<PointerEvent>(window, "pointerdown", (event) => this.heardThroughModal(event), { capture: true });
  }

  stop(): void {
    this.listeners.stop();
    this.handover.host.remove();
  }

  /** Puts the panel back when the page has replaced its body or document element's children. */
  attach(): void {
    const { host } = this.handover;
    if (!host.isConnected) document.documentElement.append(host);
  }

  /** Keeps End in sight: in the page though it was cleared, and above dialogs that were opened since. */
  raise(): void {
    this.attach();
    const modals = modalCount();
    if (modals === this.modalCount) return;
    this.modalCount = modals;
    const { host } = this.handover;
    attempt(() => {
      host.popover = "manual";
      if (host.matches(":popover-open")) host.hidePopover?.();
      if (modals > 0) host.showPopover?.();
    }, undefined);
  }

  showHelp(): void {
    this.status = null;
    this.isEndShown = false;
    this.handover.offer();
  }

  /** Asks; `isRecorded` adds the sentence that the session is recorded. */
  showConsent(isRecorded: boolean): void {
    const panel = this.part("div", "panel");
    panel.setAttribute("role", "dialog");
    panel.setAttribute("aria-label", this.words.title);
    const title = this.part("h2", "title", this.words.title);
    const list = this.part("ul", "list");
    const sentences = isRecorded ? [...this.words.shared, this.words.recorded] : this.words.shared;
    for (const sentence of sentences) list.append(this.part("li", "item", sentence));
    const refuse = (): void => this.events.consentRefused();
    const buttons = this.part("div", "buttons");
    const yes = this.button("consent-yes", this.words.yes, () => this.events.consentGiven());
    buttons.append(yes, this.button("consent-no", this.words.no, refuse));
    panel.append(title, list, buttons);
    panel.addEventListener("keydown", guarded((event: KeyboardEvent) => {
      if (event.isTrusted && event.key === "Escape") refuse();
    }));
    this.show(panel);
    yes.focus({ preventScroll: true });
  }

  /** A status in words, with the End button while something is or may be shared, and with No to what it asks. */
  showStatus(text: string, hasEnd: boolean, refuse?: () => void): void {
    this.attach();
    let { status } = this;
    if (!status || this.isEndShown !== hasEnd) {
      const pill = this.part("div", "pill");
      status = this.part("div", "status");
      status.setAttribute("role", "status");
      status.setAttribute("data-part", "status");
      pill.append(status);
      pill.append(hasEnd ? this.button("end", this.words.end, () => this.events.endPressed())
        : this.button("consent-no", this.words.close, () => this.events.consentRefused()));
      this.show(pill);
      this.status = status;
      this.isEndShown = hasEnd;
    }
    if (status.textContent !== text) status.textContent = text;
    if (!refuse) return;
    status.after(this.button("consent-no", this.words.no, refuse));
    // What is shown next has no such button.
    this.status = null;
  }

  private show(content: HTMLElement): void {
    this.attach();
    this.status = null;
    const frame = this.part("div", "root");
    frame.lang = this.handover.language;
    frame.append(content);
    this.handover.root.replaceChildren(frame);
  }

  private part(tag: string, look: keyof typeof looks, text = ""): HTMLElement {
    const element = document.createElement(tag);
    if (looks[look]) this.handover.dress(element, looks[look]);
    if (text) element.textContent = text;
    return element;
  }

  private button(name: keyof typeof looks, text: string, press: () => void): HTMLButtonElement {
    const element = this.part("button", name, text) as HTMLButtonElement;
    element.type = "button";
    element.setAttribute("data-part", name);
    // Only a person presses: a script of the page that clicks for the shopper gives no consent.
    element.addEventListener("click", guarded((event: MouseEvent) => {
      event.stopPropagation();
      if (event.isTrusted) press();
    }));
    return element;
  }

  private heardThroughModal(event: PointerEvent): void {
    if (!event.isTrusted || !this.isEndShown || modalCount() === 0) return;
    const end = this.handover.root.querySelector('[data-part="end"]');
    if (!end || event.composedPath().includes(this.handover.host)) return;
    const { clientX: x, clientY: y } = event;
    const { left, right, top, bottom } = end.getBoundingClientRect();
    if (x >= left && x <= right && y >= top && y <= bottom) this.events.endPressed();
  }
}

function modalCount(): number {
  return attempt(() => document.querySelectorAll("dialog:modal").length, 0);
}
