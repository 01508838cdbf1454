import type { Fleet } from '../../fleet/fleet.ts';

/** The workloads that run the fleet's services, `namespace/Kind/name`, and the group that each is of: `gateway/eu`. */
export const workloadIds = ({
  services,
}: Pick<Fleet, 'services'>): readonly { readonly id: string; readonly group: string }[] =>
  services.flatMap(({ name, workload, markets }) =>
    workload === undefined
      ? []
      : markets.map((market) => ({ id: workload.replaceAll('{market}', market), group: `${name}/${market}` })),
  );
