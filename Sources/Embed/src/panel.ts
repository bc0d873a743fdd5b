/** All that the script shows: a Help button, the consent panel, the status with its End button. */

import { attempt, guarded, Listeners } from "./guard";
import { applyStyles } from "./styles";
import { Words } from "./words/catalogue";

export interface PanelEvents {
  helpPressed(): void;
  consentGiven(): void;
  consentRefused(): void;
  endPressed(): void;
}

export class Panel {
  readonly host: HTMLElement = document.createElement("alongside-help");
  private readonly root: ShadowRoot;
  private readonly look: (part: HTMLElement, name: string) => void;
  private readonly listeners = new Listeners();
  private status: HTMLElement | null = null;
  private isEndShown = false;
  private modalCount = 0;

  constructor(
    private readonly words: Words, private readonly language: string, private readonly events: PanelEvents,
  ) {
    this.root = this.host.attachShadow({ mode: "closed" });
    this.look = applyStyles(this.host, this.root);
  }

  start(): void {
    this.attach();
    // A modal dialog of the page makes this panel inert: End still hears a press on its place.
    this.listeners.on<PointerEvent>(window, "pointerdown", (event) => this.heardThroughModal(event), { capture: true });
  }

  stop(): void {
    this.listeners.stop();
    this.host.remove();
  }

  /** Puts the panel back when the page has replaced its body or document element's children. */
  attach(): void {
    if (!this.host.isConnected) document.documentElement.appendChild(this.host);
  }

  /** Keeps End in sight: in the page though it was cleared, and above dialogs that were opened since. */
  raise(): void {
    this.attach();
    const modals = modalCount();
    if (modals === this.modalCount) return;
    this.modalCount = modals;
    attempt(() => {
      this.host.popover = "manual";
      if (this.host.matches(":popover-open")) this.host.hidePopover?.();
      if (modals > 0) this.host.showPopover?.();
    }, undefined);
  }

  showHelp(): void {
    const help = this.button("help", this.words.help, () => this.events.helpPressed());
    this.show(help);
  }

  /** Asks; `isRecorded` adds the sentence that the session is recorded. */
  showConsent(isRecorded: boolean): void {
    const panel = this.part("div", "panel");
    panel.setAttribute("role", "dialog");
    panel.setAttribute("aria-modal", "false");
    panel.setAttribute("aria-label", this.words.title);
    const title = this.part("h2", "title", this.words.title);
    const list = this.part("ul", "list");
    const sentences = isRecorded ? [...this.words.shared, this.words.recorded] : this.words.shared;
    for (const sentence of sentences) list.appendChild(this.part("li", "item", sentence));
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

  /** A status in words, with the End button while something is or may be shared. */
  showStatus(text: string, hasEnd: boolean): void {
    this.attach();
    if (!this.status || this.isEndShown !== hasEnd) {
      const pill = this.part("div", "pill");
      const status = this.part("div", "status");
      status.setAttribute("role", "status");
      status.setAttribute("data-part", "status");
      pill.append(status);
      pill.append(hasEnd ? this.button("end", this.words.end, () => this.events.endPressed())
        : this.button("consent-no", this.words.close, () => this.events.consentRefused()));
      this.show(pill);
      this.status = status;
      this.isEndShown = hasEnd;
    }
    if (this.status && this.status.textContent !== text) this.status.textContent = text;
  }

  private show(content: HTMLElement): void {
    this.attach();
    this.status = null;
    const frame = this.part("div", "root");
    frame.lang = this.language;
    frame.append(content);
    this.root.replaceChildren(frame);
  }

  private part(tag: string, look: string, text = ""): HTMLElement {
    const element = document.createElement(tag);
    this.look(element, look);
    if (text) element.textContent = text;
    return element;
  }

  private button(name: string, text: string, press: () => void): HTMLButtonElement {
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
    const end = this.root.querySelector('[data-part="end"]');
    if (!end || event.composedPath().includes(this.host)) return;
    const rect = end.getBoundingClientRect();
    const isInside = event.clientX >= rect.left && event.clientX <= rect.right
      && event.clientY >= rect.top && event.clientY <= rect.bottom;
    if (isInside) this.events.endPressed();
  }
}

function modalCount(): number {
  return attempt(() => document.querySelectorAll("dialog:modal").length, 0);
}
