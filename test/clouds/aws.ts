import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as autoScaling from '@aws-sdk/client-auto-scaling';
import * as ec2 from '@aws-sdk/client-ec2';
import * as eks from '@aws-sdk/client-eks';
import * as pricing from '@aws-sdk/client-pricing';
import * as savingsPlans from '@aws-sdk/client-savingsplans';
import * as serviceQuotas from '@aws-sdk/client-service-quotas';
import * as sqs from '@aws-sdk/client-sqs';
import * as sts from '@aws-sdk/client-sts';
import type { Fault, SimulatedWorld } from '../../providers/simulated/world-types.ts';
import { instant } from '../../src/units.ts';
import { checkAnswer, checkJson, jsonOf, xmlOf } from './aws-answer.ts';
import { AUTO_SCALING } from './aws-autoscaling.ts';
import { EC2 } from './aws-ec2.ts';
import { EKS } from './aws-eks.ts';
import { OTHERS } from './aws-others.ts';
import { readQuery, type Numbering } from './aws-query.ts';
import { modelInputs, operationsOf, type Operation, type Shape } from './aws-shapes.ts';
import { AwsError, stateOf, type AwsSetup, type Call, type Handler } from './aws-state.ts';

export interface FakeAws {
  readonly url: string;
  /** a queue's address as AWS would name it */
  readonly queueUrl: string;
  /** `ec2:DescribeInstances` */
  readonly seen: ReadonlySet<string>;
  readonly requests: readonly { readonly api: string; readonly region: string; readonly input: unknown }[];
  /** requests and answers that AWS's descriptions do not allow */
  readonly complaints: readonly string[];
  /** settings of AWS's that the world knows nothing of; tests may write to it */
  readonly setup: AwsSetup;
  close(): Promise<void>;
}

interface Service {
  readonly operations: ReadonlyMap<string, Operation>;
  readonly model: ReadonlyMap<string, Shape> | undefined;
  readonly protocol: 'ec2' | 'query' | 'json' | 'rest';
}

const service = (sdk: object, protocol: Service['protocol'], model?: string): Service => ({
  operations: operationsOf(sdk as Readonly<Record<string, unknown>>, protocol === 'ec2' ? 'ec2' : 'plain'),
  model: model === undefined ? undefined : modelInputs(model, protocol === 'ec2' ? 'ec2' : 'plain'),
  protocol,
});

/** By the name that requests are signed for. */
const SERVICES: Readonly<Record<string, Service>> = {
  ec2: service(ec2, 'ec2', 'ec2-2016-11-15.min.json'),
  autoscaling: service(autoScaling, 'query', 'autoscaling-2011-01-01.min.json'),
  eks: service(eks, 'rest', 'eks-2017-11-01.min.json'),
  pricing: service(pricing, 'json', 'pricing-2017-10-15.min.json'),
  servicequotas: service(serviceQuotas, 'json'),
  sqs: service(sqs, 'json'),
  savingsplans: service(savingsPlans, 'rest'),
  sts: service(sts, 'query'),
};

/** Said once a run: a checkout without the models checks against the SDK's own descriptions alone. */
if (!SERVICES['ec2']?.model)
  process.stderr.write('test/clouds/aws: no AWS models beside this checkout, only the SDK checks requests\n');

const HANDLERS: Readonly<Record<string, Handler>> = { ...EC2, ...AUTO_SCALING, ...EKS, ...OTHERS };

/**
 * AWS on a socket of this machine: one address for all its services, told apart by what requests are signed for, as
 * the region is. It keeps what AWS keeps (tags, launch templates, tokens); who runs what is the world's.
 */
export async function fakeAws(world: SimulatedWorld, setup: Partial<AwsSetup> = {}): Promise<FakeAws> {
  const seen = new Set<string>();
  const requests: { api: string; region: string; input: unknown }[] = [];
  const complaints: string[] = [];
  const state = stateOf(setup);

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await textOf(request);
    const scope = /Credential=[^/]+\/\d+\/([\w-]+)\/([\w-]+)\/aws4_request/.exec(request.headers.authorization ?? '');
    const [, region = 'us-east-1', name = ''] = scope ?? [];
    const known = SERVICES[name];
    if (!known) {
      complaints.push(`nobody serves ${request.method} ${request.url}, signed for ${name || 'nobody'}`);
      response.writeHead(404).end();
      return;
    }
    const read = readRequest(known, request, body, (what) => complaints.push(`${name}: ${what}`));
    const handler = read && HANDLERS[`${name}:${read.operation.name}`];
    if (!read || !handler) {
      complaints.push(
        `no route: ${name} ${read?.operation.name ?? `${request.method} ${request.url} ${body.slice(0, 80)}`}`,
      );
      response.writeHead(404).end();
      return;
    }
    const api = `${name}:${read.operation.name}`;
    seen.add(api);
    requests.push({ api, region, input: read.input });
    const fault = world.faults.next('aws', faultName(api, read.input));
    if (fault?.is === 'reset') {
      request.socket.destroy();
      return;
    }
    const refusal = fault && refusalOf(fault, name, api);
    const call: Call = {
      world,
      state,
      region,
      empty: fault?.is === 'empty',
      ...(fault?.is === 'stale' && { asOf: instant(world.now() - fault.byS * 1000) }),
    };
    const answer = refusal ?? attempt(() => handler(read.input, call));
    const sent =
      answer instanceof AwsError
        ? errorText(known, answer)
        : { status: 200, headers: {}, text: answerText(known, read.operation, answer, complaints, api) };
    if (fault?.is === 'lostAnswer') {
      request.socket.destroy();
      return;
    }
    const bytes = Buffer.from(sent.text);
    response.writeHead(sent.status, {
      'content-type':
        known.protocol === 'ec2' || known.protocol === 'query' ? 'text/xml' : 'application/x-amz-json-1.1',
      'content-length': bytes.length,
      'x-amzn-requestid': `req-${requests.length}`,
      date: new Date(world.now()).toUTCString(),
      ...sent.headers,
    });
    if (fault?.is === 'cutPage') {
      response.write(bytes.subarray(0, bytes.length >> 1), () => request.socket.destroy());
      return;
    }
    response.end(bytes);
  };

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      complaints.push(`the fake broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      response.destroy();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    queueUrl: 'https://sqs.us-east-1.amazonaws.com/123456789012/im-fleet',
    seen,
    requests,
    complaints,
    setup: state,
    close: () => closed(server),
  };
}

/**
 * What a fault of the script is named after. A group asked for by name is read where it is kept; a search by tag goes
 * through an index, which may be behind: faults of listings are of the search.
 */
function faultName(api: string, input: Readonly<Record<string, unknown>>): string {
  return api === 'autoscaling:DescribeAutoScalingGroups' && input['AutoScalingGroupNames'] !== undefined
    ? `${api} by name`
    : api;
}

interface ReadRequest {
  readonly operation: Operation;
  readonly input: Readonly<Record<string, unknown>>;
}

function readRequest(
  known: Service,
  request: IncomingMessage,
  body: string,
  complain: (what: string) => void,
): ReadRequest | undefined {
  if (known.protocol === 'rest') return readRest(known, request, body, complain);
  if (known.protocol === 'json') {
    const target =
      String(request.headers['x-amz-target'] ?? '')
        .split('.')
        .pop() ?? '';
    const operation = known.operations.get(target);
    if (!operation) return undefined;
    const input = JSON.parse(body === '' ? '{}' : body) as Record<string, unknown>;
    for (const shape of [operation.input, known.model?.get(target)])
      if (shape) checkJson(input, shape, target, complain);
    return { operation, input };
  }
  const form = new URLSearchParams(body);
  const name = form.get('Action') ?? '';
  const operation = known.operations.get(name);
  if (!operation) return undefined;
  const numbering: Numbering = known.protocol === 'ec2' ? 'ec2' : 'member';
  const model = known.model?.get(name);
  if (model) readQuery(form, model, numbering, (what) => complain(`${name} (model of 2024): ${what}`));
  return { operation, input: readQuery(form, operation.input, numbering, (what) => complain(`${name}: ${what}`)) };
}

function readRest(
  known: Service,
  request: IncomingMessage,
  body: string,
  complain: (what: string) => void,
): ReadRequest | undefined {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  for (const operation of known.operations.values()) {
    const { http, input: shape } = operation;
    if (!http || http.method !== request.method || shape.kind !== 'structure') continue;
    const labels = [...http.path.matchAll(/\{(\w+)\+?\}/g)].map(([, label]) => label ?? '');
    const match = new RegExp(`^${http.path.replace(/\?.*$/, '').replaceAll(/\{\w+\+?\}/g, '([^/]+)')}$`).exec(
      url.pathname,
    );
    if (!match) continue;
    const input: Record<string, unknown> = { ...(JSON.parse(body === '' ? '{}' : body) as object) };
    for (const shapeOf of [shape, known.model?.get(operation.name)]) {
      if (shapeOf?.kind !== 'structure') continue;
      const inBody = new Map(
        [...shapeOf.members].filter(([, m]) => !m.label && m.query === undefined).map(([name, m]) => [name, m]),
      );
      const required = shapeOf.required.filter((name) => inBody.has(name));
      checkJson(input, { ...shapeOf, members: inBody, required }, operation.name, complain);
    }
    const byQuery = new Map(
      [...shape.members].flatMap(([name, m]) => (m.query === undefined ? [] : [[m.query, { name, member: m }]])),
    );
    const queried = Object.fromEntries(
      [...url.searchParams].flatMap(([key, text]) => {
        const named = byQuery.get(key);
        if (!named) complain(`${operation.name}: ${key} is no parameter of it`);
        return named ? [[named.name, named.member.shape().kind === 'number' ? Number(text) : text]] : [];
      }),
    );
    const inPath = Object.fromEntries(labels.map((label, i) => [label, decodeURIComponent(match[i + 1] ?? '')]));
    return { operation, input: { ...input, ...queried, ...inPath } };
  }
  return undefined;
}

function attempt(run: () => object): object {
  try {
    return run();
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
}

function answerText(
  known: Service,
  { name, output }: Operation,
  answer: object,
  complaints: string[],
  api: string,
): string {
  checkAnswer(answer, output, name, (what) => complaints.push(`answer of ${api}: ${what}`));
  if (known.protocol === 'ec2')
    return `<?xml version="1.0"?><${name}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId>${xmlOf(answer, output, 'item')}</${name}Response>`;
  if (known.protocol === 'query')
    return `<?xml version="1.0"?><${name}Response><${name}Result>${xmlOf(answer, output, 'member')}</${name}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></${name}Response>`;
  return JSON.stringify(jsonOf(answer, output));
}

function errorText(known: Service, { status, code, message, retryAfterS }: AwsError) {
  const text = message.replaceAll('<', '&lt;');
  const headers = retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) };
  if (known.protocol === 'ec2')
    return {
      status,
      headers,
      text: `<?xml version="1.0"?><Response><Errors><Error><Code>${code}</Code><Message>${text}</Message></Error></Errors><RequestID>r</RequestID></Response>`,
    };
  if (known.protocol === 'query')
    return {
      status,
      headers,
      text: `<?xml version="1.0"?><ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${text}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
    };
  return {
    status,
    headers: { ...headers, 'x-amzn-errortype': code },
    text: JSON.stringify({ __type: code, message, Message: message }),
  };
}

const THROTTLES: Readonly<Record<string, readonly [string, number]>> = {
  ec2: ['RequestLimitExceeded', 503],
  autoscaling: ['Throttling', 400],
  sts: ['Throttling', 400],
};

/** Errors as each service words them. */
function refusalOf(fault: Fault, name: string, api: string): AwsError | undefined {
  switch (fault.is) {
    case 'throttle': {
      const [code, status] = THROTTLES[name] ?? (['ThrottlingException', 429] as const);
      return new AwsError(status, code, 'Rate exceeded', fault.retryAfterS);
    }
    case 'unauthorized':
      return name === 'ec2'
        ? new AwsError(
            403,
            'UnauthorizedOperation',
            'You are not authorized to perform this operation. Encoded authorization failure message: abc',
          )
        : new AwsError(
            403,
            name === 'autoscaling' || name === 'sts' ? 'AccessDenied' : 'AccessDeniedException',
            `User: arn:aws:iam::123456789012:user/godwit is not authorized to perform: ${api} on resource: *`,
          );
    case 'serverError':
      return new AwsError(
        fault.status,
        name === 'ec2' ? 'Unavailable' : 'ServiceUnavailable',
        'Service is unavailable',
      );
    case 'capacity':
      return new AwsError(
        500,
        'InsufficientInstanceCapacity',
        'We currently do not have sufficient capacity in the Availability Zone you requested.',
      );
    case 'quota':
      return new AwsError(
        400,
        'VcpuLimitExceeded',
        'You have requested more vCPU capacity than your current vCPU limit of 32 allows for the instance bucket.',
      );
    case 'conflict':
      return name === 'eks'
        ? new AwsError(
            409,
            'ResourceInUseException',
            'Nodegroup cannot be updated as it is currently not in Active State',
          )
        : new AwsError(400, 'ScalingActivityInProgress', 'Scaling activity is in progress');
    case 'reset':
    case 'lostAnswer':
    case 'cutPage':
    case 'empty':
    case 'stale':
      return undefined; // met where the answer is made or sent
    default:
      return fault satisfies never;
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((done) => server.close(() => done()));
}
