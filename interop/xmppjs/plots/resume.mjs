import { until } from "../../scenario/support/wait.mjs";
import { Person } from "../cast/person.mjs";
import { server } from "../cast/server.mjs";

const CUTS = 3;
const MESSAGES = 10;

/** Connections break while people talk: everything arrives once and in order. */
export async function resume(checks) {
  for (const service of Object.keys(server.services)) {
    const romeo = await new Person("romeo", { service }).signIn();
    const juliet = await new Person("juliet", { service }).signIn();
    const said = [];
    let resumed = 0;
    juliet.entity.streamManagement.on("resumed", () => resumed++);
    for (let cut = 1; cut <= CUTS; cut++) {
      await juliet.cut();
      for (let number = 0; number < MESSAGES; number++) {
        said.push(`${service} ${cut}.${number}`);
        await romeo.says(juliet.address, said.at(-1));
      }
      await until(() => resumed === cut, `the stream over ${service} is resumed ${cut} times`);
    }
    await romeo.says(juliet.address, `${service} ends`);
    await juliet.reads(`${service} ends`);
    const heard = juliet.bodies().filter((body) => body.startsWith(service));
    checks.equal(`what came over ${service} while it was cut is there once`, heard, [...said, `${service} ends`]);
    await Promise.all([romeo.signOut(), juliet.signOut()]);
  }
}
