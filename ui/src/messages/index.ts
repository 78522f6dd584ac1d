/** The catalogues: a folder per language, a file per part of the application. `scripts/messages.mjs` compares them. */

import type { Language } from "../app/language";
import type english from "./en";

export type MessageId = keyof typeof english;
export type Catalogue = Record<MessageId, string>;

/** A language's messages, fetched when somebody reads it. */
export async function catalogueOf(language: Language): Promise<Catalogue> {
  switch (language) {
    case "en":
      return (await import("./en")).default;
    case "ru":
      return (await import("./ru")).default;
    case "ar":
      return (await import("./ar")).default;
    case "fa":
      return (await import("./fa")).default;
    case "vi":
      return (await import("./vi")).default;
  }
}
