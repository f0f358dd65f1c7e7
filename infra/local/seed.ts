import { LocalAwsError } from './instance.ts';
import { sampleServices } from './sample-directory.ts';
import type { Stack } from './stack-file.ts';
import { clientNamed, token } from './token.ts';

const ALREADY_THERE = 412;

/** Puts the sample directory through the API, as the contract manager would; what is already there is left alone. */
export async function seedDirectory(stack: Stack): Promise<void> {
  const authorization = `Bearer ${await token(stack, clientNamed(stack, 'contract-manager'))}`;
  for (const { id, service } of sampleServices) {
    const response = await fetch(`${stack.apiUrl}/v1/services/${id}`, {
      method: 'PUT',
      headers: { authorization, 'content-type': 'application/json', 'if-none-match': '*' },
      body: JSON.stringify(service),
    });
    if (!response.ok && response.status !== ALREADY_THERE) {
      throw new LocalAwsError(`The sample service "${id}" was refused: ${response.status} ${await response.text()}`);
    }
  }
}
