/**
 * `<script src="…/alongside.js" data-site="KEY" async></script>` is the whole integration. It shows a Help button,
 * and loads the session's script when the shopper presses it or when this tab, or another one, has a session already.
 * Until then it watches nothing and sends nothing out of the browser.
 */

import { rememberRoots } from "./closed";
import { attempt } from "./guard";
import { Begin, Handover, memoryKey, readyEvent, Wake } from "./handover";
import { button, plain } from "./looks";

/** Language, word on the button, and SHA-256 of the session's script in it; English first. Set when it is built. */
declare const sessionFiles: readonly (readonly [string, string, string])[];

const loadedMark = Symbol.for("alongside.loaded");
/** The host may not be moved or hidden by the page's rules: its own are on itself and important. */
const hostLook =
  "all:initial;display:block;position:fixed;inset:auto 12px 12px auto;z-index:2147483647;overflow:visible";

/** The script's own element: known while it runs; looked for where it was loaded as a module or by a loader. */
function ownTag(): HTMLScriptElement | null {
  const current = document.currentScript as HTMLScriptElement | null;
  return current?.dataset["site"] ? current
    : document.querySelector('script[data-site][src*="alongside"]') ?? document.querySelector("script[data-site]");
}

function dress(element: HTMLElement, declarations: string, priority = ""): void {
  for (const declaration of declarations.split(";")) {
    const colon = declaration.indexOf(":");
    element.style.setProperty(declaration.slice(0, colon), declaration.slice(colon + 1), priority);
  }
}

function begin(tag: HTMLScriptElement): void {
  const host = document.createElement("alongside-help");
  const root = host.attachShadow({ mode: "closed" });
  const spoken = (document.documentElement.lang || navigator.language || "").slice(0, 2).toLowerCase();
  const [language, word, hash] = sessionFiles.find(([one]) => one === spoken) ?? sessionFiles[0] ?? ["", "", ""];
  const file = `alongside.${hash.replace(/\W/g, "").slice(0, 16)}.js`;
  const address = new URL(file, tag.src || location.href).href;
  let policy: TrustedPolicy | null = null;
  let wake: Wake | null = null;
  let script: HTMLScriptElement | null = null;

  const offer = (): void => {
    const help = document.createElement("button");
    help.type = "button";
    help.lang = language;
    help.dataset["part"] = "help";
    help.textContent = word;
    dress(help, `${plain};${button};color:#fff;font-weight:600;background:#0b4f8a`);
    // Only a person presses: a script of the page that clicks for the shopper asks for nothing.
    help.addEventListener("click", (event) => {
      if (event.isTrusted) load(true);
    });
    root.replaceChildren(help);
    document.documentElement.append(host);
  };
  const name = `alongside ${tag.dataset["site"]}`;
  const handover: Handover = { tag, host, root, closed: rememberRoots(), language, channel: name, dress, offer };

  /** Loads the session's script once; a failure leaves the button, and the next press tries again. */
  const load = (isAsked: boolean): void => {
    if (wake) return wake(isAsked);
    if (script) return;
    const one = script = document.createElement("script");
    one.integrity = `sha256-${hash}`;
    one.crossOrigin = "anonymous";
    one.nonce = tag.nonce ?? "";
    one.addEventListener(readyEvent, (event) => attempt(() => {
      wake = (event as CustomEvent<Begin>).detail(handover);
      wake(isAsked);
    }, undefined));
    one.onload = one.onerror = () => {
      one.remove();
      script = null;
    };
    // The policy makes this one address and nothing else. A page that allows no such policy may need none either.
    const allowed = { createScriptURL: () => address };
    policy ??= attempt(() => window.trustedTypes?.createPolicy("alongside", allowed) ?? null, null);
    attempt(() => {
      one.src = policy?.createScriptURL("") ?? address;
      document.head.append(one);
    }, undefined);
  };
  const resume = (): void => {
    if (wake || attempt(() => sessionStorage.getItem(memoryKey), null) !== null) load(false);
  };

  /** Whether another tab has a session is asked once here, and whenever the shopper comes to this tab. */
  const follow = (): void => attempt(() => {
    if (wake || script) return;
    const channel = new BroadcastChannel(name);
    channel.onmessage = ({ data }) => {
      if (data[0] === "held" && !wake) load(false);
    };
    channel.postMessage(["who"]);
    const close = (): void => {
      channel.close();
      window.removeEventListener("pagehide", close);
    };
    setTimeout(close, 300);
    // A channel that is open would cost a page that is left its place in the back/forward cache.
    window.addEventListener("pagehide", close);
  }, undefined);

  dress(host, hostLook, "important");
  offer();
  resume();
  follow();
  window.addEventListener("focus", follow);
  // A page that was kept while the tab went elsewhere may have missed the session's beginning, or its end.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) resume();
  });
}

attempt(() => {
  const tag = ownTag();
  const page = window as unknown as Record<symbol, boolean>;
  // A frame of the shop is part of its page; a second tag is one too many.
  if (!tag?.dataset["site"] || window.top !== window || page[loadedMark]) return;
  page[loadedMark] = true;
  const start = (): void => attempt(() => begin(tag), undefined);
  if (document.prerendering) document.addEventListener("prerenderingchange", start, { once: true });
  else start();
}, undefined);
