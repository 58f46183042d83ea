import { Person } from "../cast/person.mjs";
import { server } from "../cast/server.mjs";

/** Two people talk, each over every kind of connection. */
export async function talk(checks) {
  for (const service of Object.keys(server.services)) {
    const romeo = await new Person("romeo", { service }).signIn();
    const juliet = await new Person("juliet").signIn();
    await romeo.says(juliet.address, `from ${service}`);
    const heard = await juliet.reads(`from ${service}`);
    checks.that(`a message over ${service} says who sent it`, heard.attrs.from === romeo.entity.jid.toString(), heard.toString());
    await juliet.says(romeo.entity.jid.toString(), `to ${service}`);
    await romeo.reads(`to ${service}`);
    checks.that(`a message arrives over ${service}`, true);
    await Promise.all([romeo.signOut(), juliet.signOut()]);
  }
}
