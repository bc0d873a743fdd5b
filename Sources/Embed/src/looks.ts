/** Declarations that both files of the script use. */

/** What a part of the panel has that the page's rules cannot reach. */
export const plain = "font:15px/1.4 system-ui,sans-serif;text-align:left;direction:ltr";
export const button = "cursor:pointer;border-radius:8px;padding:8px 14px;min-height:40px;border:1px solid";
