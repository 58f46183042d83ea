/** Something that can be looked at and watched; also a Svelte store. */
export interface Readable<T> {
  readonly current: T;
  /** Calls back at once and on every change; answers with what ends it. */
  subscribe(listener: (value: T) => void): () => void;
}

/** A value that tells when it changes. */
export class Observable<T> implements Readable<T> {
  #value: T;
  #listeners = new Set<(value: T) => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get current(): T {
    return this.#value;
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of [...this.#listeners]) listener(value);
  }

  change(change: Partial<T>): void {
    this.set({ ...this.#value, ...change });
  }

  subscribe(listener: (value: T) => void): () => void {
    this.#listeners.add(listener);
    listener(this.#value);
    return () => this.#listeners.delete(listener);
  }
}

/** A projection of another value that stands still while its meaning does. */
export function projection<S, T>(source: Readable<S>, project: (value: S, before: T | undefined) => T): Readable<T> {
  let before: T | undefined;
  const next = (value: S): T => (before = settled(before, project(value, before)));
  return {
    get current() {
      return next(source.current);
    },
    subscribe(listener) {
      let told: T | undefined;
      let isFirst = true;
      return source.subscribe((value) => {
        const projected = next(value);
        if (!isFirst && Object.is(projected, told)) return;
        isFirst = false;
        told = projected;
        listener(projected);
      });
    },
  };
}

/** `after`, with every part that means the same taken over from `before`. */
export function settled<T>(before: T | undefined, after: T): T {
  if (Object.is(before, after) || before === undefined) return after;
  if (Array.isArray(before) && Array.isArray(after)) return settledList(before, after) as T;
  if (isPlain(before) && isPlain(after)) return settledObject(before, after) as T;
  return after;
}

function settledList(before: readonly unknown[], after: readonly unknown[]): readonly unknown[] {
  const byKey = new Map(before.map((value, index) => [keyOf(value, index), value]));
  const list = after.map((value, index) => settled(byKey.get(keyOf(value, index)), value));
  const isSame = list.length === before.length && list.every((value, index) => Object.is(value, before[index]));
  return isSame ? before : list;
}

function keyOf(value: unknown, index: number): unknown {
  return isPlain(value) && "key" in value ? value["key"] : index;
}

function settledObject(before: Record<string, unknown>, after: Record<string, unknown>): Record<string, unknown> {
  const keys = Object.keys(after);
  const parts = keys.map((key) => [key, settled(before[key], after[key])] as const);
  const isSame = keys.length === Object.keys(before).length && parts.every(([key, value]) => Object.is(value, before[key]));
  return isSame ? before : Object.fromEntries(parts);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** Two values as one. */
export function both<A, B>(a: Readable<A>, b: Readable<B>): Readable<readonly [A, B]> {
  return {
    get current() {
      return [a.current, b.current] as const;
    },
    subscribe(listener) {
      let isReady = false;
      const tell = () => isReady && listener([a.current, b.current]);
      const ends = [a.subscribe(tell), b.subscribe(tell)];
      isReady = true;
      tell();
      return () => ends.forEach((end) => end());
    },
  };
}
