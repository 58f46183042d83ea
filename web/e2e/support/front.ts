import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";

/** A place between browsers and the server that can hand out another version of the service worker. */
export interface Front {
  readonly url: string;
  /** From now on there is a new version of the client. */
  release(): void;
  close(): Promise<void>;
}

export async function frontOf(url: string): Promise<Front> {
  const target = new URL(url);
  let version = 1;
  const server = createServer((asked, answer) => pass(target, asked, answer, () => version));
  server.on("upgrade", (asked: IncomingMessage, socket: Socket, head: Buffer) => join(target, asked, socket, head));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, release: () => void version++, close: () => stop(server) };
}

function pass(target: URL, asked: IncomingMessage, answer: ServerResponse, version: () => number): void {
  const { "accept-encoding": _packed, ...headers } = asked.headers;
  const { method } = asked;
  const onward = request({ host: target.hostname, port: target.port, path: asked.url, method, headers }, (answered) => {
    if (asked.url !== "/sw.js") {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(answer);
    } else {
      answer.writeHead(200, { "content-type": "text/javascript", "cache-control": "no-store" });
      answered.on("data", (part) => answer.write(part));
      answered.on("end", () => answer.end(`\n// version ${version()}\n`));
    }
  });
  onward.on("error", () => answer.destroy());
  asked.pipe(onward);
}

/** Passes a WebSocket on as it is. */
function join(target: URL, asked: IncomingMessage, socket: Socket, head: Buffer): void {
  const onward = connect(Number(target.port), target.hostname, () => {
    const lines = asked.rawHeaders.flatMap((name, at, all) => (at % 2 === 0 ? [`${name}: ${all[at + 1]}`] : []));
    onward.write(`${asked.method} ${asked.url} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
    onward.write(head);
    onward.pipe(socket).pipe(onward);
  });
  for (const end of [socket, onward]) end.on("error", () => (socket.destroy(), onward.destroy()));
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
