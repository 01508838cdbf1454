import type { Trouble } from '../trouble.ts';
import { add, amountsOf, nothing, raise, type Amounts, type Spot } from './amounts.ts';
import { isObject, listAt, member, textAt } from './json.ts';

/**
 * What a pod takes from its node, as the scheduler counts it: the larger of what its containers ask for together
 * and of what any moment of its start-up asks for. A restartable init container (a sidecar) stays, so it counts with
 * the containers and with every init container after it. Pod-level requests replace the containers' for the resources
 * they name; the runtime's overhead comes on top.
 *
 * Source: kubernetes.io/docs/concepts/workloads/pods/sidecar-containers (resource sharing within containers),
 * kubernetes.io/docs/concepts/workloads/pods/init-containers and .../scheduling-eviction/pod-overhead.
 */
export function effectiveRequests(spec: unknown, spot: Spot, troubles: Trouble[]): Amounts {
  const running = nothing();
  for (const [i, container] of listAt(spec, 'containers').entries()) {
    add(running, requestsOf(container, { ...spot, at: `${spot.at}.containers[${i}]` }, troubles));
  }
  const sidecars = nothing();
  const peak = nothing();
  for (const [i, container] of listAt(spec, 'initContainers').entries()) {
    const asked = requestsOf(container, { ...spot, at: `${spot.at}.initContainers[${i}]` }, troubles);
    if (textAt(container, 'restartPolicy') === 'Always') {
      add(running, asked);
      add(sidecars, asked);
      raise(peak, sidecars);
    } else {
      add(asked, sidecars);
      raise(peak, asked);
    }
  }
  raise(running, peak);
  override(running, member(spec, 'resources'), spot, troubles);
  add(running, amountsOf(member(spec, 'overhead'), { ...spot, at: `${spot.at}.overhead` }, troubles));
  return running;
}

/** A limit without a request is the request: the API server fills it in so. */
function requestsOf(container: unknown, spot: Spot, troubles: Trouble[]): Amounts {
  const resources = member(container, 'resources');
  const limits = member(resources, 'limits');
  const requests = member(resources, 'requests');
  if (!isObject(limits)) return amountsOf(requests, { ...spot, at: `${spot.at}.resources.requests` }, troubles);
  const both = { ...limits, ...(isObject(requests) ? requests : {}) };
  return amountsOf(both, { ...spot, at: `${spot.at}.resources` }, troubles);
}

/**
 * Requests of the pod as a whole: cpu, memory and huge pages only, as Kubernetes allows them there. A limit counts
 * only for what neither the pod nor its containers request.
 */
function override(sum: Amounts, podLevel: unknown, spot: Spot, troubles: Trouble[]): void {
  if (!isObject(podLevel)) return;
  const limits = member(podLevel, 'limits');
  const requests = member(podLevel, 'requests');
  const stated = amountsOf(requests, { ...spot, at: `${spot.at}.resources.requests` }, troubles);
  const most = amountsOf(limits, { ...spot, at: `${spot.at}.resources.limits` }, troubles);
  if (member(requests, 'cpu') !== undefined) sum.cpu = stated.cpu;
  else if (sum.cpu === 0) sum.cpu = most.cpu;
  if (member(requests, 'memory') !== undefined) sum.memory = stated.memory;
  else if (sum.memory === 0) sum.memory = most.memory;
  for (const [name, value] of stated.others) if (name.startsWith('hugepages-')) sum.others.set(name, value);
}
