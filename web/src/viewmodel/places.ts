/** Where a person was in a conversation: at its end, or with a message so many pixels below the top of the window. */
export type Place = "end" | { readonly seq: number; readonly below: number };

const PLACES_MAX = 50;

/** The places at which addresses were left, for those who come back to them. */
export class Places {
  readonly #left = new Map<string, Place>();
  #look: () => Place | null = () => null;

  /** Says how to find out where the person is; answers with what ends it. */
  watch(look: () => Place | null): () => void {
    this.#look = look;
    return () => {
      if (this.#look === look) this.#look = () => null;
    };
  }

  /** Notes where the person is, under the address that they leave. */
  leave(path: string): void {
    const place = this.#look();
    this.#left.delete(path);
    if (place) this.#left.set(path, place);
    const [oldest] = this.#left.keys();
    if (this.#left.size > PLACES_MAX && oldest !== undefined) this.#left.delete(oldest);
  }

  at(path: string): Place | undefined {
    return this.#left.get(path);
  }
}
