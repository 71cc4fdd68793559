// A sentence that the server says, in the reader's language where it has one, else marked as English.
import { html } from "crossings/lib";
import { inEnglish, inOwnWords } from "crossings/words";

/** @param {{what: {text: string, said: import("crossings/words").Said[]}}} props */
export function Told({ what }) {
  const own = inOwnWords(what.said);
  return own === null ? html`<span ...${inEnglish()}>${what.text}</span>` : html`<span>${own}</span>`;
}
