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

function method<A extends unknown[], R>(prototype: object, name: string): (target: object, ...input: A) => R {
  return freed((prototype as Record<string, unknown>)[name]);
}

export const Socket = window.WebSocket;
export const Observer = window.MutationObserver;
export const later = window.setTimeout.bind(window);
export const cancelLater = window.clearTimeout.bind(window);
export const nextFrame = window.requestAnimationFrame.bind(window);
export const styleOf = window.getComputedStyle.bind(window);
export const listed = Array.from.bind(Array) as typeof Array.from;
export const encodeJSON = JSON.stringify;
export const decodeJSON = JSON.parse;
export const encodeText = TextEncoder.prototype.encode.bind(new TextEncoder());
export const decodeText = TextDecoder.prototype.decode.bind(new TextDecoder());

function readers<T extends unknown[]>(prototype: object, names: string): { [K in keyof T]: (target: object) => T[K] } {
  return names.split(" ").map((name) => reader(prototype, name)) as { [K in keyof T]: (target: object) => T[K] };
}

type Numbers = [number, number, number, number, number, number, number, number];

export const [firstChild, nextSibling, parentNode, nodeType, textOf] =
  readers<[ChildNode | null, ChildNode | null, Node | null, number, string | null]>(
    Node.prototype, "firstChild nextSibling parentNode nodeType textContent");
export const [localName, nextElement, shadowRoot] = readers<[string, Element | null, ShadowRoot | null]>(
  Element.prototype, "localName nextElementSibling shadowRoot");
export const [
  scrollLeft, scrollTop, scrollWidth, scrollHeight, clientLeft, clientTop, clientWidth, clientHeight,
] = readers<Numbers>(
  Element.prototype, "scrollLeft scrollTop scrollWidth scrollHeight clientLeft clientTop clientWidth clientHeight");
export const contentDocument = reader<Document | null>(HTMLIFrameElement.prototype, "contentDocument");
export const inputValue = reader<string>(HTMLInputElement.prototype, "value");
export const areaValue = reader<string>(HTMLTextAreaElement.prototype, "value");
export const attribute = method<[string], string | null>(Element.prototype, "getAttribute");
export const hasAttribute = method<[string], boolean>(Element.prototype, "hasAttribute");
export const matches = method<[string], boolean>(Element.prototype, "matches");
export const boundsIn = method<[], DOMRect>(Element.prototype, "getBoundingClientRect");
export const rectsIn = method<[], DOMRectList>(Element.prototype, "getClientRects");
