import type { Page } from "playwright-core";
import { feed } from "./talk.ts";

declare global {
  interface Window {
    violations?: string[];
  }
}

/** What stands in the messages in view that must never stand there; and which messages are in view. */
export function look(page: Page): Promise<{ wrong: string[]; seen: string[] }> {
  return feed(page).evaluate((region) => {
    const articles = [...region.querySelectorAll("article")];
    const elements = articles.flatMap((article) => [...article.querySelectorAll("*")]).filter((element) => !element.closest("svg"));
    const isForbidden = (element: Element) => element.matches("script, iframe, object, embed, img, form, input, base, meta, link, style, template, math, details");
    const hasHandler = (element: Element) => element.getAttributeNames().some((name) => name.startsWith("on"));
    const isBadLink = (element: Element) => element instanceof HTMLAnchorElement && !/^(https?|mailto|xmpp):$/.test(element.protocol);
    return {
      wrong: elements.filter((element) => isForbidden(element) || hasHandler(element) || isBadLink(element)).map((element) => element.outerHTML.slice(0, 200)),
      seen: articles.map((article) => article.getAttribute("aria-label") ?? ""),
    };
  });
}

/** What strings do that run something in a page: dialogs, and violations of the policy. */
export class Harm {
  dialogs = 0;

  async watch(page: Page): Promise<void> {
    page.on("dialog", (dialog) => void (this.dialogs++, dialog.dismiss()));
    await page.addInitScript(() => {
      window.violations = [];
      document.addEventListener("securitypolicyviolation", (event) => window.violations?.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
    });
  }

  /** Everything that was done to the page so far. */
  async found(page: Page): Promise<string[]> {
    const violations = await page.evaluate(() => window.violations ?? ["nobody watched"]);
    return [...Array<string>(this.dialogs).fill("a dialog"), ...violations];
  }
}
