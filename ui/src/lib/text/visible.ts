// Hostile text made visible: the same rules as crates/nepho-core/src/text.rs.

/** Controls (Cc), and the format characters that hide, reorder or break text. */
const DECEPTIVE =
  // eslint-disable-next-line no-control-regex -- these are what it looks for
  /[\u0000-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/u;
// eslint-disable-next-line no-misleading-character-class -- single code points, not clusters
const PICTOGRAPH = /^[\u2600-\u27BF\u2B00-\u2BFF\u{1F000}-\u{1FAFF}\uFE0F]$/u;
const JOINER = "\u200D";

/** Returns true if one character hides, reorders or breaks text. */
export function isDeceptive(character: string): boolean {
  return DECEPTIVE.test(character);
}

/** The text with each deceptive character written out as `\u{…}`. */
export function visible(text: string): string {
  if (!DECEPTIVE.test(text)) return text;
  const characters = [...text];
  return characters
    .map((character, at) => {
      const joinsEmoji =
        character === JOINER && isPictograph(characters[at - 1]) && isPictograph(characters[at + 1]);
      return isDeceptive(character) && !joinsEmoji ? escaped(character) : character;
    })
    .join("");
}

function isPictograph(character: string | undefined): boolean {
  return character !== undefined && PICTOGRAPH.test(character);
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** The same for a text of several lines: its line feeds are honest. */
export function visibleLines(text: string): string {
  return text.split("\n").map(visible).join("\n");
}
