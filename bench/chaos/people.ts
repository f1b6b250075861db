import { setTimeout as wait } from 'node:timers/promises';

const PASSWORD = 'correct horse battery';
const ANSWER_MS = 20_000;
const PAUSE_MS = 250;
/** How long somebody tries again before a person would have to look. */
const PATIENCE_MS = 150_000;

/** What the server will not do, however often it is asked. */
export class Refused extends Error {
  override name = 'Refused';
}

/** Somebody with a browser: who was not answered asks again. */
export class Person {
  readonly url: string;
  cookie = '';

  constructor(url: string) {
    this.url = url;
  }

  async #send(path: string, init: RequestInit): Promise<Response> {
    const response = await fetch(`${this.url}${path}`, {
      ...init,
      headers: { 'content-type': 'application/json', origin: this.url, cookie: this.cookie, ...init.headers },
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const set = response.headers.getSetCookie();
    if (set.length > 0) this.cookie = set.map((cookie) => cookie.split(';')[0]).join('; ');
    if (response.status >= 400 && response.status < 500 && ![408, 429].includes(response.status))
      throw new Refused(`${path}: ${response.status} ${(await response.text()).slice(0, 300)}`);
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return response;
  }

  async #read<T>(response: Response): Promise<T> {
    const answer = (await response.json()) as { result: { data: { json: T } } };
    return answer.result.data.json;
  }

  /** A change, sent once. @throws Refused, or another error where it is not known whether it was done */
  change = async <T>(path: string, input: unknown): Promise<T> =>
    this.#read<T>(await this.#send(`/api/trpc/${path}`, { method: 'POST', body: JSON.stringify({ json: input }) }));

  /** A question, asked until it is answered. */
  ask = <T>(path: string, input: unknown): Promise<T> =>
    untilAnswered(async () => {
      const query = encodeURIComponent(JSON.stringify({ json: input }));
      return this.#read<T>(await this.#send(`/api/trpc/${path}?input=${query}`, {}));
    });

  /** A change whose repetition changes nothing, sent until it is answered. */
  insist = <T>(path: string, input: unknown): Promise<T> => untilAnswered(() => this.change<T>(path, input));

  /** A decision, sent until it is settled. @throws Refused where it is refused for good */
  decide = async (projectId: string, decision: { id: string } & Record<string, unknown>): Promise<void> => {
    const [said] = await this.insist<{ ok: boolean; message?: string }[]>('label.submit', {
      projectId,
      annotations: [{ kind: 'decide', ...decision }],
    });
    if (!said?.ok) throw new Refused(`a decision was refused: ${said?.message}`);
  };

  /** A change whose repetition would do it twice: where no answer came it is looked whether it was done. */
  once = <T>(path: string, input: unknown, find: () => Promise<T | null>): Promise<T> =>
    untilAnswered(async (isFirst) => (isFirst ? null : await find()) ?? this.change<T>(path, input));

  upload = (path: string, body: Uint8Array<ArrayBuffer>): Promise<unknown> =>
    untilAnswered(async () => (await this.#send(path, { method: 'PUT', body })).json());

  download = (path: string): Promise<{ bytes: Buffer; digest: string | null }> =>
    untilAnswered(async () => {
      const response = await this.#send(path, {});
      return {
        bytes: Buffer.from(await response.arrayBuffer()),
        digest: response.headers.get('repr-digest'),
      };
    });
}

/** Tries until there is an answer. @throws Refused at once, else the last error when patience is over */
async function untilAnswered<T>(work: (isFirst: boolean) => Promise<T>): Promise<T> {
  const since = Date.now();
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await work(isFirst);
    } catch (error) {
      if (error instanceof Refused || Date.now() - since > PATIENCE_MS) throw error;
      await wait(PAUSE_MS);
    }
  }
}

/** The owner of a fresh installation, and annotators of theirs. */
export async function gather(url: string, setupLink: string, annotators: number) {
  const owner = new Person(url);
  await owner.change('people.createOwner', {
    token: setupLink.split('/').pop(),
    name: 'Chaos owner',
    email: 'owner@example.test',
    password: PASSWORD,
    organizationName: 'Chaos',
  });
  const me = await owner.ask<{ memberships: { organizationId: string }[] }>('people.me', null);
  const organizationId = me.memberships[0]?.organizationId ?? '';
  const { path } = await owner.change<{ path: string }>('people.invite', {
    organizationId,
    role: 'annotator',
    uses: annotators,
    days: 1,
  });
  const people: Person[] = [];
  for (let index = 0; index < annotators; index += 1) {
    const person = new Person(url);
    await person.change('people.acceptInvitation', {
      token: path.split('/').pop(),
      person: { name: `Annotator ${index}`, email: `a${index}@example.test`, password: PASSWORD },
    });
    people.push(person);
  }
  return { owner, people, organizationId };
}
