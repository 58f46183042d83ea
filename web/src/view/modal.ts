/**
 * Opens a dialog over everything else. The focus begins at what the dialog is for, which says so with
 * `data-first`, or at the first thing to choose, or at its title, and goes back to where it was.
 */
export function modal(dialog: HTMLDialogElement): () => void {
  const before = document.activeElement;
  dialog.showModal();
  (dialog.querySelector<HTMLElement>("[data-first], [role=menuitem]") ?? dialog.querySelector("h2"))?.focus();
  return () => {
    dialog.close();
    if (before instanceof HTMLElement && before.isConnected) before.focus();
  };
}
