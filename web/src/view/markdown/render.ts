import DOMPurify, { type Config } from "dompurify";
import MarkdownIt from "markdown-it";
import type { Mention } from "../../api/types.ts";

/** Three families of skin tones are that long. */
const EMOJI_CHARS_MAX = 100;
const EMOJI = /\p{Emoji_Presentation}|\p{Emoji}\u{fe0f}|\p{Regional_Indicator}{2}/u;
const KEPT_MAX = 500;
const PLAIN = /^[\p{L}\p{N}\p{P}\p{Extended_Pictographic}\s]*$/u;
const MARKS = /[*_~`<>[\]\\&|]|^\s*(?:[-+]|\d+[.)])\s|@|:\/\/|www\.|\.\w{2,}\b|\n\s*\n/mu;
const NAME = /^@[a-z0-9][a-z0-9._-]*/iu;

const markdown = new MarkdownIt({ html: false, linkify: true, breaks: true })
  .disable(["image", "heading", "lheading", "hr", "code", "reference", "table", "html_block", "html_inline"], true);

markdown.inline.ruler.before("emphasis", "mention", (state, silent) => {
  const match = NAME.exec(state.src.slice(state.pos));
  const names = state.env["names"] as ReadonlyMap<string, string> | undefined;
  const name = match?.[0].replace(/[._-]+$/, "");
  if (name === undefined || !names?.has(name.toLowerCase())) return false;
  if (!silent) {
    const token = state.push("mention", "span", 0);
    token.content = name;
    token.meta = { who: names.get(name.toLowerCase()), me: state.env["me"] };
  }
  state.pos += name.length;
  return true;
});

markdown.renderer.rules["mention"] = (tokens, index) => {
  const token = tokens[index];
  const { who = "", me = "" } = (token?.meta ?? {}) as { who?: string; me?: string };
  const isAll = who === "everyone" || who === "here";
  const person = isAll ? "" : ` data-who="${markdown.utils.escapeHtml(who)}"`;
  return `<span class="mention${isAll || who === me ? " me" : ""}"${person}>${markdown.utils.escapeHtml(token?.content ?? "")}</span>`;
};

const SPOILER = /^\|\|(?!\s)([^\n]+?)(?<!\s)\|\|/u;
const BEFORE_BAR = /^[^\n$%&*+\-:<=>@[\\\]^_`{}~|]+(?=\|)/u;
const SCHEMES = /^(?:https?|mailto|xmpp):/i;

// An address that leads nowhere is left as it was written.
markdown.validateLink = (address) => SCHEMES.test(address.trim());

// What can be scrolled has to be reachable with the keyboard.
const fence = markdown.renderer.rules.fence;
markdown.renderer.rules.fence = (...args) =>
  `<div class="code">${(fence?.(...args) ?? "").replace("<pre>", '<pre tabindex="0">').trimEnd()}</div>\n`;

// Plain text ends before a bar as well, which is no mark of markdown's own.
markdown.inline.ruler.before("text", "bar", (state, silent) => {
  const run = BEFORE_BAR.exec(state.src.slice(state.pos))?.[0];
  if (run === undefined) return false;
  if (!silent) state.pending += run;
  state.pos += run.length;
  return true;
});

// Between two pairs of bars stands what one reads only if one wants to.
markdown.inline.ruler.before("text", "spoiler", (state, silent) => {
  const hidden = SPOILER.exec(state.src.slice(state.pos))?.[1];
  if (hidden === undefined) return false;
  if (!silent) {
    state.push("spoiler_open", "span", 1).attrSet("class", "spoiler");
    state.push("text", "", 0).content = hidden;
    state.push("spoiler_close", "span", -1);
  }
  state.pos += hidden.length + 4;
  return true;
});

const RULES: Config & { RETURN_TRUSTED_TYPE: true } = {
  ALLOWED_TAGS: ["a", "b", "blockquote", "br", "code", "div", "em", "li", "ol", "p", "pre", "s", "span", "strong", "ul"],
  ALLOWED_ATTR: ["class", "href", "start", "rel", "tabindex", "target"],
  ADD_URI_SAFE_ATTR: ["start", "tabindex"],
  ALLOWED_URI_REGEXP: SCHEMES,
  RETURN_TRUSTED_TYPE: true,
};

DOMPurify.addHook("afterSanitizeAttributes", (node) => {
  if (node.nodeName !== "A") return;
  node.setAttribute("target", "_blank");
  node.setAttribute("rel", "noopener noreferrer nofollow");
});

type Clean = ReturnType<typeof clean>;

/** HTML of which nothing is left but what a message may have. */
export const clean = (html: string) => DOMPurify.sanitize(html, RULES);
const kept = new Map<string, Clean>();

/** Text without any marks; it needs no rendering. */
export function isPlain(text: string): boolean {
  return !MARKS.test(text) && PLAIN.test(text);
}

/** Whether a text is nothing but one to three emoji. */
export function isEmojiOnly(text: string): boolean {
  if (text.length > EMOJI_CHARS_MAX) return false;
  const signs = [...new Intl.Segmenter().segment(text.replace(/\s/g, ""))];
  return signs.length >= 1 && signs.length <= 3 && signs.every(({ segment }) => EMOJI.test(segment));
}

/** Markdown as clean HTML. The last few hundred results are kept. */
export function render(text: string, mentions: readonly Mention[], me: string): Clean {
  const key = JSON.stringify([text, mentions, me]);
  const known = kept.get(key);
  if (known !== undefined) return known;
  const html = markdown.render(text, { names: namesIn(text, mentions), me });
  const result = clean(html);
  if (kept.size >= KEPT_MAX) kept.delete(kept.keys().next().value ?? "");
  kept.set(key, result);
  return result;
}

/** The words in the text that are mentions, and whom they mean. */
function namesIn(text: string, mentions: readonly Mention[]): ReadonlyMap<string, string> {
  const points = [...text];
  return new Map(
    mentions.map(({ start, end, who }) => [points.slice(start, end).join("").toLowerCase(), who]),
  );
}
