/** The look of the panel, one list of declarations a part. */

import { button, plain } from "./looks";

const card = "background:#fff;border:1px solid #c5ccd3;border-radius:10px;box-shadow:0 6px 24px #0003;"
  + "box-sizing:border-box;max-width:calc(100vw - 24px)";
const strong = `font:inherit;${button};color:#fff;font-weight:600;background:`;

export const looks = {
  "root": `${plain};color:#1c2733`,
  "panel": `${card};width:340px;max-height:60vh;overflow:auto;padding:16px`,
  "title": "margin:0 0 8px;font-size:17px;font-weight:600",
  "list": "margin:0 0 12px;padding-left:18px",
  "item": "",
  "status": "",
  "buttons": "display:flex;flex-wrap:wrap;gap:8px",
  "consent-yes": `${strong}#0b4f8a`,
  "consent-no": `font:inherit;${button};background:#fff`,
  "pill": `${card};display:flex;align-items:center;gap:10px;padding:6px 6px 6px 14px`,
  "end": `${strong}#a61b1b;flex:none`,
};
