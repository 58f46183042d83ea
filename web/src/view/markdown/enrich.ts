import { mount, unmount } from "svelte";
import { text } from "../../text/text.ts";
import CopyCode from "../CopyCode.svelte";
import { clean } from "./render.ts";

/** Longer code stays plain: colours are not worth a pause. */
const CODE_CHARS_MAX = 20_000;

/** Gives rendered markdown what words alone cannot do: code to copy, in colours, and spoilers to open. */
export function enrich(element: HTMLElement): () => void {
  const parts = [
    ...[...element.querySelectorAll<HTMLElement>(".code")].map(enrichCode),
    ...[...element.querySelectorAll<HTMLElement>(".spoiler:not(.shown)")].map(hide),
    ...[...element.querySelectorAll<HTMLElement>("[data-who]")].map(press),
  ];
  return () => parts.forEach((end) => end());
}

function enrichCode(block: HTMLElement): () => void {
  const code = block.querySelector("code");
  const content = code?.textContent ?? "";
  const button = mount(CopyCode, { target: block, props: { code: content.replace(/\n$/, "") } });
  if (code) void colour(code, content);
  return () => void unmount(button);
}

async function colour(code: HTMLElement, content: string): Promise<void> {
  const language = /\blanguage-([\w+#-]+)/.exec(code.className)?.[1]?.toLowerCase();
  if (language === undefined || content.length > CODE_CHARS_MAX) return;
  code.ariaBusy = "true";
  const html = await import("./highlight.ts").then(({ highlighted }) => highlighted(content, language)).catch(() => null);
  code.ariaBusy = null;
  if (html !== null && code.isConnected) code.innerHTML = clean(html) as unknown as string;
}

/** Makes a mention something that the keyboard can press as well. */
function press(mention: HTMLElement): () => void {
  const listening = new AbortController();
  mention.role = "button";
  mention.tabIndex = 0;
  const keydown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    mention.click();
  };
  mention.addEventListener("keydown", keydown, listening);
  return () => listening.abort();
}

/** Covers a spoiler, for the eye and for the ear, until somebody opens it. */
function hide(spoiler: HTMLElement): () => void {
  const listening = new AbortController();
  const words = document.createElement("span");
  words.append(...spoiler.childNodes);
  spoiler.append(words);
  spoiler.role = "button";
  spoiler.tabIndex = 0;
  spoiler.ariaLabel = text("show_spoiler");

  const uncover = () => {
    listening.abort();
    words.replaceWith(...words.childNodes);
    for (const name of ["role", "tabindex", "aria-label"]) spoiler.removeAttribute(name);
  };
  const show = (event: Event) => {
    if (event instanceof KeyboardEvent && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    uncover();
    spoiler.classList.add("shown");
  };
  spoiler.addEventListener("click", show, listening);
  spoiler.addEventListener("keydown", show, listening);
  return uncover;
}
