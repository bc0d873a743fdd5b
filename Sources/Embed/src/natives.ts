/**
 * The browser's own functions as they were when the script loaded. Shops patch prototypes, and form fields named
 * `children` or `attributes` shadow the properties of their form: nothing here is looked up on a page's element.
 */

function reader<T>(prototype: object, name: string): (target: object) => T {
  const get = Object.getOwnPropertyDescriptor(prototype, name)?.get;
  if (!get) return (target) => (target as Record<string, T>)[name] as T;
  return (target) => Reflect.apply(get, target, []) as T;
}

function method<A extends unknown[], R>(prototype: object, name: string): (target: object, ...input: A) => R {
  const call = (prototype as Record<string, unknown>)[name] as (...input: A) => R;
  return (target, ...input) => Reflect.apply(call, target, input) as R;
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

export const firstChild = reader<ChildNode | null>(Node.prototype, "firstChild");
export const nextSibling = reader<ChildNode | null>(Node.prototype, "nextSibling");
export const parentNode = reader<Node | null>(Node.prototype, "parentNode");
export const nodeType = reader<number>(Node.prototype, "nodeType");
export const textOf = reader<string | null>(Node.prototype, "textContent");
export const localName = reader<string>(Element.prototype, "localName");
export const nextElement = reader<Element | null>(Element.prototype, "nextElementSibling");
export const shadowRoot = reader<ShadowRoot | null>(Element.prototype, "shadowRoot");
export const scrollLeft = reader<number>(Element.prototype, "scrollLeft");
export const scrollTop = reader<number>(Element.prototype, "scrollTop");
export const scrollWidth = reader<number>(Element.prototype, "scrollWidth");
export const scrollHeight = reader<number>(Element.prototype, "scrollHeight");
export const clientLeft = reader<number>(Element.prototype, "clientLeft");
export const clientTop = reader<number>(Element.prototype, "clientTop");
export const clientWidth = reader<number>(Element.prototype, "clientWidth");
export const clientHeight = reader<number>(Element.prototype, "clientHeight");
export const contentDocument = reader<Document | null>(HTMLIFrameElement.prototype, "contentDocument");
export const attribute = method<[string], string | null>(Element.prototype, "getAttribute");
export const hasAttribute = method<[string], boolean>(Element.prototype, "hasAttribute");
export const matches = method<[string], boolean>(Element.prototype, "matches");
export const boundsIn = method<[], DOMRect>(Element.prototype, "getBoundingClientRect");
export const rectsIn = method<[], DOMRectList>(Element.prototype, "getClientRects");
export const inputValue = reader<string>(HTMLInputElement.prototype, "value");
export const areaValue = reader<string>(HTMLTextAreaElement.prototype, "value");
