import type { Page } from "playwright-core";
import { expect } from "vitest";

/** Keeps a page from writing to its database until the page ends: what it has to keep piles up. */
export async function blockDisk(page: Page): Promise<void> {
  await page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open("parlance");
        opening.onerror = () => reject(new Error("no database"));
        opening.onsuccess = () => {
          const names = [...opening.result.objectStoreNames];
          const store = opening.result.transaction(names, "readwrite").objectStore("values");
          // A transaction lasts as long as something is asked in it.
          const hold = () => void (store.count().onsuccess = hold);
          store.count().onsuccess = () => (hold(), resolve());
        };
      }),
  );
}

/** How many messages of a conversation are unread according to the database of a page; nothing when it is not there. */
export function unreadOnDisk(page: Page, conversation: string): Promise<number | undefined> {
  return page.evaluate(
    (id) =>
      new Promise<number | undefined>((resolve, reject) => {
        const opening = indexedDB.open("parlance");
        opening.onerror = () => reject(new Error("no database"));
        opening.onsuccess = () => {
          const asking = opening.result.transaction("conversations").objectStore("conversations").get(id);
          asking.onsuccess = () => {
            opening.result.close();
            resolve((asking.result as { unread: number } | undefined)?.unread);
          };
        };
      }),
    conversation,
  );
}

/** Whether a text stands anywhere in the database of a page. */
export function isOnDisk(page: Page, text: string): Promise<boolean> {
  return page.evaluate(
    (wanted) =>
      new Promise<boolean>((resolve, reject) => {
        const opening = indexedDB.open("parlance");
        opening.onerror = () => reject(new Error("no database"));
        opening.onsuccess = () => {
          const names = [...opening.result.objectStoreNames];
          const reading = opening.result.transaction(names);
          const asked = names.map((name) => reading.objectStore(name).getAll());
          reading.oncomplete = () => {
            opening.result.close();
            resolve(asked.some(({ result }) => JSON.stringify(result).includes(wanted)));
          };
        };
      }),
    text,
  );
}

/** Lets a page that is still to be opened wait for what it reads from the browser's copy, until it is released. */
export async function holdReading(page: Page): Promise<() => Promise<void>> {
  await page.addInitScript(() => {
    const held: (() => void)[] = [];
    let isHeld = true;
    const release = () => {
      isHeld = held.length === 0;
      held.forEach((go) => go());
      return !isHeld;
    };
    Object.assign(window, { release });
    const read = IDBObjectStore.prototype.getAll;
    IDBObjectStore.prototype.getAll = function (...args) {
      const request = read.apply(this, args);
      const listen = request.addEventListener.bind(request) as (type: string, listener: (event: Event) => void) => void;
      request.addEventListener = (type: string, listener: unknown) =>
        listen(type, (event) => {
          const tell = () => (listener as (event: Event) => void)(event);
          if (isHeld) held.push(tell);
          else tell();
        });
      return request;
    };
  });
  return () => expect.poll(() => page.evaluate(() => (window as unknown as { release(): boolean }).release())).toBe(true);
}
