import { tick } from "svelte";
import type { VirtualizerHandle } from "virtua/svelte";
import type { Place } from "../viewmodel/places.ts";
import type { MessageRow, Row } from "../viewmodel/rows.ts";
import type { TimelineActions, TimelineSnapshot } from "../viewmodel/timeline.ts";
import type { MenuPlace } from "./Menu.svelte";

const NEAR_END_PX = 32;
const LOAD_AHEAD_PX = 1200;
const ABOVE_PX = 48;
/** Rows have fractions of a pixel, scroll positions have none. */
const ROUNDING_PX = 1;
/** After so long without a row that was measured, all rows in view are. */
const MEASURED_MS = 150;

interface Aim {
  readonly key: string;
  /** Where in the window: in the middle, or so many pixels below its top. */
  readonly align: "center" | number;
}

/** What a person sees of a timeline, and where it stays while rows come, change and are measured. */
export class Viewport {
  scroller = $state<HTMLElement>();
  list = $state<VirtualizerHandle>();
  isAtEnd = $state(true);
  isPlaced = $state(false);
  /** The day that is being read, where its own line is no longer in view. */
  day = $state<string | null>(null);
  /** The row that stays where it was put while rows are measured, until the person or the end takes over. */
  #aim: Aim | null = null;
  #aiming: ReturnType<typeof setTimeout> | undefined;
  /** Rows that come or are measured move everything; the person alone moves within what stays as it is. */
  #last = { top: 0, size: 0 };

  constructor(
    private readonly snapshot: () => TimelineSnapshot,
    private readonly actions: TimelineActions,
  ) {}

  get #rows(): readonly Row[] {
    return this.snapshot().rows;
  }

  /** Where to begin: at what is new, or at the end. */
  async begin(): Promise<void> {
    await tick();
    const unread = this.#rows.findIndex(({ kind }) => kind === "unread");
    if (this.snapshot().highlight !== null) this.showHighlight();
    else if (unread >= 0) this.show(unread, ABOVE_PX);
    else this.toEnd();
    requestAnimationFrame(() => {
      this.isPlaced = true;
      this.look();
    });
  }

  showHighlight(): void {
    const index = this.#rows.findIndex((row) => row.kind === "message" && row.isHighlighted);
    if (index >= 0) this.show(index, "center");
  }

  /** Where the person is, to come back to. */
  place(): Place | null {
    if (!this.list || !this.isPlaced) return null;
    if (this.isAtEnd && this.snapshot().isToEnd) return "end";
    const offset = this.list.getScrollOffset();
    const first = this.list.findItemIndex(offset);
    const index = this.#rows.findIndex((row, at) => at >= first && "seq" in row && row.seq !== null);
    const row = this.#rows[index];
    return row && "seq" in row && row.seq !== null ? { seq: row.seq, below: this.list.getItemOffset(index) - offset } : null;
  }

  /** Goes back to where the person was; false while it is not there yet. */
  restore(place: Place): boolean {
    const index = place === "end" ? -1 : this.#rows.findIndex((row) => "seq" in row && row.seq === place.seq);
    if (place !== "end" && index >= 0) this.show(index, place.below);
    else if (place === "end" && this.snapshot().isToEnd) this.toEnd();
    else return false;
    return true;
  }

  show(index: number, align: Aim["align"]): void {
    const key = this.#rows[index]?.key;
    if (key === undefined) return;
    this.isAtEnd = false;
    this.#aim = { key, align };
    this.#keepAim(this.#aim);
  }

  /** Goes to the end; `keepPlace` goes on from there while rows are measured. */
  toEnd = (): void => {
    this.release();
    this.isAtEnd = true;
    if (this.scroller) this.scroller.scrollTop = this.scroller.scrollHeight;
  };

  /** Goes to what is new when that is further down, else to the end. */
  async toNews(): Promise<void> {
    const unread = this.#rows.findIndex(({ kind }) => kind === "unread");
    const shownAt = (this.list?.getScrollOffset() ?? 0) + ABOVE_PX + ROUNDING_PX;
    const isBelow = this.list !== undefined && unread >= 0 && this.list.getItemOffset(unread) > shownAt;
    if (isBelow) return this.show(unread, ABOVE_PX);
    this.actions.jumpToEnd();
    await tick();
    this.toEnd();
  }

  /** Moves the focus to the message before or after the one that has it; without one, to the newest in view. */
  async focusMessage(step: -1 | 0 | 1): Promise<void> {
    const messages = this.#rows.flatMap((row, index) => (row.kind === "message" ? [{ key: row.key, index }] : []));
    const from = messages.findIndex(({ key }) => key === this.focused());
    const target = from < 0 ? this.#newestInView(messages) : messages[Math.max(0, Math.min(from + step, messages.length - 1))];
    if (!target || !this.list) return;
    this.release();
    if (step < 0) this.isAtEnd = false;
    if (!this.#elementOf(target.key)) {
      this.list.scrollToIndex(target.index, { align: "nearest" });
      await new Promise(requestAnimationFrame);
      await tick();
    }
    this.#elementOf(target.key)?.focus();
  }

  /** Where the menu of a message opens. */
  placeOf({ key, isOwn }: MessageRow): MenuPlace {
    const box = this.#elementOf(key)?.getBoundingClientRect();
    const isRightmost = isOwn === (document.dir !== "rtl");
    return { x: (isRightmost ? box?.right : box?.left) ?? 0, y: box?.bottom ?? 0, isOwn };
  }

  /** The key of the message that has the focus, or something in it. */
  focused(): string | null {
    const element = document.activeElement?.closest<HTMLElement>("article[data-key]");
    return (this.scroller?.contains(element ?? null) && element?.dataset["key"]) || null;
  }

  #newestInView<T extends { readonly index: number }>(messages: readonly T[]): T | undefined {
    const bottom = (this.list?.getScrollOffset() ?? 0) + (this.list?.getViewportSize() ?? 0);
    const last = this.list?.findItemIndex(bottom - NEAR_END_PX) ?? 0;
    return messages.findLast(({ index }) => index <= last);
  }

  #elementOf(key: string): HTMLElement | null {
    return this.scroller?.querySelector(`article[data-key="${CSS.escape(key)}"]`) ?? null;
  }

  /** Lets the view go where the person moves it. */
  release = (): void => {
    clearTimeout(this.#aiming);
    this.#aim = null;
  };

  wheeled = ({ deltaY }: WheelEvent): void => {
    this.release();
    if (deltaY < 0) this.isAtEnd = false;
  };

  /** While something is aimed at, only the list moves the view: it makes up for rows that it measured. */
  scrolled = (): void => {
    if (this.#aim) this.#keepAim(this.#aim);
    this.look();
    if (!this.#aim && this.#staysAtEnd() && this.#isShortOfEnd()) this.toEnd();
  };

  keepPlace = (): void => {
    if (this.#aim) this.#keepAim(this.#aim);
    else if (this.#staysAtEnd()) this.toEnd();
    else if (this.isPlaced) this.look();
  };

  /** The list tells of measured rows before it has grown by them, so what it stands in is watched as well. */
  watchSize = (element: HTMLElement): (() => void) => {
    const observer = new ResizeObserver(this.keepPlace);
    for (const part of [element, ...element.children]) observer.observe(part);
    return () => observer.disconnect();
  };

  /** Takes note of what the person sees, and fetches what they are about to. */
  look = (): void => {
    if (!this.list || !this.scroller || !this.isPlaced) return;
    const offset = this.list.getScrollOffset();
    const bottom = offset + this.list.getViewportSize();
    const size = this.list.getScrollSize();
    this.day = this.#dayAt(this.list.findItemIndex(offset + ROUNDING_PX));
    this.#noteDirection(this.scroller, size - bottom);
    const isShown = this.scroller.checkVisibility({ visibilityProperty: true });
    const isWatched = isShown && document.visibilityState === "visible" && document.hasFocus();
    this.actions.setReading(isWatched && this.isAtEnd && this.snapshot().isToEnd);
    if (isWatched) this.#seen(this.list.findItemIndex(bottom - NEAR_END_PX));
    if (offset < LOAD_AHEAD_PX && !this.snapshot().isFromStart) void this.actions.loadOlder();
    if (bottom > size - LOAD_AHEAD_PX && !this.snapshot().isToEnd) void this.actions.loadNewer();
  };

  #dayAt(index: number): string | null {
    if (this.#rows[index]?.kind === "day") return null;
    const row = this.#rows.slice(0, index).findLast(({ kind }) => kind === "day");
    return row?.kind === "day" ? row.text : null;
  }

  #noteDirection(scroller: HTMLElement, left: number): void {
    const now = { top: scroller.scrollTop, size: scroller.scrollHeight };
    const isUpward = now.top < this.#last.top - 0.5 && now.size === this.#last.size;
    if (left <= 1 || (left <= NEAR_END_PX && !isUpward)) this.isAtEnd = true;
    else if (isUpward) this.isAtEnd = false;
    this.#last = now;
  }

  #keepAim({ key, align }: Aim): void {
    const index = this.#rows.findIndex((row) => row.key === key);
    if (!this.list || !this.scroller || index < 0) return this.release();
    const above = align !== "center" ? align : (this.list.getViewportSize() - this.list.getItemSize(index)) / 2;
    this.scroller.scrollTop = this.list.getItemOffset(index) - above;
    clearTimeout(this.#aiming);
    this.#aiming = setTimeout(this.release, MEASURED_MS);
  }

  #staysAtEnd(): boolean {
    return this.isPlaced && this.isAtEnd && this.snapshot().isToEnd;
  }

  #isShortOfEnd(): boolean {
    const { scroller } = this;
    return scroller !== undefined && scroller.scrollTop + scroller.clientHeight < scroller.scrollHeight - ROUNDING_PX;
  }

  #seen(index: number): void {
    for (let at = Math.min(index, this.#rows.length - 1); at >= 0; at--) {
      const row = this.#rows[at];
      if (row && "seq" in row && row.seq !== null) return this.actions.seen(row.seq);
    }
  }
}
