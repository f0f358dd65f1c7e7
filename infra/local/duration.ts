const UNITS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 } as const;

/** `+2d`, `+3h`, `+1d12h`, `-30m` in milliseconds; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const match = /^([+-])((?:\d+[dhms])+)$/.exec(text);
  if (!match) return undefined;
  const parts = [...(match[2] as string).matchAll(/(\d+)([dhms])/g)];
  const total = parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNITS[unit as keyof typeof UNITS], 0);
  return match[1] === '-' ? -total : total;
}
