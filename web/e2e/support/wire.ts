import type { Page, WebSocketRoute } from "playwright-core";

export interface Frame {
  readonly id?: number;
  readonly op?: string;
  readonly args?: Record<string, unknown>;
  readonly ok?: unknown;
  readonly push?: string;
}

/** What happens to frames on their way; each rule may keep a frame from going on. */
export interface Wire {
  /** From the page to the server. */
  up: (frame: Frame, line: Line) => boolean | Promise<boolean>;
  /** From the server to the page. */
  down: (frame: Frame, line: Line) => boolean | Promise<boolean>;
}

/** One connection of a page. */
export interface Line {
  /** Gives the page a frame as if the server had sent it. */
  answer(frame: object): void;
  cut(): Promise<void>;
}

/** Puts rules between a page and the server; by default everything passes. */
export async function tap(page: Page): Promise<Wire> {
  const wire: Wire = { up: () => true, down: () => true };
  await page.routeWebSocket(/\/v1\/ws$/, (socket) => connect(socket, wire));
  return wire;
}

function connect(socket: WebSocketRoute, wire: Wire): void {
  const server = socket.connectToServer();
  const line: Line = {
    answer: (frame) => socket.send(JSON.stringify(frame)),
    cut: () => socket.close({ code: 4000, reason: "cut" }),
  };
  socket.onMessage(async (text) => {
    if (await wire.up(JSON.parse(String(text)) as Frame, line)) server.send(text);
  });
  server.onMessage(async (text) => {
    if (await wire.down(JSON.parse(String(text)) as Frame, line)) socket.send(text);
  });
}

/** A gate that is shut until somebody opens it. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}
