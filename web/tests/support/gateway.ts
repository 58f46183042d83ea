import type { Call } from "../../src/api/types.ts";
import type { Fact } from "../../src/model/fact.ts";
import { reduce, type State } from "../../src/model/state.ts";
import type { Gateway } from "../../src/viewmodel/gateway.ts";
import { Observable } from "../../src/viewmodel/observable.ts";

/** A gateway without a world: facts change the state, calls are written down and answered from a table. */
export function gatewayWith(state: State, answers: Partial<Record<string, unknown>> = {}) {
  const known = new Observable(state);
  const told: Fact[] = [];
  const asked: { op: string; args: unknown }[] = [];
  const gateway: Gateway = {
    get current() {
      return known.current;
    },
    subscribe: (listener) => known.subscribe(listener),
    tell(...facts) {
      told.push(...facts);
      known.set(facts.reduce(reduce, known.current));
    },
    call: (async (op: string, args: unknown) => {
      asked.push({ op, args });
      if (op in answers) return answers[op];
      throw new Error(`nobody answers ${op}`);
    }) as Call,
    open: async () => undefined,
    fetch: async () => undefined,
    signOut: async () => undefined,
  };
  return { gateway, told, asked };
}
