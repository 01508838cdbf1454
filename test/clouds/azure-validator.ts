import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv, type ValidateFunction } from 'ajv';
import { LiveValidator } from 'oav';

const SPECS = fileURLToPath(new URL('../../../shared/data/specs', import.meta.url));

/** A request or response against the vendor's own description; what is wrong, in words. */
export interface AzureValidator {
  request(of: Exchange): Promise<readonly string[]>;
  response(of: Exchange, status: number, body: unknown): Promise<readonly string[]>;
}

export interface Exchange {
  readonly method: string;
  /** path and query */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** The api-versions that are described here; the SDKs send newer ones of the same operations. */
const DESCRIBED: readonly (readonly [RegExp, string])[] = [
  [/\/providers\/Microsoft\.Compute\/skus\b/i, '2021-07-01'],
  [/\/providers\/Microsoft\.Compute\/virtualMachineScaleSets\b/i, '2024-03-01'],
  [/\/providers\/Microsoft\.Compute\/locations\/[^/]+\/usages\b/i, '2024-03-01'],
  [/\/managedClusters(\/[^/]+\/agentPools(\/[^/]+)?)?\?/i, '2024-02-01'],
];

/** Members that came with later api-versions than those described. */
const LATER = /etag|latestNodeImageVersion|networkIsolated|status$/i;

let loading: Promise<AzureValidator> | undefined;

/** Read once for all servers of a test file: it takes a second. Undefined where the descriptions are not at hand. */
export function azureValidator(): Promise<AzureValidator> | undefined {
  if (!existsSync(join(SPECS, 'azure'))) return undefined;
  loading ??= load();
  return loading;
}

async function load(): Promise<AzureValidator> {
  const compute = 'specification/compute/resource-manager/Microsoft.Compute';
  const aks = 'specification/containerservice/resource-manager/Microsoft.ContainerService';
  const live = new LiveValidator({
    directory: join(SPECS, 'azure'),
    swaggerPathsPattern: [
      `${compute}/ComputeRP/stable/2024-03-01/virtualMachineScaleSet.json`,
      `${compute}/ComputeRP/stable/2024-03-01/computeRPCommon.json`,
      `${compute}/Skus/stable/2021-07-01/skus.json`,
      `${aks}/aks/stable/2024-02-01/managedClusters.json`,
    ],
    excludedSwaggerPathsPattern: ['**/examples/**'],
    isPathCaseSensitive: false,
    loadValidatorInBackground: false,
    loadValidatorInInitialize: false,
  });
  await live.initialize();
  const scaleSet = scaleSetSchema();
  return {
    async request(of) {
      const described = rewritten(of.url);
      if (described === undefined) return [];
      const found = await live.validateLiveRequest({
        url: described,
        method: of.method,
        headers: { ...of.headers },
        ...(of.body !== undefined && { body: of.body as Record<string, unknown> }),
      });
      const put = of.method === 'PUT' && /\/virtualMachineScaleSets\/[^/]+\?/i.test(of.url);
      return [...wordsOf('request', of, found), ...(put ? againstSchema(scaleSet, of) : [])];
    },
    async response(of, status, body) {
      const described = rewritten(of.url);
      if (described === undefined) return [];
      const found = await live.validateLiveResponse(
        {
          statusCode: String(status),
          headers: { 'content-type': 'application/json' },
          ...(body !== undefined && { body: body as Record<string, unknown> }),
        },
        { url: described, method: of.method },
      );
      return wordsOf('response', of, found);
    },
  };
}

function rewritten(url: string): string | undefined {
  const version = DESCRIBED.find(([path]) => path.test(url))?.[1];
  if (version === undefined) return undefined;
  return `https://management.azure.com${url.replace(/api-version=[^&]+/, `api-version=${version}`)}`;
}

type Found = Awaited<ReturnType<LiveValidator['validateLiveRequest']>>;

function wordsOf(what: string, { method, url }: Exchange, found: Found): string[] {
  const errors = found.errors
    .filter(({ code, params, message }) => {
      return !(code === 'OBJECT_ADDITIONAL_PROPERTIES' && LATER.test(`${String(params)} ${message}`));
    })
    .map(({ code, message, pathsInPayload }) => `${code} ${message} at ${pathsInPayload.join(', ')}`);
  const unmatched = found.runtimeException ? [`${found.runtimeException.code} ${found.runtimeException.message}`] : [];
  return [...errors, ...unmatched].map((problem) => `${what} ${method} ${url}: ${problem}`);
}

/** The JSON Schema of a PUT's body at the api-version that the SDK sends; Azure's template expressions are not ours. */
function scaleSetSchema(): ValidateFunction {
  const file = join(SPECS, 'azure-arm-schemas', '2026-03-01_Microsoft.Compute.json');
  // elsewhere lie template expressions and child resources, which no body of ours has
  const text = readFileSync(file, 'utf8').replaceAll(/\{\s*"\$ref":\s*"https:[^"]*"\s*\}/g, '{"not": {}}');
  const { id: _id, $schema: _schema, ...schema } = JSON.parse(text) as Record<string, unknown>;
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema({ ...schema, $id: 'arm' });
  return ajv.compile({ $ref: 'arm#/resourceDefinitions/virtualMachineScaleSets' });
}

function againstSchema(validate: ValidateFunction, { method, url, body }: Exchange): string[] {
  const name = /\/virtualMachineScaleSets\/([^/?]+)\?/i.exec(url)?.[1];
  const type = 'Microsoft.Compute/virtualMachineScaleSets';
  if (validate({ ...(body as object), name, type, apiVersion: '2026-03-01' })) return [];
  return (validate.errors ?? [])
    .filter(({ keyword }) => keyword !== 'oneOf' && keyword !== 'not')
    .map(({ instancePath, message }) => `schema of ${method} ${url}: ${instancePath} ${message ?? ''}`);
}
