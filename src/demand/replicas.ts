/**
 * Fewest replicas that carry `load` with the headroom on top.
 *
 * @param load in the signal's unit
 * @param headroom as a share of the load
 */
export function replicasFor(load: number, capacityPerReplica: number, headroom: number): number {
  const asked = load * (1 + headroom);
  const replicas = Math.ceil(asked / capacityPerReplica);
  // the quotient may round down onto a whole number
  return replicas * capacityPerReplica < asked ? replicas + 1 : replicas;
}
