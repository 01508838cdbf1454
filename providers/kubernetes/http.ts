import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import type { Connection } from './connect.ts';
import { BadAnswer, Refusal } from './failures.ts';

export interface Asked {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** with its query */
  readonly path: string;
  readonly body?: unknown;
  /** of the body; absent = JSON */
  readonly contentType?: string;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** Sends one request and reads its whole answer. @throws Refusal, BadAnswer, CredentialsError, or the socket's error */
export async function send(connection: Connection, asked: Asked): Promise<Reply> {
  const response = await open(connection, asked, ANSWER_WITHIN_MS);
  const status = response.statusCode ?? 0;
  const body = parsed(await wholeOf(response), status);
  if (status < 200 || status > 299) throw new Refusal(status, response.headers, body);
  return { status, headers: response.headers, body };
}

/** Events of a watch as they come, until it ends. */
export interface Stream {
  /** Settles when it is over: undefined = the server closed it in order. Never rejects. */
  readonly ended: Promise<Error | undefined>;
  abort(): void;
}

/** Opens a watch: answers when the server has said yes. Lines that are not JSON end it. @throws as {@link send} */
export async function stream(connection: Connection, path: string, onEvent: (event: unknown) => void): Promise<Stream> {
  const response = await open(connection, { method: 'GET', path }, SILENCE_MS);
  const status = response.statusCode ?? 0;
  if (status !== 200) throw new Refusal(status, response.headers, parsed(await wholeOf(response), status));
  const body = plain(response);
  const ended = new Promise<Error | undefined>((resolve) => {
    const lines = lineSplitter((line) => {
      try {
        onEvent(JSON.parse(line));
      } catch (error) {
        body.destroy(new BadAnswer(`a watch event that is not JSON: ${line.slice(0, 60)}`, { cause: error }));
      }
    });
    body.on('data', (chunk: Buffer) => {
      if (!lines(chunk)) body.destroy(new BadAnswer('a watch event without an end'));
    });
    body.on('end', () => resolve(undefined));
    body.on('error', resolve);
    body.on('close', () => resolve(response.complete ? undefined : new BadAnswer('the watch broke off')));
  });
  return {
    ended,
    abort() {
      // what unzips would otherwise wait for an end that never comes, and with it whoever follows the watch
      body.destroy();
      response.destroy();
    },
  };
}

/** Nothing at all on the socket for so long: it is dead. Bookmarks come every minute. */
const SILENCE_MS = 150_000;
/** Without a byte for so long, a page of 500 pods does not come any more. Half of what a call has, so it is asked twice. */
const ANSWER_WITHIN_MS = 15_000;
/** A page that comes byte by byte keeps its socket busy for ever. */
const WHOLE_WITHIN_MS = 30_000;

async function open(connection: Connection, asked: Asked, silenceMs: number): Promise<IncomingMessage> {
  const options = await connection.options();
  const url = new URL(connection.server + asked.path);
  const text = asked.body === undefined ? undefined : JSON.stringify(asked.body);
  // the SDK fills in an object of names and values
  const given = Object.fromEntries(Object.entries(options.headers ?? {}));
  const headers = {
    ...given,
    accept: 'application/json',
    'accept-encoding': 'gzip',
    'user-agent': 'godwit',
    ...(text !== undefined && {
      'content-type': asked.contentType ?? 'application/json',
      'content-length': String(Buffer.byteLength(text)),
    }),
  };
  return new Promise((resolve, reject) => {
    const ask = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const silent = (ms: number) => () => void sent.destroy(new BadAnswer(`nothing was heard for ${ms / 1000} s`));
    const sent = ask(url, { ...options, headers, method: asked.method, signal: connection.closed }, (response) => {
      clearTimeout(first);
      resolve(response);
    });
    // the socket's own clock begins when it is connected; an address that nobody answers at never is
    const first = setTimeout(silent(ANSWER_WITHIN_MS), ANSWER_WITHIN_MS);
    sent.setTimeout(silenceMs, silent(silenceMs));
    sent.on('error', (error) => {
      clearTimeout(first);
      reject(error);
    });
    sent.end(text);
  });
}

const plain = (response: IncomingMessage): NodeJS.ReadableStream & { destroy(error?: Error): unknown } => {
  if (response.headers['content-encoding'] !== 'gzip') return response;
  const unzip = createGunzip();
  response.on('error', (error) => unzip.destroy(error));
  return response.pipe(unzip);
};

async function wholeOf(response: IncomingMessage): Promise<string> {
  const late = new BadAnswer(`the answer did not end within ${WHOLE_WITHIN_MS / 1000} s`);
  const timer = setTimeout(() => response.destroy(late), WHOLE_WITHIN_MS);
  try {
    return await textOf(response);
  } finally {
    clearTimeout(timer);
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of plain(response)) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > LARGEST_ANSWER) throw new BadAnswer(`an answer of more than ${LARGEST_ANSWER / 2 ** 20} MiB`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A page of 500 large pods stays far below; nothing that a server sends may fill the memory. */
const LARGEST_ANSWER = 256 * 2 ** 20;
const LONGEST_EVENT = 16 * 2 ** 20;

function parsed(text: string, status: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // proxies and webhooks refuse in words of their own
    if (status < 200 || status > 299) return { message: text.slice(0, 300) };
    throw new BadAnswer(`an answer that is not JSON: ${text.slice(0, 60)}`, { cause: error });
  }
}

/** Cuts a stream of bytes into lines. False: the line has grown beyond what an event can be. */
function lineSplitter(onLine: (line: string) => void): (chunk: Buffer) => boolean {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  return (chunk) => {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') onLine(line);
    return rest.length <= LONGEST_EVENT;
  };
}
