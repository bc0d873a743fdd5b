// What browsers have and TypeScript 4.8's library does not know. All of it is optional: its absence is handled.

interface CompressionStream {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}

interface TrustedPolicy {
  createScriptURL(text: string): string;
}

interface NavigateEvent extends Event {
  readonly destination: { readonly url: string };
}

interface Window {
  readonly navigation?: EventTarget;
  trustedTypes?: { createPolicy(name: string, rules: TrustedPolicy): TrustedPolicy };
  CompressionStream?: new (format: string) => CompressionStream;
}

interface CSSStyleSheet {
  replaceSync(text: string): void;
}

interface HTMLElement {
  popover?: string | null;
  showPopover?(): void;
  hidePopover?(): void;
}

interface CSSStyleDeclaration {
  readonly contentVisibility?: string;
  readonly zoom?: string;
}

interface Document {
  readonly prerendering?: boolean;
}
