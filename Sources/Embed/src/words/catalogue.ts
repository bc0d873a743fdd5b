/** The words of one language. A change of what the consent panel says is a new `consentTextVersion`. */
export interface Words {
  help: string;
  title: string;
  /** What is shared, one sentence each. */
  shared: readonly string[];
  /** Stands beside them where the site has its sessions recorded. */
  recorded: string;
  yes: string;
  no: string;
  end: string;
  close: string;
  connecting: string;
  /** `{place}`: how many are before the shopper, counted from 1. */
  waiting: string;
  /** `{name}`: the reps who look. */
  looking: string;
  /** Stands behind `looking` while the relay's audit log cannot be written. */
  unrecorded: string;
  paused: string;
  /** Another tab of the shop is shared. */
  elsewhere: string;
  /** `{name}`: a rep, who asks for another tab; `{tab}`: its title. */
  asked: string;
  /** On a page that the shop keeps to itself. */
  hidden: string;
  /** The page became slow. */
  slow: string;
  lost: string;
  busy: string;
  thanks: string;
  unavailable: string;
  fault: string;
}

/** Names the words a shopper agreed to, in the consent record: without and with the sentence on recording. */
export const consentTextVersion = "view-3";
export const recordedTextVersion = "view-record-3";

export function filled(text: string, name: string, value: string): string {
  return text.split(`{${name}}`).join(value);
}
