/**
 * A setting as it may be shown: of an address in it no user, password, query or fragment, which are where one may hold a key.
 * What is no address is left alone. Written for texts that are wrong too, so it hides rather more than a parser would.
 */
export function withoutSecrets(text: string): string {
  return text
    .replaceAll(/(https?:\/*|:\/\/)(?:(?!:\/\/)\S)*@/gi, `$1${hidden}@`)
    .replace(/((?:https?:|:\/\/)[^?#]*[?#])[^]*/i, `$1${hidden}`);
}

const hidden = "********";
