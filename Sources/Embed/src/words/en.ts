import { Words } from "./catalogue";

export const en: Words = {
  help: "Help",
  title: "Look at this page together?",
  shared: [
    "A person from support will see the page of this shop that you look at, in any tab, the names of the "
      + "shop's other tabs, and where your mouse is.",
    "What you type stays hidden: names, addresses, passwords and card numbers are never sent.",
    "Who looked, and when, is put on record.",
    "You can end it at any time.",
  ],
  recorded: "This session is recorded. Only auditors can open the recording.",
  yes: "Yes, share this page",
  no: "No, thanks",
  end: "End",
  close: "Close",
  connecting: "Connecting …",
  waiting: "Waiting for help. Your place: {place}",
  looking: "{name} is looking with you",
  unrecorded: " (not on record)",
  paused: "Nobody is looking now. Waiting for help.",
  elsewhere: "Another tab of this shop is shared.",
  asked: "{name} asks you to open the tab “{tab}”.",
  hidden: "This page is not shared.",
  slow: "Sharing has stopped here: it made this page slow.",
  lost: "The connection is lost. Trying again …",
  busy: "Help cannot start right now. Trying again …",
  thanks: "Thank you. Nothing is shared any more.",
  unavailable: "Help is not available on this page.",
  fault: "Sharing has stopped because of a fault. Nothing is shared any more.",
};
