import type { Arrangement, Folder } from "../api/types.ts";

/** One change of how conversations are sorted. Saying one twice changes nothing more. */
export type Rearrangement =
  | { readonly change: "named"; readonly folder: string; readonly name: string }
  | { readonly change: "deleted"; readonly folder: string }
  | { readonly change: "folders_ordered"; readonly folders: readonly string[] }
  | { readonly change: "put_in" | "taken_out"; readonly folder: string; readonly conversation: string }
  | { readonly change: "favourites_ordered"; readonly conversations: readonly string[] };

export const EMPTY_ARRANGEMENT: Arrangement = { folders: [], favourites: [] };

/** The arrangement after a change, as the server folds it. */
export function rearranged(before: Arrangement, change: Rearrangement): Arrangement {
  const { folders } = before;
  switch (change.change) {
    case "named":
      return { ...before, folders: named(folders, change.folder, change.name) };
    case "deleted":
      return { ...before, folders: folders.filter(({ folder }) => folder !== change.folder) };
    case "folders_ordered":
      return { ...before, folders: [...folders].sort((a, b) => placeIn(change.folders, a.folder) - placeIn(change.folders, b.folder)) };
    case "put_in":
    case "taken_out":
      return { ...before, folders: folders.map((folder) => (folder.folder === change.folder ? filled(folder, change) : folder)) };
    case "favourites_ordered":
      return { ...before, favourites: [...change.conversations] };
  }
}

/** The place of something in an order; what is not in it comes after everything. */
export function placeIn(order: readonly string[], id: string): number {
  const at = order.indexOf(id);
  return at < 0 ? order.length : at;
}

function named(folders: readonly Folder[], folder: string, name: string): Folder[] {
  const isThere = folders.some((other) => other.folder === folder);
  return isThere
    ? folders.map((other) => (other.folder === folder ? { ...other, name } : other))
    : [...folders, { folder, name, conversations: [] }];
}

function filled(folder: Folder, { change, conversation }: Extract<Rearrangement, { change: "put_in" | "taken_out" }>): Folder {
  const others = folder.conversations.filter((other) => other !== conversation);
  return { ...folder, conversations: change === "put_in" ? [...others, conversation] : others };
}
