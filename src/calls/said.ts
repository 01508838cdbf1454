/**
 * What an answer that is not of the API has to say, in one line: proxies and load balancers speak in web pages, and a
 * page's marks tell a reader nothing.
 */
export function wordsOf(text: string, most = 300): string {
  const words = text
    .replaceAll(/<(script|style)\b[^]*?(?:<\/\1>|$)/gi, ' ')
    .replaceAll(/<[!/a-z][^>]*(?:>|$)/gi, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return words.length > most ? `${words.slice(0, most - 1)}…` : words;
}

/** RFC 9110, 15.5.8. No cloud answers so: something on the way does. */
export const PROXY_LOGIN = {
  status: 407,
  message: 'a proxy on the way wants to know who asks',
  remedy: 'name it with user and password in HTTPS_PROXY, or spare the host in NO_PROXY',
} as const;

/** For whom no vendor's name server knows: mostly a region that is not one, or a machine that is offline. */
export const NO_SUCH_HOST = 'check the name of the region, and whether this machine can look up names';
