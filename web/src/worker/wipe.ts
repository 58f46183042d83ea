/** Leaves nothing in this browser of whoever was signed in, besides the database, which its owner deletes. */
export async function wipe(): Promise<void> {
  localStorage.clear();
  if (!("caches" in globalThis)) return;
  await Promise.all((await caches.keys()).map((name) => caches.delete(name)));
}
