/** `<script src="…/alongside.js" data-site="KEY" async></script>` is the whole integration. */

import { rememberRoots } from "./capture/roots";
import { attempt, guarded, onGivingUp } from "./guard";
import { Session, Site } from "./session";

const loadedMark = Symbol.for("alongside.loaded");

/** The script's own element: known while it runs; looked for where it was loaded as a module or by a loader. */
function ownElement(): HTMLScriptElement | null {
  const current = document.currentScript;
  if (current instanceof HTMLScriptElement && current.dataset["site"]) return current;
  return document.querySelector<HTMLScriptElement>('script[data-site][src*="alongside"]')
    ?? document.querySelector<HTMLScriptElement>("script[data-site]");
}

/** The site of an element; the relay stands where the script came from, unless `data-relay` says otherwise. */
function siteOf(element: HTMLScriptElement): Site | null {
  const key = element.dataset["site"] ?? "";
  const address = attempt(() => new URL(element.dataset["relay"] || element.src, window.location.href), null);
  if (!key || !address) return null;
  const isSecure = address.protocol === "https:" || address.protocol === "wss:";
  const path = element.dataset["relay"] && address.pathname !== "/" ? address.pathname : "/shopper";
  return { key, relay: `${isSecure ? "wss" : "ws"}://${address.host}${path}` };
}

const element = ownElement();

const begin = guarded(() => {
  const page = window as unknown as Record<symbol, boolean>;
  // A frame of the shop is part of its page; a second tag is one too many.
  if (!element || window.top !== window || page[loadedMark]) return;
  const site = siteOf(element);
  if (!site) return;
  page[loadedMark] = true;
  rememberRoots();
  const session = new Session(site);
  onGivingUp(() => session.stop());
  session.start();
});

if (document.prerendering) document.addEventListener("prerenderingchange", begin, { once: true });
else begin();
