/** The session's script: the loader brings it when a shopper asks for help, or has a session already. */

import { hidePages } from "./capture/notice";
import { knowRoots } from "./capture/roots";
import { attempt, onGivingUp } from "./guard";
import { Begin, readyEvent } from "./handover";
import { Session, Site } from "./session";
import { Words } from "./words/catalogue";

/** What stands round this script when it is served. */
declare const sessionWords: Words;

/** The site of a tag; the relay stands where the script came from, unless `data-relay` says otherwise. */
function siteOf(tag: HTMLScriptElement): Site | null {
  const key = tag.dataset["site"];
  const relay = tag.dataset["relay"];
  const address = attempt(() => new URL(relay || tag.src, location.href), null);
  if (!key || !address) return null;
  const path = relay && address.pathname !== "/" ? address.pathname : "/shopper";
  return { key, relay: address.origin.replace("http", "ws") + path };
}

const begin: Begin = (handover) => {
  const site = siteOf(handover.tag);
  if (!site) return () => undefined;
  knowRoots(handover.closed);
  hidePages(handover.tag.dataset["pause"] ?? "");
  const session = new Session(site, handover, sessionWords);
  onGivingUp(() => session.stop());
  let isStarted = false;
  return (isAsked) => {
    if (!isStarted) session.start();
    else if (!isAsked) session.pageCameBack();
    if (isAsked) session.ask();
    isStarted = true;
  };
};

document.currentScript?.dispatchEvent(new CustomEvent(readyEvent, { detail: begin }));
