/** The station's cookies by name. In memory only: a new start signs in again. */
export type CookieJar = ReadonlyMap<string, string>;

/** The jar after an answer's Set-Cookie lines; a cookie that has run out at `nowMs` leaves it. */
export function remember(jar: CookieJar, lines: readonly string[], nowMs: number): CookieJar {
  const next = new Map(jar);
  for (const line of lines) {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const cut = pair.indexOf('=');
    if (cut <= 0) continue;
    const name = pair.slice(0, cut);
    if (hasRunOut(attributes, nowMs)) next.delete(name);
    else next.set(name, pair.slice(cut + 1));
  }
  return next;
}

/** The Cookie header for the station, or null when there is nothing to send. */
export function cookieHeader(jar: CookieJar): string | null {
  return jar.size === 0 ? null : [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
}

function hasRunOut(attributes: readonly string[], nowMs: number): boolean {
  const attribute = (name: string) => attributes.find((one) => one.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1);
  const maxAge = attribute('max-age');
  // Max-Age wins over Expires (RFC 6265, 5.3).
  if (maxAge !== undefined) return Number(maxAge) <= 0;
  const expires = attribute('expires');
  return expires !== undefined && Date.parse(expires) <= nowMs;
}
