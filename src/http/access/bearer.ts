/** The token of an `Authorization` header, null where there is none (RFC 6750; the scheme in any case, as RFC 9110 has it). */
export function bearerToken(header: string | undefined): string | null {
  return /^Bearer +(\S+)$/i.exec(header ?? "")?.[1] ?? null;
}
