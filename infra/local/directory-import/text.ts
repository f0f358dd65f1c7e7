import { LocalAwsError } from '../instance.ts';

/** The text of a file, without its byte order mark. Another encoding is refused: guessed, it would spoil names. */
export function textIn(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new LocalAwsError(`${file} is not UTF-8: save it with the encoding UTF-8.`);
  }
}
