/**
 * The browser's own functions as they were when the script loaded. Shops patch prototypes, and form fields named
 * `children` or `attributes` shadow the properties of their form: nothing here is looked up on a page's element.
 */

const { call } = Function.prototype;

/** `work` with what it is called on as its first argument. */
function freed<W>(work: unknown): W {
  return call.bind(work as () => void) as W;
}

function reader<T>(prototype: object, name: string): (target: object) => T {
  const get = Object.getOwnPropertyDescriptor(prototype, name)?.get;
  return get ? freed(get) : (target) => (target as Record<string, T>)[name] as T;
}

/** Functions of the window work without it: what they are called on stands in for nothing. */
export const {
  WebSocket: Socket, MutationObserver: Observer, setTimeout: later, clearTimeout: cancelLater,
  requestAnimationFrame: nextFrame, getComputedStyle: styleOf,
} = window;
export const { from: listed } = Array;
export const { stringify: encodeJSON, parse: decodeJSON } = JSON;
const encoder = new TextEncoder();
const decoder = new TextDecoder();
export const encodeText = encoder.encode.bind(encoder);
export const encodeInto = encoder.encodeInto.bind(encoder);
export const decodeText = decoder.decode.bind(decoder);

function readers<T extends unknown[]>(prototype: object, names: string): { [K in keyof T]: (target: object) => T[K] } {
  return names.split(" ").map((name) => reader(prototype, name)) as { [K in keyof T]: (target: object) => T[K] };
}

type Numbers = [number, number, number, number, number, number, number, number];

export const [firstChild, nextSibling, parentNode, nodeType] =
  readers<[ChildNode | null, ChildNode | null, Node | null, number]>(
    Node.prototype, "firstChild nextSibling parentNode nodeType");
export const [localName, firstElement, nextElement, shadowRoot] =
  readers<[string, Element | null, Element | null, ShadowRoot | null]>(
    Element.prototype, "localName firstElementChild nextElementSibling shadowRoot");
export const [
  scrollLeft, scrollTop, scrollWidth, scrollHeight, clientLeft, clientTop, clientWidth, clientHeight,
] = readers<Numbers>(
  Element.prototype, "scrollLeft scrollTop scrollWidth scrollHeight clientLeft clientTop clientWidth clientHeight");
export const contentDocument = reader<Document | null>(HTMLIFrameElement.prototype, "contentDocument");
export const inputValue = reader<string>(HTMLInputElement.prototype, "value");
export const areaValue = reader<string>(HTMLTextAreaElement.prototype, "value");
export const [attribute, hasAttribute, matches, boundsIn, rectsIn] =
  "getAttribute hasAttribute matches getBoundingClientRect getClientRects".split(" ").map((name) =>
    freed((Element.prototype as unknown as Record<string, unknown>)[name])) as [
    (element: Element, name: string) => string | null, (element: Element, name: string) => boolean,
    (element: Element, selector: string) => boolean, (element: Element) => DOMRect, (element: Element) => DOMRectList];
