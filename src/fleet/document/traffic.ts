import { list, otherwise, section } from './kinds/group.ts';
import { amount } from './kinds/number.ts';
import { flag } from './kinds/flag.ts';
import { name } from './kinds/text.ts';

const edge = section('Data that flows from one service to another, or to users.', {
  from: name('The service that sends.', 'gateway', 'write the name of a service'),
  to: name('The service that receives, or internet for users.', 'router', 'write the name of a service, or internet'),
  signal: name(
    'A signal that counts messages per second; its unit ends in /s.',
    'messages',
    'write the name of a signal',
  ),
  gbPerMillionMessages: amount(
    'GB per million messages',
    'Size: 1 GB (10^9 bytes) per million messages is 1 kB each.',
    1.4,
    1e9,
  ),
  zoneAware: flag(
    'Whether callers choose a peer in their own zone where there is one, so that nothing crosses zones.',
  ).prefault(false),
});

/** What flows between services, so that egress counts when places are chosen. */
export const traffic = otherwise(
  list(
    'What flows between services and to users, so that the cost of egress counts when places are chosen.',
    'a flow',
    edge,
    0,
  ),
  [],
);
