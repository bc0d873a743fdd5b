/** What the loader and the session's script give each other. A page that nobody asks help on has the loader alone. */

/** The session's script answers its element with an event of this name; `detail` is a `Begin`. */
export const readyEvent = "alongside";

/** Where this tab's memory stands in `sessionStorage`. */
export const memoryKey = "alongside";

export interface Handover {
  /** The script's tag on the shop's page. */
  tag: HTMLScriptElement;
  /** The only element of ours on the page, and its closed root. */
  host: HTMLElement;
  root: ShadowRoot;
  /** The closed shadow roots that were made since the loader ran. */
  closed: WeakMap<Element, ShadowRoot>;
  /** The language the panel speaks. */
  language: string;
  /** The name under which the site's tabs talk to each other. */
  channel: string;
  /** Styles an element by declarations, as every content security policy allows. */
  dress(element: HTMLElement, declarations: string, priority?: string): void;
  /** Shows the Help button in place of whatever the panel shows. */
  offer(): void;
}

/** Goes on with the session this tab remembers, if any; with `isAsked` the shopper has pressed Help. */
export type Wake = (isAsked: boolean) => void;

export type Begin = (handover: Handover) => Wake;
